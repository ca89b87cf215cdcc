import AddressTranslation
import PacketFormats
import SimulatedTime

/// Ends flows, at the rate at which new ones begin.
///
/// As many flows as asked for begin within the two minutes that UDP without an answer lasts; then
/// as many again, so that each packet of the second half begins one flow and ends another.
struct ExpiryLoad {
  let flows: TestFlows

  init(flowCount: Int) {
    flows = TestFlows(count: flowCount)
  }

  struct Result {
    /// Flows that began and ended a second.
    var rate: Int
    /// The longest time a packet of the second half took, in nanoseconds; each packet's time is
    /// the least of all rounds.
    var longestStall: Int
  }

  /// Does it all `rounds` times; the rate is that of the fastest.
  func run(rounds: Int) throws -> Result {
    let interval = 120_000_000_000 / flows.count
    var least = [UInt32](repeating: .max, count: flows.count)
    var fastest = Duration.seconds(1_000_000)
    for _ in 0..<rounds {
      // Room for the second half as well.
      var translator = try flows.makeTranslator()
      try flows.begin(in: &translator, every: interval)
      var packet = TestFlows.packet
      var span = packet.mutableSpan
      var bytes = unsafe span.mutableBytes
      let clock = ContinuousClock()
      let first = clock.now
      var start = first
      for number in 0..<flows.count {
        let flow = flows.count + number
        TestFlows.address(&bytes, to: flow)
        let verdict = translator.translateOutbound(
          &bytes, at: 0, now: Instant(nanoseconds: Int64(flow * interval)))
        let end = clock.now
        least[number] = min(least[number], UInt32(clamping: Measure.nanoseconds(end - start)))
        start = end
        guard verdict == .translated(isNew: true) else {
          throw TestFlows.Failure.noTranslation(flow: flow)
        }
      }
      fastest = min(fastest, start - first)
      guard translator.count <= flows.count + 1 else {
        throw TestFlows.Failure.leftOver(flows: translator.count)
      }
    }
    return Result(
      rate: Measure.rate(flows.count, in: fastest), longestStall: Int(least.max() ?? 0))
  }
}
