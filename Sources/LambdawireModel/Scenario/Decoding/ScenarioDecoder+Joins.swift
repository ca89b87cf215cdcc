import PacketFormats

extension ScenarioDecoder {
  mutating func decodePrefixLists(_ entries: [SourceEntry]) -> [Scenario.PrefixList] {
    entries.compactMap { entry in
      if FileOutline.managedPrefixLists.contains(entry.key) {
        log.report(
          at: entry.location, found: "\(quoted(entry.key)), the prefix list of AWS's service",
          expected: "another name")
      }
      guard let blocks = Grammar.PrefixList.entries.read(entry.value, &log) else { return nil }
      if let first = blocks.first,
        let other = blocks.first(where: { $0.value.family != first.value.family })
      {
        log.report(
          at: other.node.location, found: "\(other.node.summary) beside \(first.node.summary)",
          expected: "blocks of one address family")
      }
      return Scenario.PrefixList(name: entry.key, entries: blocks.map(\.value))
    }
  }

  mutating func decodeInternet(_ node: SourceNode?) -> [Scenario.OutsideHost] {
    guard let node, let fields = Fields(node, as: Grammar.Internet.section, log: &log) else {
      return []
    }
    let hosts = decodeOutsideHosts(
      fields.read(Grammar.Internet.hosts, log: &log)?.value ?? [], domain: "example.com")
    for host in hosts {
      guard
        let address = fields.node[Grammar.Internet.hosts.name]?[host.name]?[
          Grammar.OutsideHost.address.name]
      else { continue }
      // Two hosts with one address were reported.
      guard hosts.first(where: { $0.address == host.address })?.name == host.name else { continue }
      claim(
        Located(value: host.address, node: address), for: host.name, in: nil,
        called: "a public address: this host is on the internet")
    }
    return hosts
  }

  /// Decodes peering connections, which need two VPCs without a common address (VPC peering guide,
  /// "VPC peering limitations").
  mutating func decodePeeringConnections(
    _ entries: [SourceEntry], _ outlines: [VPCOutline]
  ) -> [Scenario.PeeringConnection] {
    var found: [Scenario.PeeringConnection] = []
    for entry in entries {
      guard let fields = Fields(entry.value, as: Grammar.PeeringConnection.section, log: &log)
      else { continue }
      let requester = fields.read(Grammar.PeeringConnection.requester, log: &log)
      let accepter = fields.read(Grammar.PeeringConnection.accepter, log: &log)
      let names = outlines.map(\.name)
      guard let requester, let accepter, check(requester, isOneOf: names, called: "a VPC"),
        check(accepter, isOneOf: names, called: "a VPC")
      else { continue }
      guard requester.value != accepter.value else {
        log.report(
          at: accepter.node.location, found: "\(accepter.node.summary), the requester itself",
          expected: "another VPC")
        continue
      }
      let ends = [requester, accepter].compactMap { end in
        outlines.first { $0.name == end.value }
      }
      checkAlone(ends, [requester, accepter])
      if let first = ends.first?.vpc, let second = ends.last?.vpc,
        let overlap = first.prefixes.first(where: { block in
          second.prefixes.contains { $0.overlaps(block) }
        })
      {
        log.report(
          at: accepter.node.location,
          found: "`\(second.name)`, which has addresses of \(overlap) as `\(first.name)` does",
          expected: "VPCs without a common address")
      }
      let pair = Set([requester.value, accepter.value])
      if let other = found.first(where: { Set([$0.requester, $0.accepter]) == pair }) {
        log.report(
          at: entry.location, found: "a second connection of the VPCs that `\(other.name)` joins",
          expected: "one for each pair of VPCs")
      }
      found.append(
        Scenario.PeeringConnection(
          name: entry.key, requester: requester.value, accepter: accepter.value))
    }
    return found
  }

  /// Reports VPCs that stand for several, of which one cannot say which one is meant.
  private mutating func checkAlone(_ vpcs: [VPCOutline], _ names: [Located<String>]) {
    for name in names {
      guard let vpc = vpcs.first(where: { $0.name == name.value }), vpc.copies > 1 else { continue }
      log.report(
        at: name.node.location, found: "`\(vpc.name)`, which stands for \(vpc.copies) VPCs",
        expected: "a VPC without `copies`")
    }
  }

