import AddressTranslation
import Glibc
import PacketFormats
import SimulatedTime

/// Begins flows, one after the other, in a translator that has none.
struct BeginningLoad {
  let flows: TestFlows

  init(flowCount: Int) {
    flows = TestFlows(count: flowCount)
  }

  /// New flows a second, in tables that grow or were reserved.
  func run(reserving: Bool) throws -> Int {
    var translator = try flows.makeTranslator(reserving: reserving)
    let clock = ContinuousClock()
    let start = clock.now
    try flows.begin(in: &translator)
    return Measure.rate(flows.count, in: clock.now - start)
  }

  /// What the process has grown by for each flow, in bytes: tables, pools, everything.
  func bytesPerFlow() throws -> Double {
    var translator = try flows.makeTranslator()
    let before = try Self.residentByteCount()
    try flows.begin(in: &translator)
    let after = try Self.residentByteCount()
    translator.expire(at: .start)
    return Double(after - before) / Double(flows.count)
  }

  /// The longest time that any packet took to begin its flow, in nanoseconds.
  ///
  /// Other processes stall packets too, but not the same ones each time; what the tables do at a
  /// packet, they do at that packet in each round. So the time of a packet is the least of its
  /// times in all rounds, and the longest of those times is returned.
  func longestStall(rounds: Int = 5) throws -> Int {
    var least = [UInt32](repeating: .max, count: flows.count)
    for _ in 0..<rounds {
      var translator = try flows.makeTranslator()
      var packet = TestFlows.packet
      var span = packet.mutableSpan
      var bytes = unsafe span.mutableBytes
      let clock = ContinuousClock()
      for flow in 0..<flows.count {
        TestFlows.address(&bytes, to: flow)
        let start = clock.now
        let verdict = translator.translateOutbound(
          &bytes, at: 0, now: Instant(nanoseconds: Int64(flow)))
        let elapsed = Measure.nanoseconds(clock.now - start)
        least[flow] = min(least[flow], UInt32(clamping: elapsed))
        guard verdict == .translated(isNew: true) else {
          throw TestFlows.Failure.noTranslation(flow: flow)
        }
      }
    }
    return Int(least.max() ?? 0)
  }

  /// Memory of this process that is in use, in bytes (proc(5), `/proc/pid/statm`, second field).
  private static func residentByteCount() throws -> Int {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { throw Failure.noStatistics }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    let count = line.count
    guard unsafe fgets(&line, Int32(count), file) != nil else { throw Failure.noStatistics }
    let text = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let fields = text.split(separator: " ")
    guard fields.count > 1, let pages = Int(fields[1]) else { throw Failure.noStatistics }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  enum Failure: Error {
    case noStatistics
  }
}
