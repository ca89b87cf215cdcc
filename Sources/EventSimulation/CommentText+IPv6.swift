extension CommentText {
  /// Adds an IPv6 address, given as its halves, in the form of RFC 5952, with a port as
  /// `[2001:db8::1]:443` unless that is 0.
  ///
  /// Made byte by byte, so that nothing is allocated.
  public mutating func append(ipv6High high: UInt64, low: UInt64, port: UInt16) {
    if port != 0 { append(byte: UInt8(ascii: "[")) }
    let zeros = Self.longestRunOfZeros(high, low)
    var index = 0
    while index < 8 {
      if index == zeros.lowerBound, !zeros.isEmpty {
        append("::")
        index = zeros.upperBound
        continue
      }
      if index > 0, index != zeros.upperBound || zeros.isEmpty { append(byte: UInt8(ascii: ":")) }
      append(group: Self.group(index, high, low))
      index += 1
    }
    guard port != 0 else { return }
    append("]:")
    var divisor: UInt16 = 10_000
    while divisor > 1, port < divisor { divisor /= 10 }
    while divisor > 0 {
      append(byte: UInt8(ascii: "0") + UInt8(port / divisor % 10))
      divisor /= 10
    }
  }

  private static func group(_ index: Int, _ high: UInt64, _ low: UInt64) -> UInt16 {
    UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64((3 - index & 3) * 16))
  }

  /// Without zeros in front.
  private mutating func append(group: UInt16) {
    var shift: UInt16 = 12
    while shift > 0, group >> shift == 0 { shift -= 4 }
    while true {
      let digit = UInt8(truncatingIfNeeded: group >> shift & 0xf)
      append(byte: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      if shift == 0 { return }
      shift -= 4
    }
  }

  /// The first of the longest runs of at least two groups of zeros (RFC 5952, section 4.2.3).
  private static func longestRunOfZeros(_ high: UInt64, _ low: UInt64) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0..<8 {
      if group(index, high, low) != 0 {
        start = index + 1
      } else if index + 1 - start > max(1, longest.count) {
        longest = start..<index + 1
      }
    }
    return longest
  }
}
