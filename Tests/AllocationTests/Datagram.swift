import PacketFormats

/// A UDP packet over IPv4, as the parts under test find it in a frame.
enum Datagram {
  static let payloadByteCount = 72

  /// Without an Ethernet header.
  static func bytes(
    from source: IPv4Address, _ sourcePort: UInt16, to destination: IPv4Address,
    _ destinationPort: UInt16
  ) -> [UInt8] {
    let udpEnd = IPv4Header.byteCount + UDPHeader.byteCount
    var bytes = [UInt8](repeating: 0, count: udpEnd + payloadByteCount)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    IPv4Header(
      totalLength: UInt16(udpEnd + payloadByteCount), protocol: .udp, source: source,
      destination: destination
    ).write(to: &raw, at: 0)
    // No checksum: that of UDP over IPv4 is optional (RFC 768).
    UDPHeader(
      sourcePort: sourcePort, destinationPort: destinationPort,
      payloadByteCount: payloadByteCount
    ).write(to: &raw, at: IPv4Header.byteCount, checksum: 0)
    return bytes
  }
}
