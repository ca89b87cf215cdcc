import PacketFormats

/// What payloads that carry nothing are filled with: bytes that count up, 0 to 255 and again.
///
/// A byte depends on its place in the stream alone, so nothing needs to be kept for sending it
/// again, and the receiving side can tell whether everything arrived in its place.
enum PayloadPattern {
  /// The byte at `position` of a stream.
  static func byte(at position: Int) -> UInt8 { UInt8(truncatingIfNeeded: position) }

  /// The pattern, long enough to copy any ordinary segment at once from any place in the first
  /// period.
  private static let table = (0..<2304).map(byte)

  /// Where the number of a datagram ends and the pattern begins.
  static func numberByteCount(_ payloadByteCount: Int) -> Int { payloadByteCount < 8 ? 0 : 8 }

  /// Fills the payload of a datagram, which begins with its number if that fits, and sums it.
  @inline(__always)
  static func fill(
    _ bytes: inout MutableRawSpan, at offset: Int, _ byteCount: Int, number: UInt64
  ) -> InternetChecksum {
    let start = numberByteCount(byteCount)
    var sum = fill(&bytes, in: offset &+ start..<offset &+ byteCount, from: start)
    if start > 0 {
      bytes[Field<UInt64>(at: 0), at: offset] = number
      sum.add(UInt32(truncatingIfNeeded: number &>> 32))
      sum.add(UInt32(truncatingIfNeeded: number))
    }
    return sum
  }

  /// Fills `range` of `bytes` with what begins at `position` of a stream, and sums it.
  static func fill(
    _ bytes: inout MutableRawSpan, in range: Range<Int>, from position: Int
  ) -> InternetChecksum {
    var offset = range.lowerBound
    var place = position & 0xff
    while offset < range.upperBound {
      let count = min(range.upperBound - offset, table.count - place)
      unsafe bytes.copyBytes(
        from: table.span.bytes.extracting(place..<place + count), at: offset)
      offset += count
      place = (place + count) & 0xff
    }
    var sum = InternetChecksum()
    if position & 1 != 0 {
      sum.add(bytes.bytes, in: range)
      return sum
    }
    sum.add(Self.sum(ofWords: range.count / 2, from: position / 2))
    if range.count & 1 == 1 {
      sum.add(UInt16(byte(at: position + range.count - 1)) << 8)
    }
    return sum
  }

  /// Fills `range` of `bytes` with what begins at `position` of a body that is sent in the place of a page
  /// or an object, without summing it: the characters of base64 (RFC 4648, section 4) in turn.
  ///
  /// They are printable, and there is neither a colon nor a line break among them: what looks at a segment
  /// from the middle of a body alone, as Wireshark does with reassembly off, finds no header in it.
  static func fillBody(
    _ bytes: inout MutableRawSpan, in range: Range<Int>, from position: Int
  ) {
    var offset = range.lowerBound
    var place = position & 0x3f
    while offset < range.upperBound {
      let count = min(range.upperBound - offset, bodyTable.count - place)
      unsafe bytes.copyBytes(
        from: bodyTable.span.bytes.extracting(place..<place + count), at: offset)
      offset += count
      place = (place + count) & 0x3f
    }
  }

  /// Long enough to copy much at once from any place in the first period.
  private static let bodyTable: [UInt8] = {
    let period = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return Array(repeatElement(period, count: 36).joined())
  }()

  /// The one's complement sum of `count` 16-bit words of the pattern, from word `first` on.
  ///
  /// Word `j` of a period is 514 `j` + 1, so the sum of the first `k` words is an arithmetic
  /// series, and nothing has to be read.
  private static func sum(ofWords count: Int, from first: Int) -> UInt16 {
    func series(_ k: Int) -> Int { 257 * k * (k - 1) + k }
    let period = 128
    let start = first & (period - 1)
    let end = start + count
    var total =
      (end / period) * series(period) + series(end % period) - series(start)
    // The carries may be added at the end (RFC 1071, section 2(C)).
    while total > 0xffff { total = (total & 0xffff) + (total >> 16) }
    return UInt16(truncatingIfNeeded: total)
  }
}
