import AddressTranslation
import PacketFormats
import SimulatedTime

/// The flows that every load here is made of, numbered from 0.
///
/// They are UDP from 4,096 inside addresses to 64 remote ones. The peer of row d has the same.
struct TestFlows {
  let count: Int

  /// IPv4 and UDP headers, in bytes; the payload plays no part.
  static let byteCount = 28
  /// What the packets of a burst are apart, in bytes: each begins a cache line.
  static let stride = 64

  /// A packet of no flow yet.
  static var packet: [UInt8] {
    var packet = [UInt8](repeating: 0, count: byteCount)
    packet[0] = 0x45
    packet[3] = UInt8(byteCount)
    packet[9] = 17
    packet[25] = 8
    return packet
  }

  /// Several packets of no flow yet, ``stride`` bytes apart.
  static func packets(_ count: Int) -> [UInt8] {
    let line = packet + [UInt8](repeating: 0, count: stride - byteCount)
    return Array(repeatElement(line, count: count).joined())
  }

  /// Makes what stands at `base` a packet of flow number `flow`.
  @inline(__always)
  static func address(_ bytes: inout MutableRawSpan, to flow: Int, at base: Int = 0) {
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

  /// A translator with ports for all flows, that has none yet; its tables are reserved, too, if
  /// `reserving` is set.
  func makeTranslator(reserving: Bool = false) throws -> Translator {
    // An outside address has 64,512 ports, each for one flow; half of them stay free.
    let addressCount = count / 32_000 + 1
    var translator = try Translator(
      behavior: .lambdaV2N,
      outsideAddresses: (0..<addressCount).map {
        IPv4Address(rawValue: 0x0a00_0200 + UInt32($0))
      }, seed: 1)
    if reserving { translator.reserve(flowCount: count) }
    return translator
  }

  /// Begins every flow, the first at zero, each `interval` nanoseconds after the one before.
  func begin(in translator: inout Translator, every interval: Int = 1) throws {
    var packet = Self.packet
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    for flow in 0..<count {
      Self.address(&bytes, to: flow)
      guard
        case .translated(isNew: true) = translator.translateOutbound(
          &bytes, at: 0, now: Instant(nanoseconds: Int64(flow * interval)))
      else { throw Failure.noTranslation(flow: flow) }
    }
  }

  enum Failure: Error {
    case noTranslation(flow: Int)
    case missed(calls: Int)
    case leftOver(flows: Int)
  }
}
