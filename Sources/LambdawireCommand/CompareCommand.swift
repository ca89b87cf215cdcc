import ArgumentParser
import LambdawireModel
import LambdawireReports

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract:
      "Run a scenario in several eras and show cold starts, addresses, latency side by side.",
    discussion: """
      Every era gets the same invocations at the same times. With -o, a folder gets index.html (a \
      page with plots that needs nothing else), CSV files, comparison.json, and the captures and \
      events of each era.

      Example: lambdawire compare burst --networking per-environment,hyperplane -o out/burst

      Exit status: 0 done; 1 the output could not be written, or with --check something contradicts \
      what was published; 2 misuse or bad input; 130 and 143 stopped by Ctrl-C and SIGTERM.
      """)

  @OptionGroup var input: ScenarioArguments

  @Option(
    help: ArgumentHelp(
      "The eras to compare, with commas between: per-environment, hyperplane, hyperplane-ebpf.",
      valueName: "eras"))
  var networking = Scenario.Networking.allCases.map(\.rawValue).joined(separator: ",")

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The folder to make. (default: none; nothing is kept)")
  var output: String?

  @Flag(name: .customLong("force"), help: "Replace the output folder if it exists.")
  var replaces = false

  @Flag(help: "Write JSON, with every cold start.")
  var json = false

  @Flag(help: "Write comma-separated values.")
  var csv = false

  @Flag(help: "End with status 1 if something contradicts what was published.")
  var check = false

  func validate() throws {
    if json, csv { throw ValidationError("--json and --csv exclude each other") }
    if replaces, output == nil {
      throw ValidationError("--force replaces the folder of -o, which is missing")
    }
  }

  func run() throws {
    let comparison = try compare()
    let text =
      if json { JSONReport(comparison).text } else if csv { ComparisonCSV(comparison).summary } else
      {
        ComparisonText(comparison, style: Terminal.style).text
      }
    try Terminal.print(text)
    if let output { Terminal.say("lambdawire: written to \(output), page \(output)/index.html") }
    if check, comparison.hasFailedChecks {
      Terminal.say("lambdawire: something contradicts what was published, see above")
      throw ExitStatus.failed
    }
  }

  private func compare() throws(ExitStatus) -> Comparison {
    let eras: [Scenario.Networking]
    do throws(ComparisonError) { eras = try Scenario.Networking.list(networking) } catch {
      throw Self.refusal(error)
    }
    let (scenario, name) = try input.load()
    Signals.noteInterruptions()
    var bar = ProgressBar()
    defer { bar.finish() }
    do {
      let run = try ComparisonRun(scenario, name: name, eras: eras)
      guard let output else {
        return try run.execute(
          observe: { _, progress in bar.update(progress) },
          shouldStop: { Signals.isInterrupted })
      }
      return try run.execute(
        in: output, replacing: replaces, documents: { documents(for: $0) },
        observe: { _, progress in bar.update(progress) }, shouldStop: { Signals.isInterrupted })
    } catch {
      bar.finish()
      if error as? ComparisonError == .interrupted {
        Terminal.say("lambdawire: \(error)")
        throw Signals.isTerminated ? .terminated : .interrupted
      }
      throw Self.refusal(error)
    }
  }

  /// What the folder gets besides the runs.
  private func documents(for comparison: Comparison) -> [ComparisonRun.Document] {
    [
      ComparisonRun.Document(
        name: "index.html", text: ComparisonPage(comparison, command: command).html),
      ComparisonRun.Document(
        name: ComparisonRun.documentName, text: JSONReport(comparison).text),
    ] + ComparisonCSV(comparison).documents
  }

  /// The command line without what does not change the page: where it is written to.
  private var command: String {
    var words = ["Tools/lambdawire", "compare", input.scenario, "--networking", networking]
    for override in input.overrides { words += ["--set", override] }
    if let seed = input.seed { words += ["--seed", "\(seed)"] }
    if let duration = input.duration { words += ["--duration", duration] }
    return (words + ["-o", "out/compared"]).map(Self.quoted).joined(separator: " ")
  }

  /// A word as a shell takes it (POSIX.1, Shell Command Language, section 2.2.2).
  private static func quoted(_ word: String) -> String {
    let isPlain =
      !word.isEmpty
      && word.allSatisfy { letter in
        letter.isASCII && (letter.isLetter || letter.isNumber || "-_./,:=@%+".contains(letter))
      }
    return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }

  private static func refusal(_ error: any Error) -> ExitStatus {
    Terminal.say("lambdawire: \(error)")
    return ExitStatus(for: error)
  }
}
