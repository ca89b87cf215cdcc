/// An IPv6 address.
///
/// It is held as two numbers in host order, so comparing and masking need no loop.
public struct IPv6Address: Hashable, Sendable {
  /// The first 64 bits.
  public var high: UInt64
  /// The last 64 bits.
  public var low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The address with these eight groups, as they are written with colons between them.
  public init(
    _ a: UInt16, _ b: UInt16, _ c: UInt16, _ d: UInt16, _ e: UInt16, _ f: UInt16, _ g: UInt16,
    _ h: UInt16
  ) {
    high = UInt64(a) << 48 | UInt64(b) << 32 | UInt64(c) << 16 | UInt64(d)
    low = UInt64(e) << 48 | UInt64(f) << 32 | UInt64(g) << 16 | UInt64(h)
  }

  /// The address that stands for an IPv4 one, in `::ffff:0:0/96` (RFC 4291, section 2.5.5.2).
  public init(ipv4Mapped address: IPv4Address) {
    high = 0
    low = 0xffff_0000_0000 | UInt64(address.rawValue)
  }

  /// `::`, the absence of an address (RFC 4291, section 2.5.2).
  @inlinable public static var unspecified: IPv6Address { IPv6Address(high: 0, low: 0) }

  /// `::1` (RFC 4291, section 2.5.3).
  @inlinable public static var loopback: IPv6Address { IPv6Address(high: 0, low: 1) }

  /// Whether the address lies in ff00::/8 (RFC 4291, section 2.7).
  public var isMulticast: Bool { high >> 56 == 0xff }

  /// Whether the address lies in fe80::/10 (RFC 4291, section 2.5.6).
  public var isLinkLocal: Bool { high >> 54 == 0xfe80 >> 6 }

  /// Whether the address lies in fc00::/7 (RFC 4193, section 3.1).
  public var isUniqueLocal: Bool { high >> 57 == 0xfc >> 1 }

  /// The IPv4 address that this one stands for, or `nil` if it lies outside `::ffff:0:0/96`.
  public var ipv4Mapped: IPv4Address? {
    high == 0 && low >> 32 == 0xffff
      ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)) : nil
  }

  /// The multicast address that neighbours ask for this one at (RFC 4291, section 2.7.1).
  public var solicitedNodeMulticast: IPv6Address {
    IPv6Address(high: 0xff02 << 48, low: 0x1_ff00_0000 | low & 0xff_ffff)
  }

  /// The group at `index`, 0 to 7.
  func group(_ index: Int) -> UInt16 {
    UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64((3 - index & 3) * 16))
  }
}

extension IPv6Address {
  /// Reads any of the three forms of RFC 4291, section 2.2: eight groups, `::` for zeros, and
  /// the last two groups as an IPv4 address.
  ///
  /// A zone such as `%eth0` is refused, since it means something on one host only (RFC 4007,
  /// section 11).
  public init(_ text: some StringProtocol) throws(AddressError) {
    var cursor = TextCursor(text, form: .ipv6Address)
    try self.init(&cursor)
    try cursor.expectEnd()
  }

  /// Reads as much as belongs to an address.
  init(_ cursor: inout TextCursor) throws(AddressError) {
    // Groups before and after `::` are gathered alike; `gap` remembers where the zeros belong.
    var groups = InlineArray<8, UInt16>(repeating: 0)
    var count = 0
    var gap: Int?
    if cursor.skip(":") {
      try cursor.expect(":")
      gap = 0
    }
    while count < 8 {
      let start = cursor.position
      var value: UInt16 = 0
      var digits = 0
      while let digit = cursor.hexadecimalDigit() {
        digits += 1
        guard digits <= 4 else { throw cursor.failure(.hexadecimalGroup, at: start) }
        value = value << 4 | UInt16(digit)
      }
      if digits == 0 {
        // Nothing may stand after `::`, but something must stand after a single colon.
        guard gap == count else { throw cursor.failure(.hexadecimalGroup, at: start) }
        break
      }
      if cursor.next == UInt8(ascii: ".") {
        guard count <= 6 else { throw cursor.failure(.eightGroups, at: start) }
        cursor.move(to: start)
        let quad = try cursor.dottedQuad()
        groups[count] = UInt16(truncatingIfNeeded: quad >> 16)
        groups[count + 1] = UInt16(truncatingIfNeeded: quad)
        count += 2
        break
      }
      groups[count] = value
      count += 1
      guard count < 8, cursor.skip(":") else { break }
      if cursor.next == UInt8(ascii: ":") {
        guard gap == nil else { throw cursor.failure(.onlyOneDoubleColon) }
        _ = cursor.skip(":")
        gap = count
      }
    }
    if cursor.next == UInt8(ascii: "%") { throw cursor.failure(.noZone) }
    // `::` stands for at least one group of zeros.
    guard gap == nil ? count == 8 : count < 8 else { throw cursor.failure(.eightGroups) }
    var value = (high: UInt64(0), low: UInt64(0))
    for i in 0..<8 {
      let group: UInt16
      if let gap, i >= gap {
        let zeros = 8 - count
        group = i < gap + zeros ? 0 : groups[i - zeros]
      } else {
        group = groups[i]
      }
      value.high = value.high << 16 | value.low >> 48
      value.low = value.low << 16 | UInt64(group)
    }
    self.init(high: value.high, low: value.low)
  }
}

extension IPv6Address: CustomStringConvertible {
  /// The one recommended form (RFC 5952, section 4).
  ///
  /// Only addresses in `::ffff:0:0/96` end in a dotted quad: they are the ones whose last 32 bits
  /// are known to be an IPv4 address from the address alone (RFC 5952, section 5).
  public var description: String {
    if let ipv4Mapped { return "::ffff:\(ipv4Mapped)" }
    let zeros = longestRunOfZeros
    var text = ""
    var i = 0
    while i < 8 {
      if i == zeros.lowerBound, !zeros.isEmpty {
        text += "::"
        i = zeros.upperBound
        continue
      }
      if i > 0, i != zeros.upperBound || zeros.isEmpty { text += ":" }
      text += String(group(i), radix: 16)
      i += 1
    }
    return text
  }

  /// The groups that `::` stands for: the first of the longest runs of at least two zeros
  /// (RFC 5952, sections 4.2.2 and 4.2.3).
  private var longestRunOfZeros: Range<Int> {
    var longest = 0..<0
    var start = 0
    for i in 0..<8 {
      if group(i) != 0 {
        start = i + 1
      } else if i + 1 - start > max(1, longest.count) {
        longest = start..<i + 1
      }
    }
    return longest
  }
}

extension IPv6Address: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}
