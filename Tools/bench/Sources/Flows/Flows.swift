/// Puts one load on a translator and prints what was measured.
///
///     flows translate FLOWS CALLS [in-turn|in-bursts]
///     flows begin FLOWS [reserved]
///     flows memory FLOWS
///     flows growth FLOWS
///     flows ports PERCENT [sharing]
///     flows crowding [sharing]
///     flows expiry FLOWS
///     flows expiry-stall FLOWS
///
/// It prints `NUMBER unit`, as the peers do.
@main
enum Flows {
  static func main() throws {
    var words = CommandLine.arguments.dropFirst()
    let load = words.popFirst()
    let numbers = words.prefix { Int($0) != nil }.compactMap { Int($0) }
    guard numbers.allSatisfy({ $0 > 0 }) else { throw Misuse.arguments }
    let option = words.dropFirst(numbers.count).first
    guard words.count == numbers.count + (option == nil ? 0 : 1) else { throw Misuse.arguments }
    switch (load, numbers.count, option) {
    case ("translate", 2, _):
      let load = EstablishedLoad(
        flowCount: numbers[0], callCount: numbers[1], reserving: true)
      switch option {
      case nil: print(try load.run(), "calls/s")
      case "in-turn": print(try load.runInTurn(), "calls/s")
      case "in-bursts": print(try load.runInBursts(), "calls/s")
      default: throw Misuse.arguments
      }
    case ("begin", 1, nil), ("begin", 1, "reserved"):
      let rate = try BeginningLoad(flowCount: numbers[0]).run(reserving: option != nil)
      print(rate, "flows/s")
    case ("memory", 1, nil):
      print(try BeginningLoad(flowCount: numbers[0]).bytesPerFlow(), "bytes/flow")
    case ("growth", 1, nil):
      print(try BeginningLoad(flowCount: numbers[0]).longestStall(), "ns")
    case ("ports", 1, nil), ("ports", 1, "sharing"):
      guard (1...100).contains(numbers[0]) else { throw Misuse.arguments }
      print(try PortLoad(sharing: option != nil).run(percent: numbers[0]), "ns/flow")
    case ("crowding", 0, nil), ("crowding", 0, "sharing"):
      print(try PortLoad(sharing: option != nil).longestStall(), "ns")
    case ("expiry", 1, nil):
      print(try ExpiryLoad(flowCount: numbers[0]).run(rounds: 1).rate, "flows/s")
    case ("expiry-stall", 1, nil):
      print(try ExpiryLoad(flowCount: numbers[0]).run(rounds: 5).longestStall, "ns")
    default: throw Misuse.arguments
    }
  }

  enum Misuse: Error, CustomStringConvertible {
    case arguments

    var description: String {
      """
      usage: flows translate FLOWS CALLS [in-turn|in-bursts] | flows begin FLOWS [reserved] \
      | flows memory FLOWS | flows growth FLOWS | flows ports PERCENT [sharing] \
      | flows crowding [sharing] | flows expiry FLOWS | flows expiry-stall FLOWS
      """
    }
  }
}
