/// Puts one load on a translator and prints what was measured, as `NUMBER unit`; the peers print
/// the same.
@main
enum Flows {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    let numbers = words.dropFirst().prefix { Int($0) != nil }.compactMap { Int($0) }
    let options = Set(words.dropFirst(1 + numbers.count))
    guard let load = words.first, numbers.allSatisfy({ $0 > 0 }),
      let (number, unit) = try measure(load, numbers, options)
    else { throw Misuse.arguments }
    print(number, unit)
  }

  /// - Returns: `nil` if there is no such load, or not with these numbers and options.
  private static func measure(
    _ load: String, _ numbers: [Int], _ options: Set<String>
  ) throws -> (number: Double, unit: String)? {
    switch (load, numbers.count) {
    case ("translate", 2) where options.isSubset(of: ["in-turn", "in-bursts", "growing"]):
      let load = EstablishedLoad(
        flowCount: numbers[0], callCount: numbers[1], reserving: !options.contains("growing"))
      switch (options.contains("in-turn"), options.contains("in-bursts")) {
      case (false, false): return (Double(try load.run()), "calls/s")
      case (true, false): return (Double(try load.runInTurn()), "calls/s")
      case (false, true): return (Double(try load.runInBursts()), "calls/s")
      case (true, true): return nil
      }
    case ("begin", 1) where options.isSubset(of: ["growing"]):
      let reserving = !options.contains("growing")
      return (
        Double(try BeginningLoad(flowCount: numbers[0]).run(reserving: reserving)), "flows/s"
      )
    case ("memory", 1) where options.isEmpty:
      return (try BeginningLoad(flowCount: numbers[0]).bytesPerFlow(), "bytes/flow")
    case ("growth", 1) where options.isEmpty:
      return (Double(try BeginningLoad(flowCount: numbers[0]).longestStall()), "ns")
    case ("ports", 1) where options.isSubset(of: ["sharing"]) && 1...100 ~= numbers[0]:
      let load = PortLoad(sharing: options.contains("sharing"))
      return (Double(try load.run(percent: numbers[0])), "ns/flow")
    case ("crowding", 0) where options.isSubset(of: ["sharing"]):
      let load = PortLoad(sharing: options.contains("sharing"))
      return (Double(try load.longestStall()), "ns")
    case ("expiry", 1) where options.isEmpty:
      return (Double(try ExpiryLoad(flowCount: numbers[0]).run(rounds: 1).rate), "flows/s")
    case ("expiry-stall", 1) where options.isEmpty:
      return (
        Double(try ExpiryLoad(flowCount: numbers[0]).run(rounds: 5).longestStall), "ns"
      )
    default: return nil
    }
  }

  enum Misuse: Error, CustomStringConvertible {
    case arguments

    var description: String {
      """
      usage: flows translate FLOWS CALLS [in-turn|in-bursts] [growing] | flows begin FLOWS \
      [growing] | flows memory FLOWS | flows growth FLOWS | flows ports PERCENT [sharing] \
      | flows crowding [sharing] | flows expiry FLOWS | flows expiry-stall FLOWS
      """
    }
  }
}
