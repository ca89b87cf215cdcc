/// A Geneve header (RFC 8926, section 3.4).
///
/// Options are no part of the value: they stand behind its ``byteCount`` bytes, up to
/// ``headerByteCount``, and ``GeneveOptionIterator`` walks over them.
public struct GeneveHeader: Hashable, Sendable {
  /// Length of a header without options, in bytes.
  @inlinable public static var byteCount: Int { 8 }

  /// Which virtual network the packet belongs to, 0 to 16,777,215.
  public var virtualNetworkIdentifier: UInt32
  /// What is carried: a whole Ethernet frame, unless told otherwise.
  public var protocolType: EthernetHeader.EtherType
  /// Length of the options, in bytes: 0 to 252 and a multiple of 4.
  public var optionsByteCount: Int
  /// The O bit: a message between tunnel end points, not for a tenant.
  public var isControl: Bool
  /// The C bit: an end point that does not know some option must drop the packet.
  public var hasCriticalOptions: Bool

  public init(
    virtualNetworkIdentifier: UInt32,
    protocolType: EthernetHeader.EtherType = .transparentEthernetBridging,
    optionsByteCount: Int = 0, isControl: Bool = false, hasCriticalOptions: Bool = false
  ) {
    self.virtualNetworkIdentifier = virtualNetworkIdentifier
    self.protocolType = protocolType
    self.optionsByteCount = optionsByteCount
    self.isControl = isControl
    self.hasCriticalOptions = hasCriticalOptions
  }

  /// Header length with options, in bytes.
  public var headerByteCount: Int { Self.byteCount + optionsByteCount }

  public enum Layout {
    @inlinable public static var versionAndOptionLength: Field<UInt8> { Field(at: 0) }
    @inlinable public static var flags: Field<UInt8> { Field(at: 1) }
    @inlinable public static var protocolType: Field<UInt16> { Field(at: 2) }
    /// The identifier is the upper 24 bits; the rest is reserved.
    @inlinable public static var virtualNetworkIdentifierAndReserved: Field<UInt32> { Field(at: 4) }
  }
}

extension GeneveHeader {
  /// Reads the header that starts at `base`.
  ///
  /// Options are left unread, but must be there.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .geneve, at: base)
    let first = bytes[Layout.versionAndOptionLength, at: base]
    // "Packets received by a tunnel endpoint with an unknown version MUST be dropped."
    guard first >> 6 == 0 else { throw .unsupported(.geneve, offset: base, value: UInt64(first)) }
    optionsByteCount = Int(first & 0x3f) * 4
    try bytes.require(Self.byteCount + optionsByteCount, of: .geneve, at: base)
    let flags = bytes[Layout.flags, at: base]
    isControl = flags & 0x80 != 0
    hasCriticalOptions = flags & 0x40 != 0
    protocolType = EthernetHeader.EtherType(rawValue: bytes[Layout.protocolType, at: base])
    virtualNetworkIdentifier = bytes[Layout.virtualNetworkIdentifierAndReserved, at: base] >> 8
  }

  /// Writes the first ``byteCount`` bytes of the header to `bytes`, starting at `base`.
  ///
  /// ``GeneveOption/write(to:at:)`` writes what follows.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on, and each field is
  ///   in its range.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(virtualNetworkIdentifier >> 24 == 0, "a network identifier has 24 bits")
    precondition(
      optionsByteCount & 3 == 0 && optionsByteCount >= 0 && optionsByteCount <= 252,
      "Geneve options take 0 to 252 bytes")
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.versionAndOptionLength, at: base] = UInt8(
      truncatingIfNeeded: optionsByteCount &>> 2)
    bytes[Layout.flags, at: base] = (isControl ? 0x80 : 0) | (hasCriticalOptions ? 0x40 : 0)
    bytes[Layout.protocolType, at: base] = protocolType.rawValue
    bytes[Layout.virtualNetworkIdentifierAndReserved, at: base] = virtualNetworkIdentifier << 8
  }
}
