import PacketFormats

/// The headers in front of a mirrored frame (RFC 7348, section 5).
struct MirrorCopy {
  /// Length of all of them, in bytes.
  static let headersByteCount =
    EthernetHeader.byteCount + IPv4Header.byteCount + UDPHeader.byteCount + VXLANHeader.byteCount

  var source: IPv4Address
  var destination: IPv4Address
  var virtualNetworkIdentifier: UInt32
  /// What the source port is made of.
  var entropy: UInt16

  /// Writes the headers to the beginning of `bytes`, which holds the whole copy; its Ethernet addresses
  /// are for the fabric to set.
  func write(to bytes: inout MutableRawSpan) {
    var offset = EthernetHeader.byteCount
    EthernetHeader(
      destination: MACAddress(0), source: MACAddress(0), etherType: .ipv4
    ).write(to: &bytes, at: 0)
    // Assumed: the copy may not be split, as the length it is cut to says.
    IPv4Header(
      totalLength: UInt16(bytes.byteCount - offset), protocol: .udp, source: source,
      destination: destination
    ).write(to: &bytes, at: offset)
    offset += IPv4Header.byteCount
    // Assumed: a hash of the mirrored flow in 49152–65535, as RFC 7348, section 5, recommends;
    // its checksum SHOULD be zero.
    UDPHeader(
      sourcePort: 49152 | entropy & 0x3fff, destinationPort: UDPHeader.Port.vxlan,
      payloadByteCount: bytes.byteCount - offset - UDPHeader.byteCount
    ).write(to: &bytes, at: offset, checksum: 0)
    offset += UDPHeader.byteCount
    VXLANHeader(virtualNetworkIdentifier: virtualNetworkIdentifier).write(to: &bytes, at: offset)
  }
}

extension FramePacket {
  /// A number that is the same for all packets of the flow in this direction.
  var entropy: UInt16 {
    var hash = UInt64(self.protocol.rawValue) << 32 | UInt64(sourcePort) << 16
    hash |= isICMP ? 0 : UInt64(destinationPort)
    hash = Self.add(source, to: hash)
    return UInt16(truncatingIfNeeded: Self.add(destination, to: hash))
  }

  private static func add(_ address: IPAddress, to hash: UInt64) -> UInt64 {
    switch address {
    case .v4(let address): SeededHash.mix(hash ^ UInt64(address.rawValue))
    case .v6(let address): SeededHash.mix(SeededHash.mix(hash ^ address.high) ^ address.low)
    }
  }
}