  mutating func decodeTransitGateways(
    _ entries: [SourceEntry], _ outlines: [VPCOutline]
  ) -> [Scenario.TransitGateway] {
    entries.compactMap { entry in
      guard let fields = Fields(entry.value, as: Grammar.TransitGateway.section, log: &log) else {
        return nil
      }
      let tables = fields.read(Grammar.TransitGateway.routeTables, log: &log)?.value
      let attached = fields.read(Grammar.TransitGateway.attachments, log: &log)?.value ?? []
      let tableNames = tables?.map(\.key) ?? ["default"]
      let attachments = attached.compactMap {
        decodeAttachment($0, tableNames, outlines)
      }
      let routeTables = (tables ?? []).compactMap { table in
        decodeTransitTable(table, attached.map(\.key))
      }
      return Scenario.TransitGateway(
        name: entry.key, attachments: attachments,
        routeTables: tables == nil
          ? [Scenario.TransitGateway.RouteTable(name: "default", routes: [])] : routeTables)
    }
  }

  private mutating func decodeAttachment(
    _ entry: SourceEntry, _ tables: [String], _ outlines: [VPCOutline]
  ) -> Scenario.TransitGateway.Attachment? {
    let name = Located(
      value: entry.key, node: SourceNode(content: .scalar(entry.key), location: entry.location))
    guard check(name, isOneOf: outlines.map(\.name), called: "a VPC"),
      let vpc = outlines.first(where: { $0.name == entry.key }),
      let fields = Fields(entry.value, as: Grammar.Attachment.section, log: &log)
    else { return nil }
    checkAlone([vpc], [name])
    let subnets = fields.read(Grammar.Attachment.subnets, log: &log)
    let table = fields.read(Grammar.Attachment.routeTable, log: &log)
    let propagates = fields.read(Grammar.Attachment.propagatesTo, log: &log)
    let kind = "a route table of the transit gateway"
    let known = subnets.flatMap {
      check($0.value, areOneOf: vpc.subnets, called: "a subnet of `\(vpc.name)`", atMost: 16)
    }
    let learners = propagates.map {
      check($0.value, areOneOf: tables, called: kind, atMost: tables.count) ?? []
    }
    guard let known, let table, check(table, isOneOf: tables, called: kind), let subnets else {
      return nil
    }
    let zones = known.compactMap { vpc.vpc?.subnet(named: $0)?.zone }
    if let second = zones.indices.first(where: { zones[..<$0].contains(zones[$0]) }) {
      log.report(
        at: subnets.value[second].node.location,
        found: "a second subnet in zone `\(zones[second])`",
        expected: "one subnet in each zone (DuplicateSubnetsInSameZone)")
    }
    return Scenario.TransitGateway.Attachment(
      vpc: entry.key, subnets: known, routeTable: table.value,
      propagatesTo: learners ?? (tables.contains("default") ? ["default"] : []))
  }

  private mutating func decodeTransitTable(
    _ entry: SourceEntry, _ attached: [String]
  ) -> Scenario.TransitGateway.RouteTable? {
    guard let nodes = Grammar.TransitRouteTable.type.read(entry.value, &log) else { return nil }
    var routes: [Scenario.TransitGateway.Route] = []
    for node in nodes {
      guard let fields = Fields(node, as: Grammar.TransitRoute.section, log: &log) else {
        continue
      }
      let to = fields.read(Grammar.TransitRoute.to, log: &log)
      let via = fields.read(Grammar.TransitRoute.via, log: &log)
      guard let to, let via,
        via.value == "blackhole"
          || check(via, isOneOf: attached + ["blackhole"], called: "an attached VPC")
      else { continue }
      if routes.contains(where: { $0.destination == to.value }) {
        log.report(
          at: to.node.location, found: "\(to.node.summary) again",
          expected: "one route to each destination")
      }
      routes.append(
        Scenario.TransitGateway.Route(
          destination: to.value, attachment: via.value == "blackhole" ? nil : via.value))
    }
    return Scenario.TransitGateway.RouteTable(name: entry.key, routes: routes)
  }
}
