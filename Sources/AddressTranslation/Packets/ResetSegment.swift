public import PacketFormats

/// The RST that answers a TCP segment for which there is no connection (RFC 9293,
/// section 3.10.7.1).
///
/// A translator builds no packets. The owner, told ``Verdict/resetSender``, reads from here what
/// belongs into the one it sends back to where the segment came from.
public struct ResetSegment: Hashable, Sendable {
  /// Where the RST seems to come from: the end that the segment was meant for.
  public var source: TransportAddress
  /// Who is told: the sender of the segment.
  public var destination: TransportAddress
  public var sequenceNumber: UInt32
  /// Zero, and without meaning, unless ``flags`` holds ACK.
  public var acknowledgmentNumber: UInt32
  /// RST, and ACK if the segment acknowledged nothing.
  public var flags: TCPHeader.Flags

  /// The RST owed to the sender of the segment whose IPv4 header starts at `offset`.
  ///
  /// - Returns: `nil` if the bytes are no well-formed, unfragmented TCP segment over IPv4, or if
  ///   the segment is itself a RST, which is never answered.
  public init?(answering bytes: RawSpan, at offset: Int) {
    guard let header = try? CheckedHeader(of: bytes, at: offset), !header.isFragment,
      let packet = try? TransportPacket(parsing: bytes, at: offset, under: header),
      let numbers = Numbers(answering: packet)
    else { return nil }
    let key = packet.outboundKey
    source = TransportAddress(remoteOf: key)
    destination = TransportAddress(localOf: key)
    sequenceNumber = numbers.sequence
    acknowledgmentNumber = numbers.acknowledgment
    flags = numbers.flags
  }

  /// What a RST says, whatever it travels in.
  struct Numbers {
    let sequence: UInt32
    let acknowledgment: UInt32
    let flags: TCPHeader.Flags

    /// - Returns: `nil` if the packet is no TCP segment, or one that is never answered.
    init?(answering packet: TransportPacket) {
      guard packet.isTCP, !packet.control.contains(.rst) else { return nil }
      if packet.control.contains(.ack) {
        sequence = packet.acknowledgmentNumber
        acknowledgment = 0
        flags = .rst
      } else {
        sequence = 0
        acknowledgment = packet.sequenceEnd
        flags = [.rst, .ack]
      }
    }
  }
}
