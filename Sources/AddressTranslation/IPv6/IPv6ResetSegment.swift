public import PacketFormats

/// The RST that answers a TCP segment over IPv6 for which there is no connection; see
/// ``ResetSegment``.
public struct IPv6ResetSegment: Hashable, Sendable {
  /// Where the RST seems to come from: the end that the segment was meant for.
  public var source: IPv6TransportAddress
  /// Who is told: the sender of the segment.
  public var destination: IPv6TransportAddress
  public var sequenceNumber: UInt32
  /// Zero, and without meaning, unless ``flags`` holds ACK.
  public var acknowledgmentNumber: UInt32
  /// RST, and ACK if the segment acknowledged nothing.
  public var flags: TCPHeader.Flags

  /// The RST owed to the sender of the segment whose IPv6 header starts at `offset`.
  ///
  /// - Returns: `nil` if the bytes are no well-formed, unfragmented TCP segment over IPv6, or if
  ///   the segment is itself a RST, which is never answered.
  public init?(answering bytes: RawSpan, at offset: Int) {
    guard let header = try? CheckedIPv6Header(of: bytes, at: offset), header.fragment == nil,
      let packet = try? TransportPacket(
        parsing: bytes, at: header.transport, byteCount: header.transportByteCount,
        protocolNumber: header.protocolNumber, addresses: 0, isFragment: false),
      let numbers = ResetSegment.Numbers(answering: packet)
    else { return nil }
    let key = packet.outboundKey
    source = IPv6TransportAddress(header.destination, key.remotePort)
    destination = IPv6TransportAddress(header.source, key.localPort)
    sequenceNumber = numbers.sequence
    acknowledgmentNumber = numbers.acknowledgment
    flags = numbers.flags
  }
}
