/// A UDP header (RFC 768).
public struct UDPHeader: Hashable, Sendable {
  /// Header length, in bytes.
  @inlinable public static var byteCount: Int { 8 }

  public var sourcePort: UInt16
  public var destinationPort: UInt16
  /// Header plus payload, in bytes.
  public var length: UInt16

  public init(sourcePort: UInt16, destinationPort: UInt16, length: UInt16) {
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.length = length
  }

  /// A header for a payload of this length, in bytes.
  ///
  /// - Precondition: header and payload together have less than 64 KiB.
  public init(sourcePort: UInt16, destinationPort: UInt16, payloadByteCount: Int) {
    self.init(
      sourcePort: sourcePort, destinationPort: destinationPort,
      length: UInt16(Self.byteCount + payloadByteCount))
  }

  /// Payload length, in bytes.
  public var payloadByteCount: Int { max(0, Int(length) - Self.byteCount) }

  public enum Layout {
    @inlinable public static var sourcePort: Field<UInt16> { Field(at: 0) }
    @inlinable public static var destinationPort: Field<UInt16> { Field(at: 2) }
    @inlinable public static var length: Field<UInt16> { Field(at: 4) }
    /// Zero if the sender made no checksum.
    @inlinable public static var checksum: Field<UInt16> { Field(at: 6) }
  }

  /// Ports that say what a datagram carries.
  public enum Port {
    @inlinable public static var dns: UInt16 { 53 }
    /// Network Time Protocol (RFC 5905, section 7.2).
    @inlinable public static var ntp: UInt16 { 123 }
    /// RFC 7348, section 5.
    @inlinable public static var vxlan: UInt16 { 4789 }
    /// RFC 8926, section 3.3.
    @inlinable public static var geneve: UInt16 { 6081 }
  }
}

extension UDPHeader {
  /// Reads the header that starts at `base`.
  ///
  /// The checksum is not verified, and the payload need not be there.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .udp, at: base)
    sourcePort = bytes[Layout.sourcePort, at: base]
    destinationPort = bytes[Layout.destinationPort, at: base]
    length = bytes[Layout.length, at: base]
    guard length >= UInt16(Self.byteCount) else {
      throw .malformed(.udp, offset: base + Layout.length.offset, value: UInt64(length))
    }
  }

  /// Adds the header, with a checksum of zero.
  @inline(__always)
  private func add(to sum: inout InternetChecksum) {
    sum.add(sourcePort)
    sum.add(destinationPort)
    sum.add(length)
  }

  /// The checksum that these fields and `payload` call for over IPv4, pseudo header included;
  /// never zero, which would mean that there is none (RFC 768).
  public func checksum(
    source: IPv4Address, destination: IPv4Address, payload: RawSpan
  ) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .udp, length: Int(length))
    add(to: &sum)
    sum.add(payload)
    return sum.udpValue
  }

  /// The checksum that these fields and `payload` call for over IPv6, pseudo header included;
  /// never zero, which IPv6 forbids (RFC 8200, section 8.1).
  public func checksum(
    source: IPv6Address, destination: IPv6Address, payload: RawSpan
  ) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .udp, length: Int(length))
    add(to: &sum)
    sum.add(payload)
    return sum.udpValue
  }

  /// The checksum over IPv4 with a payload that was summed beforehand, as one that is sent many
  /// times should be (RFC 768).
  public func checksum(
    source: IPv4Address, destination: IPv4Address, payloadSum: InternetChecksum
  ) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .udp, length: Int(length))
    add(to: &sum)
    sum.add(payloadSum)
    return sum.udpValue
  }

  /// The checksum over IPv6 with a payload that was summed beforehand, as one that is sent many
  /// times should be (RFC 8200, section 8.1).
  public func checksum(
    source: IPv6Address, destination: IPv6Address, payloadSum: InternetChecksum
  ) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .udp, length: Int(length))
    add(to: &sum)
    sum.add(payloadSum)
    return sum.udpValue
  }

  /// Writes the header to `bytes`, starting at `base`, with the given checksum: zero for none, as
  /// tunnels send it (RFC 768).
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on.
  public func write(to bytes: inout MutableRawSpan, at base: Int, checksum: UInt16) {
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.sourcePort, at: base] = sourcePort
    bytes[Layout.destinationPort, at: base] = destinationPort
    bytes[Layout.length, at: base] = length
    bytes[Layout.checksum, at: base] = checksum
  }
}
