/// The part of an IEEE 802.1Q tag that stands behind an Ethernet header whose EtherType is
/// `vlan` or `providerBridging` (IEEE 802.1Q-2022, clause 9.6).
///
/// On the wire a tag begins with that EtherType. Seen from the header, what follows is two bytes
/// of tag control information and the EtherType of the payload, which may be another tag.
public struct VLANTag: Hashable, Sendable {
  /// Length of what follows the Ethernet header, in bytes.
  @inlinable public static var byteCount: Int { 4 }

  /// Which virtual LAN the frame belongs to, 0 to 4095; 0 means that only the priority counts,
  /// and 4095 is reserved.
  public var identifier: UInt16
  /// Priority code point, 0 to 7.
  public var priority: UInt8
  /// Whether the frame may be dropped before others.
  public var isDropEligible: Bool
  /// What the payload is.
  public var etherType: EthernetHeader.EtherType

  public init(
    identifier: UInt16, priority: UInt8 = 0, isDropEligible: Bool = false,
    etherType: EthernetHeader.EtherType
  ) {
    self.identifier = identifier
    self.priority = priority
    self.isDropEligible = isDropEligible
    self.etherType = etherType
  }

  /// Where each field stands, counted from behind the Ethernet header.
  public enum Layout {
    @inlinable public static var controlInformation: Field<UInt16> { Field(at: 0) }
    @inlinable public static var etherType: Field<UInt16> { Field(at: 2) }
  }
}

extension VLANTag {
  /// Reads the tag whose control information stands at `base`.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .vlan, at: base)
    let control = bytes[Layout.controlInformation, at: base]
    identifier = control & 0xfff
    isDropEligible = control & 0x1000 != 0
    priority = UInt8(truncatingIfNeeded: control &>> 13)
    etherType = EthernetHeader.EtherType(rawValue: bytes[Layout.etherType, at: base])
  }

  /// Writes the tag to `bytes`, its control information at `base`.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on, and each field is
  ///   in its range.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(
      identifier < 4096 && priority < 8, "a tag has 12 bits of identifier, 3 of priority")
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.controlInformation, at: base] =
      UInt16(priority) << 13 | (isDropEligible ? 0x1000 : 0) | identifier
    bytes[Layout.etherType, at: base] = etherType.rawValue
  }
}
