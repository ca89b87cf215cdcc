import AddressTranslation
import PacketFormats
import SimulatedTime

/// Translates packets of live flows, chosen at random, from the inside out.
struct EstablishedLoad {
  let flows: TestFlows
  let callCount: Int
  let reserving: Bool

  init(flowCount: Int, callCount: Int, reserving: Bool) {
    flows = TestFlows(count: flowCount)
    self.callCount = callCount
    self.reserving = reserving
  }

  /// One packet at a time.
  ///
  /// Each call includes writing the packet's addresses and ports, as each look-up of the peer
  /// includes making its key.
  ///
  /// - Returns: Calls a second, once every flow has its translation.
  func run() throws -> Int {
    var translator = try flows.makeTranslator(reserving: reserving)
    try flows.begin(in: &translator)
    var packet = TestFlows.packet
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    var random = XorShift()
    var translated = 0
    let clock = ContinuousClock()
    let start = clock.now
    for call in 0..<callCount {
      TestFlows.address(&bytes, to: Int(random.next() % UInt64(flows.count)))
      if case .translated(isNew: false) = translator.translateOutbound(
        &bytes, at: 0, now: Instant(nanoseconds: Int64(flows.count + call)))
      {
        translated += 1
      }
    }
    let elapsed = clock.now - start
    guard translated == callCount else {
      throw TestFlows.Failure.missed(calls: callCount - translated)
    }
    return Measure.rate(callCount, in: elapsed)
  }

  /// Packets that are made at a time, each in its own cache line.
  private static let group = 256

  /// As ``run()``, with packets that were made before the clock starts, and each of them found by
  /// what became of the one before: a simulation, too, has one packet at a time, and nothing to do
  /// while it waits for memory.
  func runInTurn() throws -> Int {
    try measureGroups { translator, bytes, now in
      var translated = 0
      var place = 0
      while place < Self.group {
        let base = place * TestFlows.stride
        if case .translated(isNew: false) = translator.translateOutbound(
          &bytes, at: base, now: Instant(nanoseconds: now))
        {
          translated += 1
        }
        // All outside addresses begin with 10, which only we know.
        place += Int(bytes[IPv4Header.Layout.source, at: base] >> 24) - 9
      }
      return translated
    }
  }

  /// As ``run()``, with packets that were made before the clock starts and are handed over as a
  /// driver does, in bursts of 64.
  func runInBursts() throws -> Int {
    let burst = 64
    let offsets = (0..<Self.group).map { $0 * TestFlows.stride }
    var verdicts = [Verdict](repeating: .passed, count: burst)
    return try measureGroups { translator, bytes, now in
      var translated = 0
      for first in stride(from: 0, to: Self.group, by: burst) {
        var results = verdicts.mutableSpan
        translator.translateOutbound(
          &bytes, at: offsets.span.extracting(first..<first + burst),
          now: Instant(nanoseconds: now), verdicts: &results)
        for place in 0..<burst where results[place] == .translated(isNew: false) {
          translated += 1
        }
      }
      return translated
    }
  }

  /// Hands groups of packets to `translate`, which returns how many were of known flows, and
  /// counts only the time spent there.
  private func measureGroups(
    _ translate: (inout Translator, inout MutableRawSpan, Int64) -> Int
  ) throws -> Int {
    var translator = try flows.makeTranslator(reserving: reserving)
    try flows.begin(in: &translator)
    var packets = TestFlows.packets(Self.group)
    var span = packets.mutableSpan
    var bytes = unsafe span.mutableBytes
    var random = XorShift()
    var translated = 0
    var elapsed = Duration.zero
    let clock = ContinuousClock()
    for first in stride(from: 0, to: callCount, by: Self.group) {
      for place in 0..<Self.group {
        TestFlows.address(
          &bytes, to: Int(random.next() % UInt64(flows.count)), at: place * TestFlows.stride)
      }
      let start = clock.now
      translated += translate(&translator, &bytes, Int64(flows.count + first))
      elapsed += clock.now - start
    }
    let done = (callCount + Self.group - 1) / Self.group * Self.group
    guard translated == done else { throw TestFlows.Failure.missed(calls: done - translated) }
    return Measure.rate(done, in: elapsed)
  }
}
