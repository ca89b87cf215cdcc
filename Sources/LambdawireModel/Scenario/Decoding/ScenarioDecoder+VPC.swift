import PacketFormats

extension ScenarioDecoder {
  /// Decodes a VPC.
  ///
  /// - Parameters:
  ///   - entry: Its entry, which may stand for several.
  ///   - seed: What decides the number of an account that is not given.
  /// - Returns: As much of it as could be read.
  mutating func decodeVPC(_ entry: SourceEntry, seed: UInt64) -> VPCOutline {
    let before = log.diagnostics.count
    var outline = VPCOutline(name: entry.key, subnets: [], securityGroups: [], hosts: [])
    guard let fields = Fields(entry.value, as: Grammar.VPC.section, log: &log) else {
      return outline
    }
    let prefix = fields.read(Grammar.VPC.cidr, log: &log)
    if let prefix { checkUsable(prefix) }
    let subnetEntries = fields.read(Grammar.VPC.subnets, log: &log)?.value ?? []
    let groupEntries = fields.read(Grammar.VPC.securityGroups, log: &log)?.value ?? []
    let tenancy = fields.read(Grammar.VPC.tenancy, log: &log)
    outline.tenancy = tenancy?.value ?? .default
    let hostEntries = fields.read(Grammar.VPC.hosts, log: &log)?.value ?? []
    let account = fields.read(Grammar.VPC.account, log: &log)
    let flowLogEntries = fields.read(Grammar.VPC.flowLogs, log: &log)?.value ?? []
    let copies = fields.read(Grammar.VPC.copies, log: &log)
    outline.subnets = subnetEntries.map(\.key)
    outline.securityGroups = groupEntries.map(\.key)
    outline.hosts = hostEntries.map(\.key)
    outline.copies = copies?.value ?? 1
    outline.hasOwnAccount = account == nil

    let subnets = decodeSubnets(subnetEntries, in: prefix?.value)
    outline.ipv4Subnets = subnets.filter { $0.addressing == .ipv4 }.map(\.name)
    let groups = groupEntries.compactMap {
      decodeSecurityGroup($0, among: outline.securityGroups)
    }
    let hosts = decodeHosts(hostEntries, subnets: subnets, outline: outline)
    let flowLogs = decodeFlowLogs(flowLogEntries, in: outline)
    // With a full log nothing is added any more, so the count alone would not tell.
    if let prefix, log.diagnostics.count == before, before < DiagnosticLog.limit {
      outline.vpc = Scenario.VPC(
        name: entry.key, prefix: prefix.value, subnets: subnets, securityGroups: groups,
        hosts: hosts, account: account?.value ?? Self.account(of: entry.key, seed: seed),
        flowLogs: flowLogs, tenancy: outline.tenancy)
    }
    return outline
  }

  /// Reports blocks that no VPC can have (VPC guide, "VPC CIDR blocks").
  private mutating func checkUsable(_ prefix: Located<IPv4Prefix>) {
    let unusable = [
      (IPv4Prefix(IPv4Address(0, 0, 0, 0), length: 8), "this network"),
      (IPv4Prefix(IPv4Address(127, 0, 0, 0), length: 8), "loopback"),
      (IPv4Prefix(IPv4Address(169, 254, 0, 0), length: 16), "link-local"),
      (IPv4Prefix(IPv4Address(224, 0, 0, 0), length: 3), "multicast and reserved"),
    ]
    for (block, name) in unusable where block.overlaps(prefix.value) {
      log.report(
        at: prefix.node.location, found: "\(prefix.node.summary), in \(block) (\(name))",
        expected: "a private block such as `10.0.0.0/16`")
    }
  }

  private mutating func decodeSubnets(
    _ entries: [SourceEntry], in vpc: IPv4Prefix?
  ) -> [Scenario.Subnet] {
    var subnets: [Scenario.Subnet] = []
    for entry in entries {
      guard let fields = Fields(entry.value, as: Grammar.Subnet.section, log: &log) else {
        continue
      }
      let prefix = fields.read(Grammar.Subnet.cidr, log: &log)
      let zone = fields.read(Grammar.Subnet.zone, log: &log)
      let addressing = fields.read(Grammar.Subnet.addressing, log: &log)
      guard let prefix else { continue }
      if let vpc, !(vpc.contains(prefix.value.address) && prefix.value.length >= vpc.length) {
        log.report(
          at: prefix.node.location, found: "\(prefix.node.summary), outside the VPC",
          expected: "a block within \(vpc)")
      }
      if let other = subnets.first(where: { $0.prefix.overlaps(prefix.value) }) {
        log.report(
          at: prefix.node.location,
          found: "\(prefix.node.summary), which overlaps `\(other.name)` (\(other.prefix))",
          expected: "a block that no other subnet has addresses of")
      }
      // Even without a zone the subnet serves to check addresses against.
      subnets.append(
        Scenario.Subnet(
          name: entry.key, prefix: prefix.value, zone: zone?.value ?? "",
          addressing: addressing?.value ?? .ipv4))
    }
    return subnets
  }

  private mutating func decodeSecurityGroup(
    _ entry: SourceEntry, among groups: [String]
  ) -> Scenario.SecurityGroup? {
    guard let fields = Fields(entry.value, as: Grammar.SecurityGroup.section, log: &log) else {
      return nil
    }
    let ingress = fields.read(Grammar.SecurityGroup.ingress, log: &log)?.value
    let egress = fields.read(Grammar.SecurityGroup.egress, log: &log)?.value
    return Scenario.SecurityGroup(
      name: entry.key,
      ingress: (ingress ?? []).compactMap {
        decodeRule($0, as: Grammar.IngressRule.section, Grammar.IngressRule.from, groups)
      },
      egress: egress?.compactMap {
        decodeRule($0, as: Grammar.EgressRule.section, Grammar.EgressRule.to, groups)
      } ?? [.everything])
  }

  private mutating func decodeRule(
    _ node: SourceNode, as section: Section, _ peerKey: Key<Scenario.SecurityGroupRule.Peer>,
    _ groups: [String]
  ) -> Scenario.SecurityGroupRule? {
    guard let fields = Fields(node, as: section, log: &log) else { return nil }
    let proto = fields.read(Grammar.Rule.protocol, log: &log)
    let ports = fields.read(Grammar.Rule.ports, log: &log)
    let peer = fields.read(peerKey, log: &log)
    guard let proto, let ports, let peer else { return nil }
    if ports.value != 0...65535, proto.value == .icmp || proto.value == .all {
      log.report(
        at: ports.node.location,
        found: "ports with `protocol: \(proto.value.rawValue)`",
        expected: "`ports` only with `tcp` or `udp`")
    }
    if case .securityGroup(let name) = peer.value {
      let reference = Located(value: name, node: peer.node)
      guard check(reference, isOneOf: groups, called: "`any`, a block, or a group of this VPC")
      else { return nil }
    }
    return Scenario.SecurityGroupRule(
      protocol: proto.value, ports: ports.value, peer: peer.value)
  }
}
