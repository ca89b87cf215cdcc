public import PacketFormats

// MARK: - Network ACLs

extension VirtualPrivateCloud {
  /// Adds a network ACL.
  ///
  /// - Parameters:
  ///   - name: A name that no other network ACL of the VPC has.
  ///   - allowsAll: Whether it begins with the rules of a default ACL, which let everything through: 100
  ///     for IPv4 and, if the VPC has an IPv6 block, 101 for IPv6 (VPC guide, "Default network ACL").
  ///     Without, it denies everything.
  /// - Returns: The ACL.
  /// - Throws: If the name is taken.
  public mutating func addNetworkACL(
    name: String, allowsAll: Bool = false
  ) throws(VirtualNetworkError) -> NetworkACLIndex {
    try claim(.networkACL, name: name, at: networkACLs.count)
    let rules = allowsAll ? defaultACLRules : []
    networkACLs.append(
      NetworkACL(
        name: name, identifier: identifier(.networkACL, name), ingress: rules, egress: rules))
    return NetworkACLIndex(networkACLs.count - 1)
  }

  private var defaultACLRules: [NetworkACLRule] {
    let families: [IPFamily] = ipv6Blocks.isEmpty ? [.v4] : [.v4, .v6]
    return families.enumerated().map {
      NetworkACLRule(100 + $0.offset, .allow, peer: .everything($0.element))
    }
  }

  /// Whether an ACL lets everything through by the rules that AWS gave it.
  func isUntouched(_ list: NetworkACLIndex) -> Bool {
    let list = networkACLs[list.position]
    return list.ingress == defaultACLRules && list.egress == defaultACLRules
  }

  /// Adds a rule to a network ACL.
  ///
  /// Rules of one number for different families are let in, though EC2 refuses them: no packet meets
  /// both, and together they are one rule for everybody.
  public mutating func addRule(
    _ rule: NetworkACLRule, _ direction: TrafficDirection, to list: NetworkACLIndex
  ) throws(VirtualNetworkError) {
    let old = networkACLs[list.position]
    guard NetworkACLRule.numbers.contains(rule.number) else {
      throw .aclRuleNumberNotAllowed(acl: old.name, direction, number: rule.number)
    }
    switch rule.traffic {
    case .icmp(nil, let code?), .icmpv6(nil, let code?):
      throw .icmpCodeWithoutType(group: old.name, code: code)
    default: break
    }
    var rules = old.rules(direction)
    guard
      !rules.contains(where: {
        $0.number == rule.number && $0.peer.family == rule.peer.family
      })
    else {
      throw .aclRuleNumberTaken(acl: old.name, direction, number: rule.number)
    }
    guard rules.count < quotas.rulesPerNetworkACL else {
      throw .tooManyACLRules(acl: old.name, direction, limit: quotas.rulesPerNetworkACL)
    }
    let place = rules.firstIndex { $0.number > rule.number } ?? rules.endIndex
    rules.insert(rule, at: place)
    setRules(rules, direction, of: list)
  }

  /// Takes the rule with a number out of a network ACL, for all families; it holds for the next packet.
  public mutating func removeRule(
    _ number: Int, _ direction: TrafficDirection, from list: NetworkACLIndex
  ) throws(VirtualNetworkError) {
    var rules = networkACLs[list.position].rules(direction)
    guard rules.contains(where: { $0.number == number }) else {
      throw .aclRuleNotFound(acl: networkACLs[list.position].name, direction, number: number)
    }
    rules.removeAll { $0.number == number }
    setRules(rules, direction, of: list)
  }

  private mutating func setRules(
    _ rules: [NetworkACLRule], _ direction: TrafficDirection, of list: NetworkACLIndex
  ) {
    switch direction {
    case .ingress: networkACLs[list.position].ingress = rules
    case .egress: networkACLs[list.position].egress = rules
    }
  }
}

// MARK: - Prefix lists

extension VirtualPrivateCloud {
  /// Adds a prefix list.
  ///
  /// - Parameters:
  ///   - name: A name that no other prefix list of the VPC has.
  ///   - entries: Its blocks, all of one family.
  ///   - family: The family of its blocks; that of the first if `nil`.
  ///   - maximumEntryCount: How many entries it may have; as many as given if `nil`.
  ///   - identifier: The one it has in other VPCs; a prefix list of AWS's has one for a Region.
  /// - Returns: The prefix list.
  /// - Throws: If the name is taken, or the entries cannot be had together.
  public mutating func addPrefixList(
    name: String, entries: [IPPrefix], family: IPFamily? = nil, maximumEntryCount: Int? = nil,
    identifier: ResourceIdentifier? = nil
  ) throws(VirtualNetworkError) -> PrefixListIndex {
    // VPC guide, "Managed prefix lists": at most 1,000 entries.
    let limit = maximumEntryCount ?? max(1, entries.count)
    guard (1...1000).contains(limit) else {
      throw .prefixListSizeNotAllowed(list: name, count: limit)
    }
    let family = family ?? entries.first?.family ?? .v4
    let sorted = try check(entries, ofList: name, family: family, limit: limit)
    try claim(.prefixList, name: name, at: prefixLists.count)
    prefixLists.append(
      PrefixList(
        name: name, identifier: identifier ?? self.identifier(.prefixList, name), family: family,
        maximumEntryCount: limit, entries: sorted))
    return PrefixListIndex(prefixLists.count - 1)
  }

  /// Gives a prefix list other entries; rules and routes that name it follow at once.
  public mutating func setEntries(
    of list: PrefixListIndex, _ entries: [IPPrefix]
  ) throws(VirtualNetworkError) {
    let old = prefixLists[list.position]
    prefixLists[list.position].entries = try check(
      entries, ofList: old.name, family: old.family, limit: old.maximumEntryCount)
  }

  private func check(
    _ entries: [IPPrefix], ofList name: String, family: IPFamily, limit: Int
  ) throws(VirtualNetworkError) -> [IPPrefix] {
    guard entries.count <= limit else {
      throw .tooManyPrefixListEntries(list: name, count: entries.count, limit: limit)
    }
    let sorted = entries.sorted()
    for (position, entry) in sorted.enumerated() {
      guard entry.family == family else {
        throw .prefixListFamiliesMixed(list: name, entry, family)
      }
      if position > 0, sorted[position - 1] == entry {
        throw .prefixListEntryRepeated(list: name, entry)
      }
    }
    return sorted
  }
}
