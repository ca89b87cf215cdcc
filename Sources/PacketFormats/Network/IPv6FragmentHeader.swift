/// An IPv6 fragment header (RFC 8200, section 4.5).
public struct IPv6FragmentHeader: Hashable, Sendable {
  /// Header length, in bytes.
  @inlinable public static var byteCount: Int { 8 }

  /// What the whole packet carries behind this header.
  public var nextHeader: IPProtocol
  /// Where this fragment's payload belongs in the whole one, in bytes; a multiple of 8.
  public var fragmentOffset: UInt16
  /// Whether this is not the last fragment.
  public var moreFragments: Bool
  /// The number that the fragments of one packet share.
  public var identification: UInt32

  public init(
    nextHeader: IPProtocol, fragmentOffset: UInt16, moreFragments: Bool, identification: UInt32
  ) {
    self.nextHeader = nextHeader
    self.fragmentOffset = fragmentOffset
    self.moreFragments = moreFragments
    self.identification = identification
  }

  public enum Layout {
    @inlinable public static var nextHeader: Field<UInt8> { Field(at: 0) }
    @inlinable public static var reserved: Field<UInt8> { Field(at: 1) }
    @inlinable public static var fragmentOffsetAndMore: Field<UInt16> { Field(at: 2) }
    @inlinable public static var identification: Field<UInt32> { Field(at: 4) }
  }
}

extension IPv6FragmentHeader {
  /// Reads the header that starts at `base`.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .ipv6Extension, at: base)
    nextHeader = IPProtocol(rawValue: bytes[Layout.nextHeader, at: base])
    let word = bytes[Layout.fragmentOffsetAndMore, at: base]
    fragmentOffset = word & 0xfff8
    moreFragments = word & 1 != 0
    identification = bytes[Layout.identification, at: base]
  }

  /// Writes the header to `bytes`, starting at `base`.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on, and
  ///   ``fragmentOffset`` is a multiple of 8.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(fragmentOffset & 7 == 0, "fragments begin at multiples of 8 bytes")
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.nextHeader, at: base] = nextHeader.rawValue
    bytes[Layout.reserved, at: base] = 0
    bytes[Layout.fragmentOffsetAndMore, at: base] = fragmentOffset | (moreFragments ? 1 : 0)
    bytes[Layout.identification, at: base] = identification
  }
}
