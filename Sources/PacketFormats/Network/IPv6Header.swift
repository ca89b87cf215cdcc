/// An IPv6 header (RFC 8200, section 3).
///
/// ``IPv6ExtensionIterator`` walks over the extension headers that may stand behind it.
public struct IPv6Header: Hashable, Sendable {
  /// Header length, in bytes.
  @inlinable public static var byteCount: Int { 40 }

  /// What follows the header, extension headers included, in bytes.
  public var payloadLength: UInt16
  /// The transport protocol or the first extension header.
  public var nextHeader: IPProtocol
  /// Hops left before the packet is dropped.
  public var hopLimit: UInt8
  public var source: IPv6Address
  public var destination: IPv6Address
  /// The code point that picks a forwarding behaviour, 0 to 63 (RFC 2474, section 3).
  public var differentiatedServices: UInt8
  public var congestionNotification: CongestionNotification
  /// Marks the packets of one flow, 20 bits; 0 if unused (RFC 6437, section 2).
  public var flowLabel: UInt32

  public init(
    payloadLength: UInt16, nextHeader: IPProtocol, hopLimit: UInt8 = 64, source: IPv6Address,
    destination: IPv6Address, differentiatedServices: UInt8 = 0,
    congestionNotification: CongestionNotification = .notCapable, flowLabel: UInt32 = 0
  ) {
    self.payloadLength = payloadLength
    self.nextHeader = nextHeader
    self.hopLimit = hopLimit
    self.source = source
    self.destination = destination
    self.differentiatedServices = differentiatedServices
    self.congestionNotification = congestionNotification
    self.flowLabel = flowLabel
  }

  /// Where each field stands.
  ///
  /// The two addresses are 128 bits wide, so each is split in two.
  public enum Layout {
    @inlinable public static var versionTrafficClassAndFlowLabel: Field<UInt32> { Field(at: 0) }
    @inlinable public static var payloadLength: Field<UInt16> { Field(at: 4) }
    @inlinable public static var nextHeader: Field<UInt8> { Field(at: 6) }
    @inlinable public static var hopLimit: Field<UInt8> { Field(at: 7) }
    @inlinable public static var sourceHigh: Field<UInt64> { Field(at: 8) }
    @inlinable public static var sourceLow: Field<UInt64> { Field(at: 16) }
    @inlinable public static var destinationHigh: Field<UInt64> { Field(at: 24) }
    @inlinable public static var destinationLow: Field<UInt64> { Field(at: 32) }
  }
}

extension IPv6Header {
  /// Reads the header that starts at `base`.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .ipv6, at: base)
    let first = bytes[Layout.versionTrafficClassAndFlowLabel, at: base]
    guard first >> 28 == 6 else {
      throw .malformed(.ipv6, offset: base, value: UInt64(first >> 24))
    }
    differentiatedServices = UInt8(truncatingIfNeeded: first &>> 22) & 0x3f
    congestionNotification = CongestionNotification(
      rawValue: UInt8(truncatingIfNeeded: first &>> 20) & 0x3)
    flowLabel = first & 0xf_ffff
    payloadLength = bytes[Layout.payloadLength, at: base]
    nextHeader = IPProtocol(rawValue: bytes[Layout.nextHeader, at: base])
    hopLimit = bytes[Layout.hopLimit, at: base]
    source = IPv6Address(
      high: bytes[Layout.sourceHigh, at: base], low: bytes[Layout.sourceLow, at: base])
    destination = IPv6Address(
      high: bytes[Layout.destinationHigh, at: base], low: bytes[Layout.destinationLow, at: base])
  }

  /// Writes the header to `bytes`, starting at `base`.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on, and each field is
  ///   in its range.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(differentiatedServices < 64 && congestionNotification.rawValue < 4)
    precondition(flowLabel >> 20 == 0, "a flow label has 20 bits")
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    let trafficClass = differentiatedServices &<< 2 | congestionNotification.rawValue
    bytes[Layout.versionTrafficClassAndFlowLabel, at: base] =
      0x6000_0000 | UInt32(trafficClass) << 20 | flowLabel
    bytes[Layout.payloadLength, at: base] = payloadLength
    bytes[Layout.nextHeader, at: base] = nextHeader.rawValue
    bytes[Layout.hopLimit, at: base] = hopLimit
    bytes[Layout.sourceHigh, at: base] = source.high
    bytes[Layout.sourceLow, at: base] = source.low
    bytes[Layout.destinationHigh, at: base] = destination.high
    bytes[Layout.destinationLow, at: base] = destination.low
  }
}
