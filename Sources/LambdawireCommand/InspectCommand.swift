import ArgumentParser
import CaptureInspection
import LambdawireReports

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show flows, translations, latency and drops of captures.",
    discussion: """
      Everything is found from the packets alone: which flows there are at each point, which \
      address and port became which, how long each hop took, and what got no further. Captures \
      need not come from Lambdawire; two of them, from inside and outside a NAT, are enough.
      """)

  @OptionGroup var input: CaptureArguments

  @Flag(help: "Write JSON, with everything in it.")
  var json = false

  @Option(help: "Most lines of one kind in a row; 0 for all.")
  var limit = 10

  @Flag(help: "Show flows at every point, not only at the two ends of the path.")
  var everyPoint = false

  func validate() throws {
    guard limit >= 0 else { throw ValidationError("--limit cannot be negative") }
  }

  func run() throws {
    let analysis = CaptureAnalysis(files: try input.paths())
    if analysis.isUnread { try CaptureArguments.checkErrors(in: analysis) }
    // What could be read counts, even if it is not everything.
    try Terminal.print(
      json
        ? JSONReport(analysis).text
        : InspectionText(
          analysis, rowLimit: limit == 0 ? .max - 1 : limit, showsEveryPoint: everyPoint,
          style: Terminal.style
        ).text)
    try CaptureArguments.checkErrors(in: analysis)
  }
}
