import PacketFormats

extension ScenarioDecoder {
  /// Routes of a table in the file, AWS's default ("Amazon VPC quotas").
  private static let routeLimit = 500

  mutating func decodeRouteTables(
    _ entries: [SourceEntry], in vpc: FileOutline.VPC, blocks: [IPv4Prefix],
    subnets: [Scenario.Subnet]
  ) -> [Scenario.RouteTable] {
    entries.compactMap { entry in
      guard let node = Grammar.RouteTable.type.read(entry.value, &log),
        let fields = Fields(node, as: Grammar.RouteTable.section, log: &log)
      else { return nil }
      let nodes = fields.read(Grammar.RouteTable.routes, log: &log)?.value ?? []
      let gateways = fields.read(Grammar.RouteTable.propagating, log: &log)
      if nodes.count > Self.routeLimit {
        log.report(
          at: nodes[Self.routeLimit].location, found: "\(nodes.count) routes",
          expected: "at most \(Self.routeLimit) in a table")
      }
      var routes: [Scenario.Route] = []
      for node in nodes {
        guard let route = decodeRoute(node, in: vpc, blocks, subnets) else { continue }
        if routes.contains(where: { $0.destination == route.destination }) {
          log.report(
            at: node.location, found: "a second route to the same destination",
            expected: "one route to each destination")
        }
        routes.append(route)
      }
      let known = vpc.gateways.filter { Self.kind(of: $0, in: vpc.name, root) == .vpn }
      let propagating = gateways.flatMap {
        check(
          $0.value, areOneOf: known, called: "a virtual private gateway of this VPC", atMost: 1)
      }
      return Scenario.RouteTable(
        name: entry.key, routes: routes, propagating: propagating ?? [])
    }
  }

  private mutating func decodeRoute(
    _ node: SourceNode, in vpc: FileOutline.VPC, _ blocks: [IPv4Prefix],
    _ subnets: [Scenario.Subnet]
  ) -> Scenario.Route? {
    guard let fields = Fields(node, as: Grammar.Route.section, log: &log) else { return nil }
    let to = fields.read(Grammar.Route.to, log: &log)
    let via = fields.read(Grammar.Route.via, log: &log)
    guard let to, let via else { return nil }
    return decodeRoute(to, via, in: vpc, blocks, subnets)
  }

  /// A route, once its destination and its target are known to go together.
  mutating func decodeRoute(
    _ to: Located<Scenario.Route.Destination>, _ via: Located<String>, in vpc: FileOutline.VPC,
    _ blocks: [IPv4Prefix], _ subnets: [Scenario.Subnet]
  ) -> Scenario.Route? {
    switch to.value {
    case .prefixList(let name):
      let reference = Located(value: name, node: to.node)
      guard
        check(
          reference, isOneOf: outline.prefixLists + FileOutline.managedPrefixLists,
          called: "a block or a prefix list")
      else { return nil }
    case .prefix(.v4(let prefix)):
      guard checkDestination(prefix, at: to.node, blocks, subnets) else { return nil }
    case .prefix(.v6): break
    }
    guard let target = target(via, in: vpc) else { return nil }
    guard checkTarget(target, of: to, via, in: vpc) else { return nil }
    return Scenario.Route(destination: to.value, target: target)
  }

  /// Inside the VPC, only a route to exactly one subnet is allowed, for a middlebox (VPC guide,
  /// "Route table concepts").
  private mutating func checkDestination(
    _ prefix: IPv4Prefix, at node: SourceNode, _ blocks: [IPv4Prefix],
    _ subnets: [Scenario.Subnet]
  ) -> Bool {
    guard
      let block = blocks.first(where: { $0.contains(prefix.address) && $0.length <= prefix.length })
    else { return true }
    if subnets.contains(where: { $0.prefix == prefix }) { return true }
    log.report(
      at: node.location, found: "\(node.summary), inside the VPC's block \(block)",
      expected: block == prefix
        ? "another destination: the `local` route to \(block) is always there"
        : "exactly the block of a subnet, or one outside the VPC")
    return false
  }

  /// What a route leads to, once it is known to exist and to be within reach.
  private mutating func target(
    _ via: Located<String>, in vpc: FileOutline.VPC
  ) -> Scenario.Route.Target? {
    let name = via.value
    if name == "blackhole" { return .blackhole }
    if vpc.gateways.contains(name) { return .gateway(name) }
    if vpc.hosts.contains(name) { return .host(name) }
    let peerings = outline.peerings.filter { $0.joins(vpc.name) }.map(\.name)
    if peerings.contains(name) { return .peering(name) }
    let attached = outline.transitGateways.filter { $0.vpcs.contains(vpc.name) }.map(\.name)
    if attached.contains(name) { return .transitGateway(name) }
    if let owner = outline.vpcs.first(where: { $0.gateways.contains(name) }) {
      log.report(
        at: via.node.location, found: "`\(name)`, a gateway of `\(owner.name)`",
        expected: "a gateway of this VPC: those of another cannot be the target of its routes")
      return nil
    }
    if outline.peerings.contains(where: { $0.name == name }) {
      log.report(
        at: via.node.location, found: "`\(name)`, a peering connection of other VPCs",
        expected: "a peering connection of this VPC"
          + (peerings.isEmpty ? ", and it has none" : ": " + Self.list(peerings)))
      return nil
    }
    if outline.transitGateways.contains(where: { $0.name == name }) {
      log.report(
        at: via.node.location,
        found: "`\(name)`, a transit gateway that this VPC is not attached to",
        expected: "an entry `\(vpc.name):` among its `attachments`")
      return nil
    }
    _ = check(
      via, isOneOf: vpc.gateways + vpc.hosts + peerings + attached + ["blackhole"],
      called: "what a route of this VPC can lead to")
    return nil
  }

