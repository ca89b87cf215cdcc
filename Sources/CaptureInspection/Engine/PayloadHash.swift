import PacketFormats

extension RawSpan {
  /// A hash of the bytes in `range`, for telling payloads apart.
  ///
  /// - Precondition: `range` lies in the span.
  func payloadHash(_ range: Range<Int>) -> UInt64 {
    let words = Field<UInt64>(at: 0)
    var hash = HashMixing.first ^ UInt64(range.count)
    var offset = range.lowerBound
    while offset &+ 8 <= range.upperBound {
      hash = HashMixing.mix(hash ^ self[words, at: offset], HashMixing.second)
      offset &+= 8
    }
    if offset < range.upperBound {
      var last: UInt64 = 0
      if range.count >= 8 {
        // The last eight bytes again: some twice, which does no harm.
        last = self[words, at: range.upperBound &- 8]
      } else {
        while offset < range.upperBound {
          last = last &<< 8 | UInt64(self[Field<UInt8>(at: 0), at: offset])
          offset &+= 1
        }
      }
      hash = HashMixing.mix(hash ^ last, HashMixing.third)
    }
    return hash
  }
}
