import PacketFormats

extension FramePacket {
  /// Takes `count` hops off the packet in `bytes`, and brings the checksum of an IPv4 header up to
  /// date (RFC 1624).
  ///
  /// - Precondition: the packet was read from these bytes and has more hops than that.
  @inline(__always)
  func takeHops(_ count: Int, in bytes: inout MutableRawSpan) {
    guard count > 0 else { return }
    let base = EthernetHeader.byteCount
    let left = timeToLive - UInt8(count)
    switch source {
    case .v4:
      let number = UInt16(self.protocol.rawValue)
      let change = InternetChecksum.Change(
        from: UInt16(timeToLive) << 8 | number, to: UInt16(left) << 8 | number)
      bytes[IPv4Header.Layout.timeToLive, at: base] = left
      bytes[IPv4Header.Layout.checksum, at: base] = change.applied(
        to: bytes[IPv4Header.Layout.checksum, at: base])
    case .v6:
      bytes[IPv6Header.Layout.hopLimit, at: base] = left
    }
  }
}
