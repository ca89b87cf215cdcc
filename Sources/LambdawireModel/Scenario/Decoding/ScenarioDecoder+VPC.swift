import PacketFormats

extension ScenarioDecoder {
  /// Decodes a VPC.
  ///
  /// - Parameters:
  ///   - entry: Its entry, which may stand for several.
  ///   - number: Its place in the file, from 0 on.
  ///   - seed: What decides the number of an account that is not given.
  /// - Returns: As much of it as could be read.
  mutating func decodeVPC(_ entry: SourceEntry, number: Int, seed: UInt64) -> VPCOutline {
    let before = log.diagnostics.count
    var result = VPCOutline(name: entry.key, subnets: [], securityGroups: [], hosts: [])
    guard let fields = Fields(entry.value, as: Grammar.VPC.section, log: &log),
      let names = outline.vpc(entry.key)
    else { return result }
    let prefixes = fields.read(Grammar.VPC.cidr, log: &log)
    if let prefixes { checkUsable(prefixes.value) }
    let ipv6Block = fields.read(Grammar.VPC.ipv6Block, log: &log)
    let region = fields.read(Grammar.VPC.region, log: &log)
    let subnetEntries = fields.read(Grammar.VPC.subnets, log: &log)?.value ?? []
    let groupEntries = fields.read(Grammar.VPC.securityGroups, log: &log)?.value ?? []
    let tenancy = fields.read(Grammar.VPC.tenancy, log: &log)
    result.tenancy = tenancy?.value ?? .default
    let hostEntries = fields.read(Grammar.VPC.hosts, log: &log)?.value ?? []
    let account = fields.read(Grammar.VPC.account, log: &log)
    let flowLogEntries = fields.read(Grammar.VPC.flowLogs, log: &log)?.value ?? []
    let trackedConnections = fields.read(Grammar.VPC.trackedConnections, log: &log)
    let copies = fields.read(Grammar.VPC.copies, log: &log)
    result.subnets = subnetEntries.map(\.key)
    result.securityGroups = groupEntries.map(\.key)
    result.hosts = hostEntries.map(\.key)
    result.gateways = names.gateways
    result.copies = copies?.value ?? 1
    result.hasOwnAccount = account == nil

    let blocks = prefixes.map { Self.complete($0) } ?? []
    // Without a block of its own the VPC has one that no other VPC of the file has, out of the block
    // for examples (RFC 3849).
    let isIPv6Given = fields.node[Grammar.VPC.ipv6Block.name] != nil
    let ipv6Prefix =
      isIPv6Given
      ? ipv6Block?.value
      : IPv6Prefix(
        IPv6Address(high: 0x2001_0db8_0000_0000 | UInt64(number + 1) << 8, low: 0), length: 56)
    let subnets = decodeSubnets(
      subnetEntries, in: blocks, ipv6Prefix,
      isGiven: isIPv6Given, names)
    result.ipv4Subnets = subnets.filter { $0.addressing == .ipv4 }.map(\.name)
    let isDualStack = ipv6Block != nil || subnets.contains { $0.addressing == .dualStack }
    let groups = groupEntries.compactMap {
      decodeSecurityGroup($0, in: names, isDualStack: isDualStack)
    }
    let hosts = decodeHosts(hostEntries, subnets: subnets, outline: result)
    let gateways = decodeGateways(
      fields.read(Grammar.VPC.gateways, log: &log)?.value ?? [], in: names, subnets: subnets)
    let tables = decodeRouteTables(
      fields.read(Grammar.VPC.routeTables, log: &log)?.value ?? [], in: names, blocks: blocks,
      subnets: subnets)
    let networkACLs = decodeNetworkACLs(
      fields.read(Grammar.VPC.networkACLs, log: &log)?.value ?? [])
    let options = decodeDHCPOptions(fields.read(Grammar.VPC.dhcpOptions, log: &log)?.value)
    let zones = decodePrivateZones(
      fields.read(Grammar.VPC.privateZones, log: &log)?.value ?? [])
    let rules = decodeResolverRules(
      fields.read(Grammar.VPC.resolverRules, log: &log)?.value ?? [])
    let mirrors = decodeMirrorSessions(
      fields.read(Grammar.VPC.mirrorSessions, log: &log)?.value ?? [], hosts: result.hosts)
    let flowLogs = decodeFlowLogs(flowLogEntries, in: result)
    // With a full log nothing is added any more, so the count alone would not tell.
    if !blocks.isEmpty, let region, log.diagnostics.count == before, before < DiagnosticLog.limit {
      result.vpc = Scenario.VPC(
        name: entry.key, prefixes: blocks, ipv6Prefix: isDualStack ? ipv6Prefix : nil,
        region: region.value, dhcpOptions: options, subnets: subnets, securityGroups: groups,
        networkACLs: networkACLs, routeTables: tables, gateways: gateways, hosts: hosts,
        privateZones: zones, resolverRules: rules, mirrorSessions: mirrors,
        account: account?.value ?? Self.account(of: entry.key, seed: seed),
        flowLogs: flowLogs, trackedConnections: trackedConnections?.value, tenancy: result.tenancy)
    }
    return result
  }

  /// The blocks, or none if one of them could not be read.
  ///
  /// What lies outside the others may lie in that one.
  private static func complete(_ prefixes: Located<[Located<IPv4Prefix>]>) -> [IPv4Prefix] {
    if case .sequence(let nodes) = prefixes.node.content, nodes.count > prefixes.value.count {
      return []
    }
    return prefixes.value.map(\.value)
  }

