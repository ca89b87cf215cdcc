import EventSimulation
import PacketFormats

/// One end of a packet as comments show it: an address, and the port where the packet has one, or
/// the identifier of an ICMP query.
struct PacketEnd {
  private(set) var address: UInt32
  private(set) var port: UInt16
  private let hasPort: Bool
  private let isQuery: Bool

  /// Reads the source of a packet, or else its destination.
  @inline(__always)
  init(_ bytes: RawSpan, _ packet: CapturedPacket, isSource: Bool) {
    address = bytes[Field<UInt32>(at: isSource ? 12 : 16), at: packet.offset]
    hasPort = packet.hasPorts
    isQuery = !hasPort && packet.isQuery(bytes)
    if hasPort {
      port = bytes[Field<UInt16>(at: isSource ? 0 : 2), at: packet.transport]
    } else {
      port = isQuery ? bytes[Field<UInt16>(at: 4), at: packet.transport] : 0
    }
  }

  @inline(__always)
  func describe(in text: inout CommentText) {
    if hasPort {
      text.append(address: address, port: port)
    } else {
      text.append(text: IPv4Address(rawValue: address).description)
      if isQuery {
        text.append(" id ")
        text.append(decimal: UInt32(port))
      }
    }
  }
}
