import PacketFormats

/// The outside addresses that first fragments of answers were sent to, for the fragments that
/// follow: of those captured inside, only the first says which flow it is of.
struct FragmentMemory {
  private struct Entry {
    var addresses: UInt64
    var identification: UInt16
    var protocolNumber: UInt8
    var outside: IPv4Address
  }

  /// Packets in fragments that are remembered: more are not under way between two hosts as a rule.
  private static let limit = 64

  private var entries: [Entry] = []
  private var next = 0

  mutating func note(_ bytes: RawSpan, _ packet: CapturedPacket, _ outside: IPv4Address) {
    let entry = Entry(
      addresses: packet.addresses, identification: Self.identification(bytes, packet),
      protocolNumber: packet.protocolNumber, outside: outside)
    if entries.count < Self.limit {
      entries.append(entry)
    } else {
      entries[next] = entry
    }
    next = (next + 1) % Self.limit
  }

  func address(_ bytes: RawSpan, _ packet: CapturedPacket) -> IPv4Address? {
    let identification = Self.identification(bytes, packet)
    return entries.last {
      $0.addresses == packet.addresses && $0.identification == identification
        && $0.protocolNumber == packet.protocolNumber
    }?.outside
  }

  private static func identification(_ bytes: RawSpan, _ packet: CapturedPacket) -> UInt16 {
    bytes[IPv4Header.Layout.identification, at: packet.offset]
  }
}