  /// Reports destinations that the kind of target does not take.
  private mutating func checkTarget(
    _ target: Scenario.Route.Target, of to: Located<Scenario.Route.Destination>,
    _ via: Located<String>, in vpc: FileOutline.VPC
  ) -> Bool {
    guard case .gateway(let name) = target else { return true }
    let isIPv6 = if case .prefix(.v6) = to.value { true } else { false }
    switch Self.kind(of: name, in: vpc.name, root) {
    case .egressOnly where !isIPv6:
      log.report(
        at: via.node.location, found: "\(to.node.summary) by an egress-only internet gateway",
        expected: "an IPv6 block such as `::/0`: it carries IPv6 only")
      return false
    case .gatewayEndpoint(let service):
      if case .prefixList(let list) = to.value, list == service { return true }
      // A service that does not exist was reported.
      guard FileOutline.managedPrefixLists.contains(service) else { return false }
      log.report(
        at: to.node.location, found: "\(to.node.summary) by a gateway endpoint",
        expected: "its service's prefix list, `\(service)`")
      return false
    case .interfaceEndpoint:
      log.report(
        at: via.node.location, found: "`\(name)`, an interface endpoint",
        expected: "no route: its interfaces have addresses of the VPC")
      return false
    default: return true
    }
  }

  /// The kinds of gateways that are told apart before they are decoded.
  enum GatewayKind: Equatable {
    case egressOnly, vpn, interfaceEndpoint, other
    case gatewayEndpoint(String)
  }

  static func kind(of gateway: String, in vpc: String, _ root: SourceNode) -> GatewayKind {
    let node = root[Grammar.Root.vpcs.name]?[vpc]?[Grammar.VPC.gateways.name]?[gateway]
    switch node?["type"]?.text {
    case Grammar.EgressOnlyInternetGateway.word: return .egressOnly
    case Grammar.VirtualPrivateGateway.word: return .vpn
    case Grammar.InterfaceEndpoint.word: return .interfaceEndpoint
    case Grammar.GatewayEndpoint.word:
      return .gatewayEndpoint(node?[Grammar.GatewayEndpoint.service.name]?.text ?? "")
    default: return .other
    }
  }

  static func list(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }

  // MARK: - Network ACLs

  mutating func decodeNetworkACLs(_ entries: [SourceEntry]) -> [Scenario.NetworkACL] {
    entries.compactMap { entry in
      guard let fields = Fields(entry.value, as: Grammar.NetworkACL.section, log: &log) else {
        return nil
      }
      let ingress = fields.read(Grammar.NetworkACL.ingress, log: &log)?.value ?? []
      let egress = fields.read(Grammar.NetworkACL.egress, log: &log)?.value ?? []
      return Scenario.NetworkACL(
        name: entry.key,
        ingress: decodeEntries(ingress, as: Grammar.ACLIngress.section, Grammar.ACLIngress.from),
        egress: decodeEntries(egress, as: Grammar.ACLEgress.section, Grammar.ACLEgress.to))
    }
  }

  private mutating func decodeEntries(
    _ nodes: [SourceNode], as section: Section, _ peerKey: Key<IPPrefix?>
  ) -> [Scenario.NetworkACL.Entry] {
    var entries: [Scenario.NetworkACL.Entry] = []
    for node in nodes {
      guard let fields = Fields(node, as: section, log: &log),
        let entry = decodeEntry(fields, peerKey)
      else { continue }
      if entries.contains(where: { $0.number == entry.number }) {
        log.report(
          at: fields.node[Grammar.ACLEntry.number.name]?.location ?? node.location,
          found: "rule \(entry.number) again", expected: "each number once in a direction")
      }
      entries.append(entry)
    }
    return entries.sorted { $0.number < $1.number }
  }

  /// An entry of a mapping that has perhaps other keys too.
  mutating func decodeEntry(
    _ fields: Fields, _ peerKey: Key<IPPrefix?>
  ) -> Scenario.NetworkACL.Entry? {
    let number = fields.read(Grammar.ACLEntry.number, log: &log)
    let action = fields.read(Grammar.ACLEntry.action, log: &log)
    let proto = fields.read(Grammar.ACLEntry.protocol, log: &log)
    let ports = fields.read(Grammar.ACLEntry.ports, log: &log)
    let peer = fields.read(peerKey, log: &log)
    guard let number, let action, let proto, let ports,
      peer != nil || fields.node[peerKey.name] == nil
    else { return nil }
    check(ports, with: proto.value)
    return Scenario.NetworkACL.Entry(
      number: number.value, action: action.value, protocol: proto.value, ports: ports.value,
      peer: peer?.value)
  }
}
