import PacketFormats

/// The option by which a TCP says how long segments to it may be (RFC 9293, section 3.7.1).
package enum MaximumSegmentSize {
  /// Reduces the option in the segment whose header starts at `transport`, if it says more than
  /// `limit` bytes, and brings the checksum up to date.
  ///
  /// The header was found to lie within the span.
  package static func clamp(_ bytes: inout MutableRawSpan, at transport: Int, to limit: UInt16) {
    let end = transport + Int(bytes[HeaderLayout.dataOffset, at: transport] &>> 4) * 4
    var position = transport + HeaderLayout.tcpByteCount
    while position + 1 < end {
      let kind = bytes[Field<UInt8>(at: 0), at: position]
      // RFC 9293, section 3.2: 0 ends the list, 1 is one byte of padding.
      if kind == 0 { return }
      if kind == 1 {
        position += 1
        continue
      }
      let length = Int(bytes[Field<UInt8>(at: 1), at: position])
      guard length >= 2, position + length <= end else { return }
      if kind == 2, length == 4 {
        // Which of several counts is up to the receiver, so none may say more.
        reduce(&bytes, at: position + 2, segment: transport, to: limit)
      }
      position += length
    }
  }

  private static func reduce(
    _ bytes: inout MutableRawSpan, at position: Int, segment: Int, to limit: UInt16
  ) {
    let value = Field<UInt16>(at: 0)
    let old = bytes[value, at: position]
    guard old > limit else { return }
    bytes[value, at: position] = limit
    // At an odd place its two bytes belong to two words of the checksum; turning both numbers
    // round has the same effect (RFC 1071, section 2B).
    let isOdd = (position - segment) % 2 != 0
    let change = InternetChecksum.Change(
      from: isOdd ? old.byteSwapped : old, to: isOdd ? limit.byteSwapped : limit)
    bytes[HeaderLayout.tcpChecksum, at: segment] =
      change.applied(to: bytes[HeaderLayout.tcpChecksum, at: segment])
  }
}
