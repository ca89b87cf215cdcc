import PacketFormats

/// Blocks that are delegated to hosts (EC2 guide, "Assign prefixes to network interfaces").
extension ScenarioDecoder {
  /// Reports a /28 that cannot be delegated in its subnet, and takes note of its addresses otherwise.
  mutating func checkPrefix(
    _ prefix: Located<IPv4Prefix>, in subnet: Scenario.Subnet, owner: String,
    owners: inout [IPv4Address: String]
  ) {
    let addresses = (0..<prefix.value.count).map { prefix.value[$0] }
    if !subnet.prefix.contains(prefix.value.address) || subnet.prefix.length > 28 {
      log.report(
        at: prefix.node.location,
        found: "\(prefix.node.summary), outside `\(subnet.name)` (\(subnet.prefix))",
        expected: "a /28 within it")
    } else if let reserved = addresses.first(where: subnet.reserves) {
      log.report(
        at: prefix.node.location,
        found: "\(prefix.node.summary), which holds \(reserved), reserved by AWS",
        expected: "a /28 that is neither the first nor the last of \(subnet.prefix)")
    } else if let taken = addresses.first(where: { owners[$0] != nil }), let other = owners[taken] {
      log.report(
        at: prefix.node.location,
        found: "\(prefix.node.summary), which holds \(taken) of `\(other)`",
        expected: "a /28 that nobody has addresses of")
    } else {
      for address in addresses { owners[address] = owner }
    }
  }

  /// Reports /80 blocks that cannot be delegated in their subnet.
  ///
  /// The lowest holds the addresses that are given one by one.
  mutating func checkPrefixes(
    _ prefixes: [Located<IPv6Prefix>], in subnet: Scenario.Subnet, _ others: [Scenario.Host]
  ) {
    for (number, prefix) in prefixes.enumerated() {
      guard let block = subnet.ipv6Prefix else {
        // A subnet whose block could not be read has been reported.
        guard subnet.addressing == .ipv4 else { continue }
        log.report(
          at: prefix.node.location, found: "\(prefix.node.summary) in an IPv4 subnet",
          expected: "a subnet with `addressing: dual-stack`")
        continue
      }
      if !block.contains(prefix.value) {
        log.report(
          at: prefix.node.location, found: "\(prefix.node.summary), outside `\(subnet.name)`",
          expected: "a /80 within \(block)")
      } else if prefix.value.address == block.address {
        log.report(
          at: prefix.node.location,
          found: "\(prefix.node.summary), where hosts have single addresses",
          expected: "a /80 that is not the first of \(block)")
      } else if let other = others.first(where: { host in
        host.ipv6Prefixes.contains(prefix.value)
          || host.ipv6Address.map(prefix.value.contains) == true
      }) {
        log.report(
          at: prefix.node.location,
          found: "\(prefix.node.summary), which `\(other.name)` has addresses of",
          expected: "a /80 that nobody has addresses of")
      } else if prefixes[..<number].contains(where: { $0.value == prefix.value }) {
        log.report(
          at: prefix.node.location, found: "\(prefix.node.summary) again",
          expected: "each block once")
      }
    }
  }
}
