public import PacketFormats

extension VirtualPrivateCloud {
  /// Adds a security group.
  ///
  /// - Parameters:
  ///   - name: A name that no other group of the VPC has.
  ///   - allowsAllEgress: Whether it begins with the rule that AWS gives new groups, which lets
  ///     everything out. A group that states its egress rules begins without.
  /// - Returns: The group.
  /// - Throws: If the name is taken.
  public mutating func addSecurityGroup(
    name: String, allowsAllEgress: Bool = true
  ) throws(VirtualNetworkError) -> SecurityGroupIndex {
    try claim(.securityGroup, name: name, at: securityGroups.count)
    var egress: [SecurityGroupRule] = []
    if allowsAllEgress {
      egress.append(SecurityGroupRule(.all, peer: .anywhere))
      // VPC guide, "Security group rules": one more if the VPC has an IPv6 block.
      if !ipv6Blocks.isEmpty { egress.append(SecurityGroupRule(.all, peer: .anywhereIPv6)) }
    }
    securityGroups.append(
      SecurityGroup(
        name: name, identifier: identifier(.securityGroup, name), ingress: [], egress: egress))
    return SecurityGroupIndex(securityGroups.count - 1)
  }

  /// Adds a rule to a group.
  public mutating func authorize(
    _ rule: SecurityGroupRule, _ direction: TrafficDirection, in group: SecurityGroupIndex
  ) throws(VirtualNetworkError) {
    let name = securityGroups[group.position].name
    switch rule.traffic {
    case .icmp(nil, let code?), .icmpv6(nil, let code?):
      throw .icmpCodeWithoutType(group: name, code: code)
    default: break
    }
    switch rule.peer {
    case .prefix: break
    case .prefixList(let list):
      precondition(prefixLists.indices.contains(list.position), "no such prefix list")
    case .securityGroup(let peer):
      precondition(securityGroups.indices.contains(peer.position), "no such security group")
    case .peeredSecurityGroup(let peer):
      precondition(peeredGroups.indices.contains(peer.position), "no such group of a peered VPC")
    }
    guard !securityGroups[group.position].rules(direction).contains(rule) else {
      throw .ruleExists(group: name, direction, rule)
    }
    let rules = securityGroups[group.position].rules(direction) + [rule]
    for family in IPFamily.allCases {
      let count = rules.reduce(0) { $0 + weight(of: $1.peer, in: family) }
      guard count <= quotas.rulesPerSecurityGroup else {
        throw .tooManyRules(
          group: name, direction, count: count, limit: quotas.rulesPerSecurityGroup)
      }
    }
    switch direction {
    case .ingress: securityGroups[group.position].ingress.append(rule)
    case .egress: securityGroups[group.position].egress.append(rule)
    }
  }

  /// Takes a rule out of a group.
  ///
  /// Tracked connections that it let in live on; untracked ones end at once (lambda-vpc §7.4).
  public mutating func revoke(
    _ rule: SecurityGroupRule, _ direction: TrafficDirection, in group: SecurityGroupIndex
  ) throws(VirtualNetworkError) {
    guard securityGroups[group.position].rules(direction).contains(rule) else {
      throw .ruleNotFound(group: securityGroups[group.position].name, direction, rule)
    }
    switch direction {
    case .ingress: securityGroups[group.position].ingress.removeAll { $0 == rule }
    case .egress: securityGroups[group.position].egress.removeAll { $0 == rule }
    }
  }

  /// How many rules a peer counts as among the rules of a family; a prefix list counts as its maximum
  /// (AWS, "Amazon VPC quotas").
  private func weight(of peer: SecurityGroupRule.Peer, in family: IPFamily) -> Int {
    switch peer {
    case .prefix(let prefix): prefix.family == family ? 1 : 0
    case .prefixList(let list):
      prefixLists[list.position].family == family ? prefixLists[list.position].maximumEntryCount : 0
    case .securityGroup, .peeredSecurityGroup: 1
    }
  }

  /// Makes a group of another VPC known, so that rules can name it as their peer.
  ///
  /// - Parameters:
  ///   - name: Its name in the other VPC.
  ///   - vpc: The name of that VPC.
  ///   - account: The account of that VPC.
  ///   - gateway: The peering connection or transit gateway that joins the two.
  /// - Returns: The group, without members yet.
  /// - Throws: If it is known already, or the gateway joins no VPCs.
  public mutating func addPeeredGroup(
    name: String, vpc: String, account: String = "", through gateway: GatewayIndex
  ) throws(VirtualNetworkError) -> PeeredGroupIndex {
    let edge = gateways[gateway.position]
    guard edge.kind == .peering || edge.kind == .transit else {
      throw .notAPeer(group: name, vpc: vpc, gateway: edge.name)
    }
    guard !peeredGroups.contains(where: { $0.name == name && $0.vpc == vpc }) else {
      throw .nameTaken(.securityGroup, name: "\(vpc)/\(name)")
    }
    peeredGroups.append(
      PeeredSecurityGroup(
        name: name,
        identifier: ResourceIdentifier(.securityGroup, name: "\(vpc)/\(name)", seed: seed),
        vpc: vpc, account: account, gateway: gateway, members: []))
    return PeeredGroupIndex(peeredGroups.count - 1)
  }

  /// Says which addresses are those of the interfaces in a group of another VPC.
  public mutating func setMembers(of group: PeeredGroupIndex, _ members: [IPAddress]) {
    peeredGroups[group.position].members = members.sorted()
  }
}
