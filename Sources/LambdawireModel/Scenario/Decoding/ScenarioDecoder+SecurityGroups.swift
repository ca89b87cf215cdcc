extension ScenarioDecoder {
  mutating func decodeSecurityGroup(
    _ entry: SourceEntry, in vpc: FileOutline.VPC, isDualStack: Bool
  ) -> Scenario.SecurityGroup? {
    guard let fields = Fields(entry.value, as: Grammar.SecurityGroup.section, log: &log) else {
      return nil
    }
    let ingress = fields.read(Grammar.SecurityGroup.ingress, log: &log)?.value
    let egress = fields.read(Grammar.SecurityGroup.egress, log: &log)?.value
    return Scenario.SecurityGroup(
      name: entry.key,
      ingress: decodeRules(
        ingress ?? [], as: Grammar.IngressRule.section, Grammar.IngressRule.from, vpc, isDualStack),
      egress: egress.map {
        decodeRules(
          $0, as: Grammar.EgressRule.section, Grammar.EgressRule.to, vpc, isDualStack)
      } ?? [.everything])
  }

  /// Decodes the rules of a direction, none of which may be there twice.
  private mutating func decodeRules(
    _ nodes: [SourceNode], as section: Section, _ peerKey: Key<Scenario.SecurityGroupRule.Peer>,
    _ vpc: FileOutline.VPC, _ isDualStack: Bool
  ) -> [Scenario.SecurityGroupRule] {
    var known: Set<Scenario.SecurityGroupRule> = []
    return nodes.compactMap { node in
      guard let rule = decodeRule(node, as: section, peerKey, vpc) else { return nil }
      let parts = rule.byFamily(isDualStack: isDualStack)
      if !known.isDisjoint(with: parts) {
        log.report(
          at: node.reportLocation, found: "the same rule again",
          expected: "each rule once (InvalidPermission.Duplicate)")
      }
      known.formUnion(parts)
      return rule
    }
  }

  mutating func decodeRule(
    _ node: SourceNode, as section: Section, _ peerKey: Key<Scenario.SecurityGroupRule.Peer>,
    _ vpc: FileOutline.VPC
  ) -> Scenario.SecurityGroupRule? {
    guard let fields = Fields(node, as: section, log: &log) else { return nil }
    return decodeRule(fields, peerKey, vpc)
  }

  /// A rule of a mapping that has perhaps other keys too.
  mutating func decodeRule(
    _ fields: Fields, _ peerKey: Key<Scenario.SecurityGroupRule.Peer>, _ vpc: FileOutline.VPC
  ) -> Scenario.SecurityGroupRule? {
    let proto = fields.read(Grammar.Rule.protocol, log: &log)
    let ports = fields.read(Grammar.Rule.ports, log: &log)
    let peer = fields.read(peerKey, log: &log)
    guard let proto, let ports, let peer else { return nil }
    check(ports, with: proto.value)
    guard let named = named(peer, in: vpc) else { return nil }
    return Scenario.SecurityGroupRule(protocol: proto.value, ports: ports.value, peer: named)
  }

  /// Reports ports of a protocol that has none.
  mutating func check(_ ports: Located<ClosedRange<UInt16>>, with proto: Scenario.RuleProtocol) {
    guard ports.value != 0...65535, !proto.hasPorts else { return }
    log.report(
      at: ports.node.location, found: "ports with `protocol: \(proto)`",
      expected: "`ports` only with `tcp` or `udp`")
  }

  /// The other side of a rule, once what it names is known to exist.
  private mutating func named(
    _ peer: Located<Scenario.SecurityGroupRule.Peer>, in vpc: FileOutline.VPC
  ) -> Scenario.SecurityGroupRule.Peer? {
    switch peer.value {
    case .securityGroup(let name):
      if vpc.securityGroups.contains(name) { return peer.value }
      let lists = outline.prefixLists + FileOutline.managedPrefixLists
      if lists.contains(name) { return .prefixList(name) }
      let reference = Located(value: name, node: peer.node)
      _ = check(
        reference, isOneOf: vpc.securityGroups + outline.prefixLists,
        called: "`any`, a block, a group of this VPC, or a prefix list")
      return nil
    case .peeredSecurityGroup(let other, let group):
      return checkPeered(other, group, peer.node, in: vpc) ? peer.value : nil
    case .any, .prefix, .prefixList: return peer.value
    }
  }

  /// Groups of another VPC can be named across a peering connection within a Region only (VPC
  /// peering guide, "Update your security groups to reference peer security groups").
  private mutating func checkPeered(
    _ other: String, _ group: String, _ node: SourceNode, in vpc: FileOutline.VPC
  ) -> Bool {
    let peers = outline.peers(of: vpc.name)
    // A connection that joins something else than two VPCs is reported where it stands.
    if outline.vpc(other) != nil, !outline.peerings.allSatisfy(outline.isSound) { return false }
    guard let peer = outline.vpc(other), peers.contains(other) else {
      log.report(
        at: node.location, found: "\(node.summary), and `\(other)` is no VPC that is peered",
        expected: peers.isEmpty
          ? "a group of this VPC: it has no peering connection"
          : "a group of a peered VPC: " + peers.map { "`\($0)/…`" }.joined(separator: ", "),
        suggestion: Suggestion.nearest(to: other, among: peers).map { "\($0)/\(group)" })
      return false
    }
    guard peer.region == vpc.region else {
      log.report(
        at: node.location, found: "\(node.summary), a group in another Region (\(peer.region))",
        expected: "the peer's block instead: groups can be named within a Region only")
      return false
    }
    guard peer.securityGroups.contains(group) else {
      log.report(
        at: node.location, found: node.summary,
        expected: "a group of `\(other)`: "
          + peer.securityGroups.map { "`\(other)/\($0)`" }.joined(separator: ", "),
        suggestion: Suggestion.nearest(to: group, among: peer.securityGroups)
          .map { "\(other)/\($0)" })
      return false
    }
    return true
  }
}
