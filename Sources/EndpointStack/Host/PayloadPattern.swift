import PacketFormats

/// What payloads that carry nothing are filled with: bytes that count up, 0 to 255 and again.
///
/// A byte depends on its place in the stream alone, so nothing needs to be kept for sending it
/// again, and the receiving side can tell whether everything arrived in its place.
enum PayloadPattern {
  /// The byte at `position` of a stream.
  static func byte(at position: Int) -> UInt8 { UInt8(truncatingIfNeeded: position) }

  /// Fills `range` of `bytes` with what begins at `position` of a stream.
  @inline(__always)
  static func fill(_ bytes: inout MutableRawSpan, in range: Range<Int>, from position: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.byteCount, "outside the span")
    var offset = range.lowerBound
    var value = UInt64(truncatingIfNeeded: position)
    // Eight bytes at a time are right only while none of them wraps round to 0.
    while offset < range.upperBound, value & 7 != 0 {
      bytes.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: offset, as: UInt8.self)
      offset &+= 1
      value &+= 1
    }
    while offset &+ 8 <= range.upperBound {
      let word = 0x0706_0504_0302_0100 &+ (value & 0xff) &* 0x0101_0101_0101_0101
      bytes.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
      offset &+= 8
      value &+= 8
    }
    while offset < range.upperBound {
      bytes.storeBytes(of: UInt8(truncatingIfNeeded: value), toByteOffset: offset, as: UInt8.self)
      offset &+= 1
      value &+= 1
    }
  }
}
