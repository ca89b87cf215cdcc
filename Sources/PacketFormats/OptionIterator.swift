/// Walks over options that are a kind, a length and data: those of IPv4 and TCP (RFC 791,
/// section 3.1; RFC 9293, section 3.1).
///
/// Nothing is copied: an option is an offset into the bytes it was found in, which the caller
/// passes again for each step.
///
/// ```swift
/// var options = OptionIterator(ipv4: header, at: 14)
/// while let option = try options.next(in: bytes) { … }
/// ```
public struct OptionIterator: Hashable, Sendable {
  private let layer: HeaderError.Layer
  private var offset: Int
  private let end: Int

  /// Walks over the options of an IPv4 header that starts at `base`.
  public init(ipv4 header: IPv4Header, at base: Int = 0) {
    layer = .ipv4Option
    offset = base + IPv4Header.byteCount
    end = base + header.headerByteCount
  }

  /// Walks over the options of a TCP header that starts at `base`.
  public init(tcp header: TCPHeader, at base: Int = 0) {
    layer = .tcpOption
    offset = base + TCPHeader.byteCount
    end = base + header.headerByteCount
  }

  init(_ layer: HeaderError.Layer, from offset: Int, to end: Int) {
    self.layer = layer
    self.offset = offset
    self.end = end
  }

  /// One option where it stands.
  public struct Option: Hashable, Sendable {
    /// The kind byte, for IPv4 with its copied flag and class.
    public var kind: UInt8
    /// Where the kind byte stands, counted from the start of the span.
    public var offset: Int
    /// Kind, length and data together, in bytes.
    public var byteCount: Int

    /// Where the data begins.
    public var dataOffset: Int { offset + 2 }
    /// Bytes of data.
    public var dataByteCount: Int { max(0, byteCount - 2) }
  }

  /// The next option other than padding, or `nil` at the end of the list.
  public mutating func next(in bytes: RawSpan) throws(HeaderError) -> Option? {
    while offset < end {
      try bytes.require(1, of: layer, at: offset)
      let kind = bytes[Field<UInt8>(at: 0), at: offset]
      switch kind {
      case 0:  // End of option list.
        offset = end
        return nil
      case 1:  // No operation.
        offset += 1
      default:
        guard end - offset >= 2 else {
          throw .malformed(layer, offset: offset, value: UInt64(kind))
        }
        try bytes.require(2, of: layer, at: offset)
        let byteCount = Int(bytes[Field<UInt8>(at: 1), at: offset])
        // A length of zero would have us stand still, and one that leaves the header would have us
        // read data as options (RFC 9293, MUST-7).
        guard byteCount >= 2, byteCount <= end - offset else {
          throw .malformed(layer, offset: offset + 1, value: UInt64(byteCount))
        }
        try bytes.require(byteCount, of: layer, at: offset)
        defer { offset += byteCount }
        return Option(kind: kind, offset: offset, byteCount: byteCount)
      }
    }
    return nil
  }
}
