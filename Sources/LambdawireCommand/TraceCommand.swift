import ArgumentParser
import LambdawireModel
import LambdawireReports

struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Follow the first packet from a function to a host, and its answer, hop by hop.",
    discussion: """
      For each hop: when, what was decided by which rule or route, and what became of the headers; \
      for a packet that dies, where and why. The scenario's own traffic is left out.

      Example: lambdawire trace first-query --from orders --to postgres:5432
      """)

  @OptionGroup var input: ScenarioArguments

  @OptionGroup var era: EraArgument

  @Option(
    help: ArgumentHelp(
      "The function whose first environment sends, or an environment such as orders-2.",
      valueName: "function"))
  var from: String

  @Option(
    help: ArgumentHelp(
      "Where to: a host of the function's VPC by name, domain name or address, and a port.",
      valueName: "host:port"))
  var to: String

  @Flag(help: "Send a UDP datagram instead of opening a TCP connection.")
  var udp = false

  @OptionGroup var moment: MomentArgument

  @Flag(help: "Write JSON.")
  var json = false

  @Flag(help: "Write a Mermaid sequence diagram.")
  var mermaid = false

  func validate() throws {
    if json, mermaid { throw ValidationError("--json and --mermaid exclude each other") }
  }

  func run() throws {
    let (scenario, name) = try input.load()
    let trace: PathTrace
    do {
      trace = try PathTrace(
        of: scenario, named: name, from: from, to: to, transport: udp ? .udp : .tcp,
        at: moment.time, networking: era.networking)
    } catch {
      Terminal.say("lambdawire: \(error)")
      throw ExitStatus(for: error)
    }
    let text =
      if json { JSONReport(trace).text } else if mermaid { TraceDiagram(trace).text } else {
        TraceText(trace, style: Terminal.style).text
      }
    try Terminal.print(text)
  }
}
