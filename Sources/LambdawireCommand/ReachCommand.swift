import ArgumentParser
import LambdawireModel
import LambdawireReports

struct ReachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reach",
    abstract: "Say whether a packet would get there and its answer back, and what stops it.",
    discussion: """
      No time is simulated: rules, routes and gateways are asked as they are configured when a run \
      begins, or at the time --at. Both directions are judged. Exit status 1 means that the packet or its answer does not arrive.

      Examples: lambdawire reach first-query --from orders --to postgres:5432
                lambdawire reach nat-gateway --from internet --to 198.51.100.7:443
      """)

  @OptionGroup var input: ScenarioArguments

  @OptionGroup var era: EraArgument

  @Option(
    help: ArgumentHelp(
      "Who sends: a function, a host, an interface, an address, or internet.", valueName: "name"))
  var from: String

  @Option(
    help: ArgumentHelp(
      "Who is to receive it: as --from, and a port behind a colon.", valueName: "name"))
  var to: String

  @Option(
    name: .customLong("protocol"),
    help: ArgumentHelp("The protocol, by name or number.", valueName: "protocol"))
  var transport = "tcp"

  @Option(help: ArgumentHelp("The destination port, if --to has none.", valueName: "port"))
  var port: UInt16?

  @Flag(name: .customLong("ipv6"), help: "Ask about IPv6 where both ends have it.")
  var isIPv6 = false

  @OptionGroup var moment: MomentArgument

  @Flag(help: "Write JSON.")
  var json = false

  func run() throws {
    let (scenario, name) = try input.load()
    let result: Reachability
    do throws(ModelError) {
      result = try Reachability(
        of: scenario, named: name,
        query: ReachQuery(
          from: from, to: to, protocol: transport, port: port, prefersIPv6: isIPv6),
        at: moment.time, networking: era.networking)
    } catch {
      Terminal.say("lambdawire: \(error)")
      throw ExitStatus(for: error)
    }
    try Terminal.print(
      json ? JSONReport(result).text : ReachText(result, style: Terminal.style).text)
    if !result.isReachable { throw ExitStatus.failed }
  }
}
