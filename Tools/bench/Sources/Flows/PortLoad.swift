import AddressTranslation
import PacketFormats
import SimulatedTime

/// Begins flows to one destination while a given part of the ports is taken.
struct PortLoad {
  private let behavior: Behavior

  private static let portCount = 64_512
  /// Flows whose beginning is measured, once so many ports are taken that the last of these
  /// flows completes the share.
  private static let measured = 512
  private static let rounds = 20

  /// - Parameter sharing: Whether destinations share ports, so that what is taken differs from
  ///   one to the other.
  init(sharing: Bool) {
    var behavior = Behavior.lambdaV2N
    behavior.portOverloading = sharing
    self.behavior = behavior
  }

  /// - Returns: How long it takes to begin a flow when `percent` of the ports are taken, in
  ///   nanoseconds.
  func run(percent: Int) throws -> Int {
    let taken = Self.portCount * percent / 100
    var elapsed = Duration.zero
    for round in 0..<Self.rounds {
      var translator = try makeTranslator(seed: UInt64(round))
      try begin(0..<taken - Self.measured, in: &translator)
      let clock = ContinuousClock()
      let start = clock.now
      try begin(taken - Self.measured..<taken, in: &translator)
      elapsed += clock.now - start
    }
    return Measure.nanoseconds(elapsed) / (Self.rounds * Self.measured)
  }

  /// The longest time that any packet took to begin its flow, from the first port to the last, in
  /// nanoseconds, each packet's time being the least of several rounds.
  func longestStall() throws -> Int {
    var least = [UInt32](repeating: .max, count: Self.portCount)
    for _ in 0..<5 {
      var translator = try makeTranslator(seed: 1)
      try begin(0..<Self.portCount, in: &translator, least: &least)
    }
    return Int(least.max() ?? 0)
  }

  private func makeTranslator(seed: UInt64) throws -> Translator {
    var translator = try Translator(
      behavior: behavior, outsideAddresses: [IPv4Address(203, 0, 113, 7)], seed: seed)
    // So that what is compared is the search for a port, not how far the tables have grown.
    translator.reserve(flowCount: Self.portCount)
    return translator
  }

  private func begin(_ flows: Range<Int>, in translator: inout Translator) throws {
    var packet = TestFlows.packet
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    for flow in flows {
      address(&bytes, to: flow)
      guard translator.translateOutbound(&bytes, at: 0, now: .start) == .translated(isNew: true)
      else { throw TestFlows.Failure.noTranslation(flow: flow) }
    }
  }

  /// As ``begin(_:in:)``, noting in `least` how long each packet takes if that is less than what
  /// stands there.
  private func begin(
    _ flows: Range<Int>, in translator: inout Translator, least: inout [UInt32]
  ) throws {
    let clock = ContinuousClock()
    for flow in flows {
      let start = clock.now
      try begin(flow..<flow + 1, in: &translator)
      let elapsed = Measure.nanoseconds(clock.now - start)
      least[flow] = min(least[flow], UInt32(clamping: elapsed))
    }
  }

  /// Makes the packet one of flow number `flow`, to the one destination.
  @inline(__always)
  private func address(_ bytes: inout MutableRawSpan, to flow: Int) {
    TestFlows.address(&bytes, to: 0)
    let inside = 0xa9fe_4c00 + UInt32(truncatingIfNeeded: flow)
    bytes.storeBytes(of: inside.bigEndian, toByteOffset: 12, as: UInt32.self)
  }
}
