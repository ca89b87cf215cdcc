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

extension ValueType<String> {
  /// The code of an AWS Region.
  static let region = Self.text(
    "a Region such as `us-east-1`", schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    let words = text.split(separator: "-", omittingEmptySubsequences: false)
    guard words.count >= 3, EntityName.isValid(text), let number = words.last,
      words.allSatisfy({ !$0.isEmpty }), number.utf8.allSatisfy({ (48...57).contains($0) })
    else { throw ValueProblem() }
    return text
  }
}

extension ValueType<Scenario.PublicAddress> {
  /// Whether there is a public address, and perhaps which.
  static let publicAddress = Self.text(
    "`yes`, `no`, or an IPv4 address", schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    switch text {
    case "yes": return .any
    case "no": return .none
    default:
      guard let address = parseAddress(text) else { throw ValueProblem() }
      return .address(address)
    }
  }
}

extension ValueType<Scenario.RuleProtocol> {
  /// The protocol that a rule is about.
  static let ruleProtocol = Self.text(
    "one of `tcp`, `udp`, `icmp`, `icmpv6`, `all`, or the number of a protocol",
    schema: [
      "anyOf": [
        ["enum": ["tcp", "udp", "icmp", "icmpv6", "all"]],
        ["type": "integer", "minimum": .integer(0), "maximum": .integer(255)],
      ]
    ]
  ) { text throws(ValueProblem) in
    if let named = Scenario.RuleProtocol.named.first(where: { $0.name == text }) {
      return named.value
    }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt8(text) else {
      throw ValueProblem(
        suggestion: Suggestion.nearest(
          to: text, among: Scenario.RuleProtocol.named.map(\.name)))
    }
    return .number(number)
  }
}

extension ValueType<Scenario.SecurityGroupRule.Peer> {
  /// The other side of a security group rule.
  ///
  /// A bare name is read as that of a security group; whether it is a prefix list's is for the decoder
  /// to find out, which knows both.
  static let peer = Self.text(
    "a security group, one of a peered VPC as `VPC/GROUP`, a block such as `10.0.2.0/24`, a prefix "
      + "list, or `any`", schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    if text == "any" { return .any }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if EntityName.isValid(text) { return .securityGroup(text) }
    if parts.count == 2, parts.allSatisfy(EntityName.isValid) {
      return .peeredSecurityGroup(vpc: parts[0], group: parts[1])
    }
    return .prefix(try parseBlock(text))
  }
}

extension ValueType<Scenario.Route.Destination> {
  /// Where a route leads to.
  static let destination = Self.text(
    "a block such as `0.0.0.0/0` or `::/0`, a prefix list, `s3` or `dynamodb`",
    schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    EntityName.isValid(text) ? .prefixList(text) : .prefix(try parseBlock(text))
  }
}
