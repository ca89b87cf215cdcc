import PacketFormats

extension ValueType<ClosedRange<UInt16>> {
  /// The ports of a security group rule.
  static let ports = Self.text(
    "a port, a range such as `1024-65535`, or `all`",
    schema: [
      "anyOf": [
        ["type": "integer", "minimum": .integer(0), "maximum": .integer(65535)],
        ["type": "string", "pattern": "^([0-9]+-[0-9]+|all)$"],
      ]
    ]
  ) { text throws(ValueProblem) in
    if text == "all" { return 0...65535 }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.allSatisfy { (48...57).contains($0) } ? UInt16(part) : nil
    }
    guard numbers.count == parts.count, let first = numbers.first, let last = numbers.last,
      numbers.count <= 2, first <= last
    else { throw ValueProblem() }
    return first...last
  }
}

extension ValueType<String> {
  /// The number of an AWS account (IAM guide, "View AWS account identifiers": 12 digits).
  static let account = Self.text(
    "the number of an AWS account, 12 digits such as `123456789012`",
    schema: ["anyOf": [["type": "string", "pattern": "^[0-9]{12}$"], ["type": "integer"]]]
  ) { text throws(ValueProblem) in
    guard text.utf8.count == 12, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw ValueProblem()
    }
    return text
  }
}

extension ValueType<Scenario.SecurityGroupRule.Peer> {
  /// The other side of a security group rule.
  static let peer = Self.text(
    "a security group, a block such as `10.0.2.0/24`, or `any`", schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    if text == "any" { return .any }
    if text.contains("/") { return .prefix(try parsePrefix(text)) }
    if let address = parseAddress(text) { return .prefix(IPv4Prefix(address, length: 32)) }
    guard EntityName.isValid(text) else { throw ValueProblem() }
    return .securityGroup(text)
  }
}
