import PacketFormats

/// A packet on its way through a ``CloudNetwork``.
struct PathPacket: Hashable {
  var `protocol`: IPProtocol
  var source: IPAddress
  /// In ICMP the identifier.
  var sourcePort: UInt16
  var destination: IPAddress
  /// In ICMP type and code, as in ``FlowKey``.
  var destinationPort: UInt16
  var byteCount: Int
  /// Whether it begins something, and does not answer.
  var isFirst = true

  /// What the answer looks like.
  var reversed: PathPacket {
    // The flow key knows which ICMP message answers which.
    let ends = FlowKey(
      self.protocol, source: .unspecified, sourcePort: sourcePort, destination: .unspecified,
      destinationPort: destinationPort
    ).reversed
    return PathPacket(
      protocol: self.protocol, source: destination, sourcePort: ends.sourcePort,
      destination: source, destinationPort: ends.destinationPort, byteCount: 0, isFirst: false)
  }

  var flags: TCPHeader.Flags {
    guard self.protocol == .tcp else { return [] }
    return isFirst ? .syn : [.syn, .ack]
  }

  /// The packet as gateways look at it.
  var atGateway: GatewayPacket {
    let isICMP = self.protocol == .icmp || self.protocol == .icmpv6
    return GatewayPacket(
      self.protocol, source: source, destination: destination,
      icmpType: isICMP ? UInt8(destinationPort >> 8) : nil, byteCount: byteCount)
  }
}
