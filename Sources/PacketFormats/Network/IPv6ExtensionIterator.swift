/// Walks over the extension headers of an IPv6 packet without copying them (RFC 8200, section 4).
///
/// When it has returned `nil`, ``nextHeader`` and ``offset`` say what follows and where.
///
/// ```swift
/// var extensions = IPv6ExtensionIterator(header, at: 14, end: bytes.byteCount)
/// while let found = try extensions.next(in: bytes) { … }
/// ```
public struct IPv6ExtensionIterator: Hashable, Sendable {
  /// The most extension headers that are followed.
  ///
  /// Assumed: RFC 8200 sets no limit, and each of its four kinds occurs at most twice in a packet
  /// that keeps to section 4.1. A longer chain is reported as unsupported.
  @inlinable public static var maximumCount: Int { 16 }

  /// What stands at ``offset``.
  public private(set) var nextHeader: IPProtocol
  /// Where the next header begins, counted from the start of the span.
  public private(set) var offset: Int
  private let end: Int
  private var count = 0
  private var isFinished = false

  /// Walks over what follows a header that starts at `base`, in a packet that ends at `end`.
  public init(_ header: IPv6Header, at base: Int = 0, end: Int) {
    self.init(header.nextHeader, at: base + IPv6Header.byteCount, end: end)
  }

  init(_ nextHeader: IPProtocol, at offset: Int, end: Int) {
    self.nextHeader = nextHeader
    self.offset = offset
    self.end = end
  }

  /// An extension header and where it stands.
  public struct Element: Hashable, Sendable {
    public var kind: IPProtocol
    /// Where the header begins, counted from the start of the span.
    public var offset: Int
    /// Header length, in bytes.
    public var byteCount: Int
  }

  /// Fields that most extension headers begin with (RFC 6564, section 4).
  public enum Layout {
    @inlinable public static var nextHeader: Field<UInt8> { Field(at: 0) }
    /// In units of 8 bytes, the first 8 not counted; in units of 4 for authentication.
    @inlinable public static var extensionLength: Field<UInt8> { Field(at: 1) }
    /// Addresses still to visit, in a routing header (RFC 8200, section 4.4).
    @inlinable public static var segmentsLeft: Field<UInt8> { Field(at: 3) }
  }

  /// The next extension header, or `nil` when the transport header is reached.
  ///
  /// The walk ends behind the header of a fragment other than the first, since what follows is
  /// the middle of something, and before encrypted data.
  public mutating func next(in bytes: RawSpan) throws(HeaderError) -> Element? {
    guard !isFinished else { return nil }
    let kind = nextHeader
    var byteCount = 8
    switch kind {
    case .hopByHopOptions:
      // "Restricted to appear immediately after an IPv6 header only" (RFC 8200, section 4.1).
      guard count == 0 else {
        throw .malformed(.ipv6Extension, offset: offset, value: UInt64(kind.rawValue))
      }
    case .ipv6Routing, .destinationOptions, .ipv6Fragment, .authenticationHeader: break
    default: return nil
    }
    guard count < Self.maximumCount else {
      throw .unsupported(.ipv6Extension, offset: offset, value: UInt64(kind.rawValue))
    }
    try require(byteCount, in: bytes)
    let length = Int(bytes[Layout.extensionLength, at: offset])
    switch kind {
    case .ipv6Fragment:
      let word = bytes[IPv6FragmentHeader.Layout.fragmentOffsetAndMore, at: offset]
      isFinished = word & 0xfff8 != 0
    case .authenticationHeader:
      // In units of 4 bytes, minus 2, and at least the fixed fields (RFC 4302, section 2.2).
      byteCount = (length + 2) * 4
      guard byteCount >= 12 else {
        throw .malformed(.ipv6Extension, offset: offset + 1, value: UInt64(length))
      }
    default:
      byteCount = (length + 1) * 8
    }
    try require(byteCount, in: bytes)
    defer { offset += byteCount }
    nextHeader = IPProtocol(rawValue: bytes[Layout.nextHeader, at: offset])
    count += 1
    return Element(kind: kind, offset: offset, byteCount: byteCount)
  }

  private func require(_ byteCount: Int, in bytes: RawSpan) throws(HeaderError) {
    guard byteCount <= end - offset else {
      throw .truncated(
        .ipv6Extension, offset: offset, needed: byteCount, available: max(0, end - offset))
    }
    try bytes.require(byteCount, of: .ipv6Extension, at: offset)
  }
}
