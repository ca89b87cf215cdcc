/// A VXLAN header (RFC 7348, section 5); an Ethernet frame follows it.
public struct VXLANHeader: Hashable, Sendable {
  /// Header length, in bytes.
  @inlinable public static var byteCount: Int { 8 }

  /// Which virtual network the frame belongs to, 0 to 16,777,215.
  public var virtualNetworkIdentifier: UInt32

  public init(virtualNetworkIdentifier: UInt32) {
    self.virtualNetworkIdentifier = virtualNetworkIdentifier
  }

  public enum Layout {
    /// The I flag in the top byte; the rest is reserved.
    @inlinable public static var flagsAndReserved: Field<UInt32> { Field(at: 0) }
    /// The identifier is the upper 24 bits; the rest is reserved.
    @inlinable public static var virtualNetworkIdentifierAndReserved: Field<UInt32> { Field(at: 4) }
  }
}

extension VXLANHeader {
  /// Reads the header that starts at `base`.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .vxlan, at: base)
    let flags = bytes[Layout.flagsAndReserved, at: base]
    // "The I flag MUST be set to 1 for a valid VXLAN Network ID"; the others are ignored.
    guard flags & 0x0800_0000 != 0 else {
      throw .malformed(.vxlan, offset: base, value: UInt64(flags >> 24))
    }
    virtualNetworkIdentifier = bytes[Layout.virtualNetworkIdentifierAndReserved, at: base] >> 8
  }

  /// Writes the header to `bytes`, starting at `base`.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on, and the identifier
  ///   has 24 bits.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(virtualNetworkIdentifier >> 24 == 0, "a network identifier has 24 bits")
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.flagsAndReserved, at: base] = 0x0800_0000
    bytes[Layout.virtualNetworkIdentifierAndReserved, at: base] = virtualNetworkIdentifier << 8
  }
}
