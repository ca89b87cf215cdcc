import PacketFormats

extension ValueType<IPv4Address> {
  static let address = Self.text(
    "an IPv4 address such as `10.0.2.20`", schema: ["type": "string", "format": "ipv4"]
  ) { text throws(ValueProblem) in
    guard let address = parseAddress(text) else { throw ValueProblem() }
    return address
  }
}

extension ValueType<IPv4Prefix> {
  /// A block whose prefix length is one of `lengths`.
  static func prefix(_ lengths: ClosedRange<Int>) -> Self {
    .text(
      "a block from /\(lengths.lowerBound) to /\(lengths.upperBound) such as `10.0.0.0/16`",
      schema: ["type": "string", "pattern": #"^[0-9.]+/[0-9]+$"#]
    ) { text throws(ValueProblem) in
      let prefix = try parsePrefix(text)
      guard lengths.contains(prefix.length) else { throw ValueProblem() }
      return prefix
    }
  }
}

extension ValueType<IPv6Address> {
  static let ipv6Address = Self.text(
    "an IPv6 address such as `2001:db8:1200:1::20`", schema: ["type": "string", "format": "ipv6"]
  ) { text throws(ValueProblem) in
    guard let address = try? IPv6Address(text) else { throw ValueProblem() }
    return address
  }
}

extension ValueType<IPv6Prefix> {
  /// A block whose prefix length is one of `lengths`.
  static func ipv6Prefix(_ lengths: ClosedRange<Int>, example: String) -> Self {
    let size =
      lengths.count == 1
      ? "a /\(lengths.lowerBound)" : "a block from /\(lengths.lowerBound) to /\(lengths.upperBound)"
    return .text(
      "\(size) of IPv6 addresses such as `\(example)`",
      schema: ["type": "string", "pattern": "^[0-9a-fA-F:.]+/[0-9]+$"]
    ) { text throws(ValueProblem) in
      let prefix = try parseIPv6Prefix(text)
      guard lengths.contains(prefix.length) else { throw ValueProblem() }
      return prefix
    }
  }
}

extension ValueType<IPPrefix> {
  /// A block of either family, or a single address.
  static let block = Self.text(
    "a block such as `10.8.0.0/16` or `2001:db8:1200::/56`", schema: ["type": "string"]
  ) { text throws(ValueProblem) in try parseBlock(text) }

  /// The same, with `any` for every address, which makes `nil`.
  static let anyBlock = ValueType<IPPrefix?>.text(
    "a block such as `10.8.0.0/16` or `2001:db8:1200::/56`, or `any`", schema: ["type": "string"]
  ) { text throws(ValueProblem) in text == "any" ? nil : try parseBlock(text) }
}

extension ValueType<IPAddress> {
  static let anyAddress = Self.text(
    "an IPv4 or IPv6 address", schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    if let address = parseAddress(text) { return .v4(address) }
    guard let address = try? IPv6Address(text) else { throw ValueProblem() }
    return .v6(address)
  }
}

/// Reads a block of either family; an address alone is the block that holds nothing else.
func parseBlock(_ text: String) throws(ValueProblem) -> IPPrefix {
  if text.contains(":") {
    guard text.contains("/") else {
      guard let address = try? IPv6Address(text) else { throw ValueProblem() }
      return .v6(IPv6Prefix(address, length: 128))
    }
    return .v6(try parseIPv6Prefix(text))
  }
  if let address = parseAddress(text) { return .v4(IPv4Prefix(address, length: 32)) }
  return .v4(try parsePrefix(text))
}

/// Reads an IPv6 block and refuses one whose address has bits set behind the prefix.
func parseIPv6Prefix(_ text: String) throws(ValueProblem) -> IPv6Prefix {
  let parts = text.split(separator: "/", omittingEmptySubsequences: false)
  guard parts.count == 2, let address = try? IPv6Address(parts[0]),
    (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
    let length = Int(parts[1]), length <= 128
  else { throw ValueProblem() }
  let prefix = IPv6Prefix(address, length: length)
  guard prefix.address == address else {
    throw ValueProblem(
      found: "\(quoted(text)), an address with bits behind the prefix",
      expected: "the block itself", suggestion: "\(prefix)")
  }
  return prefix
}

/// Reads four decimal numbers without leading zeros (RFC 6943, section 3.1.1, on why).
///
/// - Returns: `nil` for anything else.
func parseAddress(_ text: some StringProtocol) -> IPv4Address? {
  let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  guard parts.count == 4 else { return nil }
  var address: UInt32 = 0
  for part in parts {
    guard (1...3).contains(part.count), part.allSatisfy({ (48...57).contains($0) }),
      part.count == 1 || part.first != UInt8(ascii: "0")
    else { return nil }
    let value = part.reduce(0) { $0 * 10 + UInt32($1 - 48) }
    guard value <= 255 else { return nil }
    address = address << 8 | value
  }
  return IPv4Address(rawValue: address)
}

/// Reads a block and refuses one whose address has bits set behind the prefix: whoever writes
/// `10.0.1.5/24` may mean the host or the block.
func parsePrefix(_ text: String) throws(ValueProblem) -> IPv4Prefix {
  let parts = text.split(separator: "/", omittingEmptySubsequences: false)
  guard parts.count == 2, let address = parseAddress(parts[0]),
    (1...2).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
    let length = Int(parts[1]), length <= 32
  else { throw ValueProblem() }
  let prefix = IPv4Prefix(address, length: length)
  guard prefix.address == address else {
    throw ValueProblem(
      found: "\(quoted(text)), an address with bits behind the prefix",
      expected: "the block itself", suggestion: "\(prefix)")
  }
  return prefix
}
