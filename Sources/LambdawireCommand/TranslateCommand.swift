import ArgumentParser
import LambdawireModel

struct TranslateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate", abstract: "Send a capture through a NAT, at the times in the file.",
    discussion: """
      Packets from inside come out translated on the interface `outside`, packets to an outside \
      address are looked up and come out turned back on `inside`. Answers that were captured \
      inside, and so bear inside addresses already, are first addressed to the outside end of \
      their flow. What is refused stays where it arrived and says why. Packet ids are the frame \
      numbers of the input, the same on both sides.

      Example: lambdawire translate in.pcap -o out.pcapng --behavior aws-natgw \
      --inside 10.0.0.0/16 --outside 203.0.113.7

      Exit status: 0 done, 1 the output could not be written, 2 misuse or bad input (what was read \
      before the damage is translated), 130 and 143 stopped by Ctrl-C and SIGTERM.
      """)

  @Argument(help: "The capture, pcap or pcapng. A hyphen reads standard input.")
  var capture: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The pcapng file to make. A hyphen writes standard output.")
  var output: String?

  @Option(
    help: ArgumentHelp(
      "How the NAT behaves: \(BehaviorChoice.profiles.joined(separator: ", ")).",
      valueName: "name"))
  var behavior: String

  @Option(
    help: ArgumentHelp(
      "The networks or addresses behind the NAT, separated by commas.", valueName: "networks"))
  var inside = ""

  @Option(
    help: ArgumentHelp(
      "The addresses that stand for them outside, separated by commas.", valueName: "addresses"))
  var outside = ""

  @Option(
    help: ArgumentHelp(
      "From where the NAT sends ICMP errors inside. (default: the first address inside)",
      valueName: "address"))
  var insideAddress: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a setting of the behaviour, such as tcp-established=60s; --show-settings lists them.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "Where the sequence of random ports begins.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Write the history of the translations to this file, for `lambdawire nat`.",
      valueName: "file"))
  var mappings: String?

  @Option(help: "Which packets get a comment: none or changes (translated or dropped).")
  var annotate: Annotations = .changes

  @Flag(name: .customLong("force"), help: "Replace files that exist.")
  var replaces = false

  @Flag(help: "List the settings of the behaviour, with values and sources, and do nothing else.")
  var showSettings = false

  @Flag(help: "Write what came of it as JSON to standard output.")
  var json = false

  enum Annotations: String, ExpressibleByArgument, CaseIterable {
    case none, changes
  }

  func validate() throws {
    if json, output == "-" {
      throw ValidationError(
        "--json goes to standard output, and so does the capture; choose a file with -o")
    }
  }

  func run() throws {
    let choice: BehaviorChoice
    do throws(TranslateError) {
      choice = try BehaviorChoice(profile: behavior, overrides: overrides)
    } catch {
      throw Self.refusal(error)
    }
    if showSettings { return try Terminal.print(choice.listing) }
    try translate(through: choice)
  }

  private func translate(through choice: BehaviorChoice) throws {
    guard let capture else {
      Terminal.say("lambdawire: translate needs a capture; a hyphen reads standard input")
      throw ExitStatus.badInput
    }
    guard let output else {
      Terminal.say("lambdawire: -o is missing: the pcapng file to make")
      throw ExitStatus.badInput
    }
    let options: TranslateOptions
    do throws(TranslateError) {
      options = TranslateOptions(
        input: capture, output: output, choice: choice,
        inside: inside.isEmpty ? [] : try TranslateOptions.networks(inside),
        outside: outside.isEmpty ? [] : try TranslateOptions.addresses(outside),
        insideAddress: try insideAddress.map { text throws(TranslateError) in
          try TranslateOptions.address(text, option: "--inside-address")
        }, seed: seed,
        mappings: mappings, replaces: replaces, comments: annotate == .changes)
    } catch {
      throw Self.refusal(error)
    }
    Signals.noteInterruptions()
    let summary: TranslateSummary
    do {
      summary = try CaptureTranslation(options).execute(shouldStop: { Signals.isInterrupted })
    } catch {
      throw Self.refusal(error)
    }
    Terminal.write(summary.text)
    if json { try Terminal.print(summary.json) }
    if let problem = summary.inputProblem {
      Terminal.say("lambdawire: \(capture): \(problem); \(output) ends there")
      throw ExitStatus.badInput
    }
    if summary.isInterrupted {
      let status = Signals.isTerminated ? ExitStatus.terminated : .interrupted
      Terminal.say("lambdawire: stopped; \(output) ends where the reading did")
      throw status
    }
  }

  private static func refusal(_ error: any Error) -> ExitStatus {
    Terminal.say("lambdawire: \(error)")
    return ExitStatus(for: error)
  }
}
