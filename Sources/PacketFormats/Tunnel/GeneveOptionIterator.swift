/// Walks over the options of a Geneve header without copying them.
///
/// ```swift
/// var options = GeneveOptionIterator(header, at: 42)
/// while let found = try options.next(in: bytes) { … }
/// ```
public struct GeneveOptionIterator: Hashable, Sendable {
  private var offset: Int
  private let end: Int

  /// Walks over the options of a header that starts at `base`.
  public init(_ header: GeneveHeader, at base: Int = 0) {
    offset = base + GeneveHeader.byteCount
    end = base + header.headerByteCount
  }

  /// An option and where it stands.
  public struct Element: Hashable, Sendable {
    public var option: GeneveOption
    /// Where the option begins, counted from the start of the span.
    public var offset: Int
    /// Where its data begins.
    public var dataOffset: Int { offset + GeneveOption.byteCount }
  }

  /// The next option, or `nil` after the last.
  public mutating func next(in bytes: RawSpan) throws(HeaderError) -> Element? {
    guard offset < end else { return nil }
    let option = try GeneveOption(parsing: bytes, at: offset)
    let byteCount = GeneveOption.byteCount + option.dataByteCount
    // An option that reaches past the header makes the packet malformed (RFC 8926, section 3.5).
    guard byteCount <= end - offset else {
      throw .malformed(
        .geneveOption, offset: offset + GeneveOption.Layout.reservedAndLength.offset,
        value: UInt64(option.dataByteCount / 4))
    }
    defer { offset += byteCount }
    return Element(option: option, offset: offset)
  }
}