  /// Reports blocks that no VPC can have, and more of them than one can (VPC guide, "VPC CIDR
  /// blocks": five).
  private mutating func checkUsable(_ prefixes: [Located<IPv4Prefix>]) {
    let unusable = [
      (IPv4Prefix(IPv4Address(0, 0, 0, 0), length: 8), "this network"),
      (IPv4Prefix(IPv4Address(127, 0, 0, 0), length: 8), "loopback"),
      (IPv4Prefix(IPv4Address(169, 254, 0, 0), length: 16), "link-local"),
      (IPv4Prefix(IPv4Address(224, 0, 0, 0), length: 3), "multicast and reserved"),
    ]
    for prefix in prefixes {
      for (block, name) in unusable where block.overlaps(prefix.value) {
        log.report(
          at: prefix.node.location, found: "\(prefix.node.summary), in \(block) (\(name))",
          expected: "a private block such as `10.0.0.0/16`")
      }
    }
    for (number, prefix) in prefixes.enumerated() {
      if let other = prefixes[..<number].first(where: { $0.value.overlaps(prefix.value) }) {
        log.report(
          at: prefix.node.location, found: "\(prefix.node.summary), which overlaps \(other.value)",
          expected: "blocks without a common address")
      }
    }
    if let surplus = prefixes.dropFirst(5).first {
      log.report(
        at: surplus.node.location, found: "\(prefixes.count) blocks", expected: "at most 5")
    }
  }

  private mutating func decodeSubnets(
    _ entries: [SourceEntry], in blocks: [IPv4Prefix], _ ipv6Block: IPv6Prefix?, isGiven: Bool,
    _ names: FileOutline.VPC
  ) -> [Scenario.Subnet] {
    var subnets: [Scenario.Subnet] = []
    for (number, entry) in entries.enumerated() {
      guard let fields = Fields(entry.value, as: Grammar.Subnet.section, log: &log) else {
        continue
      }
      let prefix = fields.read(Grammar.Subnet.cidr, log: &log)
      let ipv6Prefix = fields.read(Grammar.Subnet.ipv6Block, log: &log)
      let zone = fields.read(Grammar.Subnet.zone, log: &log)
      let addressing = fields.read(Grammar.Subnet.addressing, log: &log)
      let table = fields.read(Grammar.Subnet.routeTable, log: &log)
      let networkACL = fields.read(Grammar.Subnet.networkACL, log: &log)
      if let table {
        _ = check(table, isOneOf: names.routeTables, called: "a route table of this VPC")
      }
      if let networkACL {
        _ = check(networkACL, isOneOf: names.networkACLs, called: "a network ACL of this VPC")
      }
      guard let prefix else { continue }
      if !blocks.isEmpty,
        !blocks.contains(where: {
          $0.contains(prefix.value.address) && prefix.value.length >= $0.length
        })
      {
        log.report(
          at: prefix.node.location, found: "\(prefix.node.summary), outside the VPC",
          expected: "a block within "
            + blocks.map(\.description).joined(separator: " or "))
      }
      if let other = subnets.first(where: { $0.prefix.overlaps(prefix.value) }) {
        log.report(
          at: prefix.node.location,
          found: "\(prefix.node.summary), which overlaps `\(other.name)` (\(other.prefix))",
          expected: "a block that no other subnet has addresses of")
      }
      let isDualStack =
        addressing?.value == .dualStack || fields.node[Grammar.Subnet.ipv6Block.name] != nil
      // What cannot be read, or is in a VPC's block that cannot be read, is good for no check.
      let isGiven = fields.node[Grammar.Subnet.ipv6Block.name] != nil
      let isSound: Bool? =
        isGiven && ipv6Prefix == nil
        ? false
        : ipv6Prefix.map {
          check($0, in: ipv6Block, isGiven: isGiven, addressing, subnets)
        }
      // Even without a zone the subnet serves to check addresses against.
      subnets.append(
        Scenario.Subnet(
          name: entry.key, prefix: prefix.value,
          ipv6Prefix: isSound == false
            ? nil
            : isDualStack
              ? ipv6Prefix?.value ?? ipv6Block.map { Self.subnet(number, of: $0) } : nil,
          zone: zone?.value ?? "", addressing: isDualStack ? .dualStack : .ipv4,
          routeTable: table?.value ?? "main", networkACL: networkACL?.value ?? "default"))
    }
    return subnets
  }

  /// The /64 that a subnet is given: its place in the file decides.
  private static func subnet(_ number: Int, of block: IPv6Prefix) -> IPv6Prefix {
    let places = UInt64(1) << UInt64(64 - block.length)
    return IPv6Prefix(
      IPv6Address(high: block.address.high | UInt64(number + 1) % places, low: 0), length: 64)
  }

  private mutating func check(
    _ prefix: Located<IPv6Prefix>, in block: IPv6Prefix?, isGiven: Bool,
    _ addressing: Located<Scenario.Subnet.Addressing>?, _ others: [Scenario.Subnet]
  ) -> Bool {
    let before = log.diagnostics.count
    guard let block else { return false }
    if !isGiven {
      log.report(
        at: prefix.node.location, found: "an IPv6 block in a VPC without one",
        expected: "`ipv6-cidr:` of the VPC")
    } else if !block.contains(prefix.value) {
      log.report(
        at: prefix.node.location, found: "\(prefix.node.summary), outside the VPC",
        expected: "a /64 within \(block)")
    }
    if let other = others.first(where: { $0.ipv6Prefix?.overlaps(prefix.value) == true }) {
      log.report(
        at: prefix.node.location, found: "\(prefix.node.summary), which `\(other.name)` has",
        expected: "a block that no other subnet has addresses of")
    }
    if let addressing, addressing.value == .ipv4 {
      log.report(
        at: addressing.node.location, found: "`addressing: ipv4` beside an IPv6 block",
        expected: "`dual-stack`, or no `ipv6-cidr`")
    }
    return log.diagnostics.count == before
  }
}
