import EventSimulation
import PacketFormats

/// One end of a packet as comments show it: an address, and a port where the packet has one.
struct PacketEnd {
  var address: UInt32
  var port: UInt16
  var hasPort: Bool

  /// Reads the source of a packet, or else its destination.
  @inline(__always)
  init(_ bytes: RawSpan, _ packet: CapturedPacket, isSource: Bool) {
    address = bytes[Field<UInt32>(at: isSource ? 12 : 16), at: packet.offset]
    hasPort = packet.hasPorts
    port = hasPort ? bytes[Field<UInt16>(at: isSource ? 0 : 2), at: packet.transport] : 0
  }

  @inline(__always)
  func describe(in text: inout CommentText) {
    if hasPort {
      text.append(address: address, port: port)
    } else {
      text.append(text: IPv4Address(rawValue: address).description)
    }
  }
}
