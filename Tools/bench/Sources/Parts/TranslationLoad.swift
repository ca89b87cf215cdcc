import AddressTranslation
import PacketFormats
import SimulatedTime

/// Translates packets of live flows, chosen at random, from the inside out.
///
/// Each call includes writing the packet's addresses and ports, as each look-up of the peer
/// includes making its key. The flows are the same on both sides.
struct TranslationLoad {
  let flowCount: Int
  let callCount: Int

  /// IPv4 and UDP headers, in bytes; the payload plays no part.
  private static let byteCount = 28

  /// - Returns: Calls a second, once every flow has its translation.
  func run() throws -> Int {
    var translator = try makeTranslator()
    var packet = Self.packet
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    var random = XorShift()
    var translated = 0
    let clock = ContinuousClock()
    let start = clock.now
    for call in 0..<callCount {
      Self.address(&bytes, to: Int(random.next() % UInt64(flowCount)))
      if case .translated(isNew: false) = translator.translateOutbound(
        &bytes, at: 0, now: Instant(nanoseconds: Int64(flowCount + call)))
      {
        translated += 1
      }
    }
    let elapsed = clock.now - start
    guard translated == callCount else { throw Failure.missed(calls: callCount - translated) }
    return Parts.rate(callCount, in: elapsed)
  }

  /// Packets that ``runInTurn()`` makes at a time, each in its own cache line.
  private static let group = 256
  private static let stride = 64

  /// As ``run()``, with packets that were made before the clock starts, and each of them found by
  /// what became of the one before: a simulation, too, has one packet at a time, and nothing to do
  /// while it waits for memory.
  func runInTurn() throws -> Int {
    var translator = try makeTranslator()
    let line = Self.packet + [UInt8](repeating: 0, count: Self.stride - Self.byteCount)
    var packets = [UInt8]()
    for _ in 0..<Self.group { packets += line }
    var span = packets.mutableSpan
    var bytes = unsafe span.mutableBytes
    var random = XorShift()
    var translated = 0
    var elapsed = Duration.zero
    let clock = ContinuousClock()
    for first in Swift.stride(from: 0, to: callCount, by: Self.group) {
      for place in 0..<Self.group {
        Self.address(
          &bytes, to: Int(random.next() % UInt64(flowCount)), at: place * Self.stride)
      }
      let start = clock.now
      var place = 0
      while place < Self.group {
        let base = place * Self.stride
        if case .translated(isNew: false) = translator.translateOutbound(
          &bytes, at: base, now: Instant(nanoseconds: Int64(flowCount + first + place)))
        {
          translated += 1
        }
        // All outside addresses begin with 10, which only we know.
        place += Int(bytes[IPv4Header.Layout.source, at: base] >> 24) - 9
      }
      elapsed += clock.now - start
    }
    let done = (callCount + Self.group - 1) / Self.group * Self.group
    guard translated == done else { throw Failure.missed(calls: done - translated) }
    return Parts.rate(done, in: elapsed)
  }

  /// A translator in which every flow has its translation.
  private func makeTranslator() throws -> Translator {
    // An outside address has 64,512 ports, each for one flow; half of them stay free.
    let addressCount = max(1, flowCount / 32_000 + 1)
    var translator = try Translator(
      behavior: .lambdaV2N,
      outsideAddresses: (0..<addressCount).map {
        IPv4Address(rawValue: 0x0a00_0200 + UInt32($0))
      }, seed: 1)
    var packet = Self.packet
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    for flow in 0..<flowCount {
      Self.address(&bytes, to: flow)
      guard
        case .translated(isNew: true) = translator.translateOutbound(
          &bytes, at: 0, now: Instant(nanoseconds: Int64(flow)))
      else { throw Failure.noTranslation(flow: flow) }
    }
    return translator
  }

  /// A packet of no flow yet.
  private static var packet: [UInt8] {
    var packet = [UInt8](repeating: 0, count: byteCount)
    packet[0] = 0x45
    packet[3] = UInt8(byteCount)
    packet[9] = 17
    packet[25] = 8
    return packet
  }

  enum Failure: Error {
    case noTranslation(flow: Int)
    case missed(calls: Int)
  }

  /// Makes what stands at `base` a packet of flow number `flow`.
  @inline(__always)
  private static func address(_ bytes: inout MutableRawSpan, to flow: Int, at base: Int = 0) {
    let flow = UInt32(truncatingIfNeeded: flow)
    // The last translation took one from the hop count.
    bytes.storeBytes(of: 64, toByteOffset: base + 8, as: UInt8.self)
    bytes.storeBytes(
      of: (0xa9fe_4c00 + flow % 4096).bigEndian, toByteOffset: base + 12, as: UInt32.self)
    bytes.storeBytes(
      of: (0x0a00_0105 + flow / 4096 % 64).bigEndian, toByteOffset: base + 16, as: UInt32.self)
    let port = UInt16(1024 + flow / 262_144 % 60_000)
    bytes.storeBytes(of: port.bigEndian, toByteOffset: base + 20, as: UInt16.self)
    bytes.storeBytes(of: (5432 as UInt16).bigEndian, toByteOffset: base + 22, as: UInt16.self)
  }
}
