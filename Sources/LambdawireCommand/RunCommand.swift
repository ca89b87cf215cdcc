public import ArgumentParser
import EventSimulation
import Foundation
public import LambdawireModel

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a scenario and write what every hop saw.",
    discussion: """
      Writes a folder with taps/ (a capture for each point), all.pcapng (everything in order of \
      time), events.jsonl (the ground truth) and summary.txt.

      Exit status: 0 done, also if exchanges of the scenario failed, for that is a result; 1 the \
      output could not be written; 2 misuse or bad input; 130 and 143 stopped by Ctrl-C and \
      SIGTERM. A folder whose run was stopped says INCOMPLETE in its summary.txt.
      """)

  @OptionGroup var input: ScenarioArguments

  @OptionGroup var era: EraArgument

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The folder to make. (default: out/NAME, numbered if that exists)")
  var output: String?

  @Flag(name: .customLong("force"), help: "Replace the output folder if it exists.")
  var replaces = false

  @Option(
    help: ArgumentHelp(
      "Capture only at these points: guest, slot, tunnel, hyperplane-in, hyperplane-out, eni, "
        + "destination, or one guest such as guest:orders-3.", valueName: "list"))
  var taps: String = ""

  @Option(help: ArgumentHelp("Write only packets that pass this filter.", valueName: "bpf"))
  var filter: String = ""

  @Option(help: "Which capture files to write: taps, merged or both.")
  var files: RunOptions.Files = .both

  @Option(help: "How to write them: pcapng or pcap (classic, nanoseconds, taps only).")
  var format: RunOptions.Format = .pcapng

  @Option(help: "Which packets get a comment: none, changes (translated or dropped) or all.")
  var annotate: Annotations = .changes

  enum Annotations: String, ExpressibleByArgument, CaseIterable {
    case none, changes, all

    var level: AnnotationLevel {
      switch self {
      case .none: .none
      case .changes: .changes
      case .all: .all
      }
    }
  }

  @Option(
    help: ArgumentHelp(
      "Which lines events.jsonl has: all, control (the control plane and what breaks) or none."))
  var events: RunOptions.Events = .all

  @Option(
    help: ArgumentHelp(
      "How many threads simulate, at most one to an account; the files do not depend on it. "
        + "(default: one to a processor)", valueName: "count"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads takes a number from 1 to 1024; found \(threads)")
    }
    guard format != .pcap || files != .merged else {
      throw ValidationError(
        "--format pcap has no merged file, since it could not say where a packet was seen; use "
          + "--files taps, or --format pcapng")
    }
  }

  func run() throws {
    let (scenario, name) = try input.load()
    let options = RunOptions(
      networking: era.networking, files: files, format: format, annotations: annotate.level,
      taps: taps.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) },
      filter: filter, events: events, threads: threads)
    let folder = output ?? Self.freeFolder(for: name)
    Signals.noteInterruptions()
    var bar = ProgressBar()
    let summary: RunSummary
    do {
      summary = try Run(scenario, name: name, options: options).execute(
        in: folder, replacing: replaces, observe: { bar.update($0) },
        shouldStop: { Signals.isInterrupted })
      bar.finish()
    } catch {
      bar.finish()
      Terminal.say("lambdawire: \(error)")
      if RunFolder.incompleteFolder(around: folder) != nil {
        Terminal.say("lambdawire: \(folder) is INCOMPLETE: it has what was written until then")
      }
      throw ExitStatus(for: error)
    }
    try Terminal.print("\(summary.text)written to      \(folder)\n")
    if summary.isInterrupted {
      let status = Signals.isTerminated ? ExitStatus.terminated : .interrupted
      Terminal.say("lambdawire: \(status); the files in \(folder) end where the run did")
      throw status
    }
  }

  /// `out/NAME`, or with the first number that is free.
  private static func freeFolder(for name: String) -> String {
    var folder = "out/\(name)"
    var number = 2
    while FileManager.default.fileExists(atPath: folder) {
      folder = "out/\(name)-\(number)"
      number += 1
    }
    return folder
  }
}

extension RunOptions.Files: ExpressibleByArgument {}
extension RunOptions.Format: ExpressibleByArgument {}
extension RunOptions.Events: ExpressibleByArgument {}
