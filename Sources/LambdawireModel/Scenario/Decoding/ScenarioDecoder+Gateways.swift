import PacketFormats

extension ScenarioDecoder {
  mutating func decodeGateways(
    _ entries: [SourceEntry], in vpc: FileOutline.VPC, subnets: [Scenario.Subnet]
  ) -> [Scenario.Gateway] {
    var gateways: [Scenario.Gateway] = []
    for entry in entries {
      guard let gateway = decodeGateway(entry, in: vpc, subnets) else { continue }
      if vpc.hosts.contains(entry.key) {
        log.report(
          at: entry.location, found: "\(quoted(entry.key)), which is also a host",
          expected: "a name of its own, since routes name both")
      }
      // A VPC has one of each of these (VPC guide, "Internet gateways"; "Virtual private gateways").
      if let other = gateways.first(where: { $0.kind.isOnlyOne && $0.kind.isSame(as: gateway.kind) }
      ) {
        log.report(
          at: entry.location, found: "a second gateway of the kind of `\(other.name)`",
          expected: "at most one in a VPC")
      }
      gateways.append(gateway)
    }
    return gateways
  }

  private mutating func decodeGateway(
    _ entry: SourceEntry, in vpc: FileOutline.VPC, _ subnets: [Scenario.Subnet]
  ) -> Scenario.Gateway? {
    let kinds: [(word: String, section: Section)] = [
      (Grammar.InternetGateway.word, Grammar.InternetGateway.section),
      (Grammar.EgressOnlyInternetGateway.word, Grammar.EgressOnlyInternetGateway.section),
      (Grammar.NATGateway.word, Grammar.NATGateway.section),
      (Grammar.GatewayEndpoint.word, Grammar.GatewayEndpoint.section),
      (Grammar.InterfaceEndpoint.word, Grammar.InterfaceEndpoint.section),
      (Grammar.VirtualPrivateGateway.word, Grammar.VirtualPrivateGateway.section),
    ]
    let words = kinds.map(\.word)
    guard let type = entry.value["type"] else {
      if entry.value.content != .reported {
        log.report(
          at: entry.location, found: "a gateway without `type`",
          expected: "`type:` with one of " + Self.list(words))
      }
      return nil
    }
    guard let kind = kinds.first(where: { $0.word == type.text }) else {
      log.report(
        at: type.location, found: type.summary, expected: "one of " + Self.list(words),
        suggestion: type.text.flatMap { Suggestion.nearest(to: $0, among: words) })
      return nil
    }
    guard let fields = Fields(entry.value, as: kind.section, log: &log) else { return nil }
    var gateway = Scenario.Gateway(name: entry.key, kind: .internetGateway, routeTable: nil)
    if let table = fields.read(Grammar.Gateways.routeTable, ifIn: kind.section, log: &log),
      check(table, isOneOf: vpc.routeTables, called: "a route table of this VPC")
    {
      gateway.routeTable = table.value
    }
    switch kind.word {
    case Grammar.InternetGateway.word: gateway.kind = .internetGateway
    case Grammar.EgressOnlyInternetGateway.word: gateway.kind = .egressOnlyInternetGateway
    case Grammar.NATGateway.word:
      guard let nat = decodeNATGateway(fields, named: entry.key, vpc) else { return nil }
      gateway.kind = .natGateway(nat)
    case Grammar.GatewayEndpoint.word:
      guard let service = fields.read(Grammar.GatewayEndpoint.service, log: &log) else {
        return nil
      }
      gateway.kind = .gatewayEndpoint(service.value)
    case Grammar.InterfaceEndpoint.word:
      guard let endpoint = decodeInterfaceEndpoint(fields, vpc, subnets) else { return nil }
      gateway.kind = .interfaceEndpoint(endpoint)
    default:
      guard let vpn = decodeVirtualPrivateGateway(fields) else { return nil }
      gateway.kind = .virtualPrivateGateway(vpn)
    }
    return gateway
  }

  private mutating func decodeNATGateway(
    _ fields: Fields, named name: String, _ vpc: FileOutline.VPC
  ) -> Scenario.NATGateway? {
    let subnet = fields.read(Grammar.NATGateway.subnet, log: &log)
    let connectivity = fields.read(Grammar.NATGateway.connectivity, log: &log)
    let count = fields.read(Grammar.NATGateway.addresses, log: &log)
    let elastic = fields.read(Grammar.NATGateway.elasticAddresses, log: &log)
    if let subnet, !check(subnet, isOneOf: vpc.subnets, called: "a subnet of this VPC") {
      return nil
    }
    guard let connectivity, let count else { return nil }
    if let elastic, connectivity.value == .private {
      log.report(
        at: elastic.node.location, found: "Elastic IP addresses of a private NAT gateway",
        expected: "`connectivity: public`, or no `elastic-ips`")
    }
    if fields.node[Grammar.NATGateway.subnet.name] == nil, connectivity.value == .private {
      log.report(
        at: connectivity.node.location, found: "a private NAT gateway in no subnet",
        expected: "`subnet:` beside it: regional NAT gateways are public")
    }
    if let elastic, elastic.value.count > count.value,
      let surplus = elastic.value.dropFirst(count.value).first
    {
      log.report(
        at: surplus.node.location, found: "\(elastic.value.count) Elastic IP addresses",
        expected: "at most as many as `addresses`, \(count.value)")
    }
    for address in elastic?.value ?? [] {
      claim(address, for: name, in: vpc.name, called: "a public address")
    }
    return Scenario.NATGateway(
      subnet: subnet?.value, connectivity: connectivity.value, addressCount: count.value,
      elasticAddresses: elastic?.value.map(\.value) ?? [])
  }

  private mutating func decodeInterfaceEndpoint(
    _ fields: Fields, _ vpc: FileOutline.VPC, _ subnets: [Scenario.Subnet]
  ) -> Scenario.InterfaceEndpoint? {
    let service = fields.read(Grammar.InterfaceEndpoint.service, log: &log)
    let names = fields.read(Grammar.InterfaceEndpoint.subnets, log: &log)
    let groups = fields.read(Grammar.InterfaceEndpoint.securityGroups, log: &log)
    let domainName = fields.read(Grammar.InterfaceEndpoint.domainName, log: &log)
    let privateDNS = fields.read(Grammar.InterfaceEndpoint.privateDNS, log: &log)
    let services = decodeServices(
      fields.read(Grammar.InterfaceEndpoint.serves, log: &log)?.value ?? [])
    let known = names.flatMap {
      check($0.value, areOneOf: vpc.subnets, called: "a subnet of this VPC", atMost: 16)
    }
    let members = groups.flatMap {
      check(
        $0.value, areOneOf: vpc.securityGroups, called: "a security group of this VPC", atMost: 5)
    }
    guard let service, let known, let members, let privateDNS, let names else { return nil }
    let zones = known.compactMap { name in subnets.first { $0.name == name }?.zone }
    if let second = zones.indices.first(where: { zones[..<$0].contains(zones[$0]) }) {
      log.report(
        at: names.value[second].node.location, found: "a second subnet in zone `\(zones[second])`",
        expected: "subnets in different zones (DuplicateSubnetsInSameZone)")
    }
    return Scenario.InterfaceEndpoint(
      service: service.value, subnets: known, securityGroups: members,
      domainName: domainName?.value ?? "\(service.value).\(vpc.region).amazonaws.com",
      hasPrivateDNS: privateDNS.value == .yes, services: services)
  }

  private mutating func decodeVirtualPrivateGateway(
    _ fields: Fields
  ) -> Scenario.VirtualPrivateGateway? {
    let networks = fields.read(Grammar.VirtualPrivateGateway.networks, log: &log)
    let hosts = decodeOutsideHosts(
      fields.read(Grammar.VirtualPrivateGateway.hosts, log: &log)?.value ?? [],
      domain: "example.net")
    guard let networks else { return nil }
    for host in hosts where !networks.value.contains(where: { $0.value.contains(host.address) }) {
      log.report(
        at: fields.node["hosts"]?[host.name]?["address"]?.location ?? networks.node.location,
        found: "\(host.address), in none of the networks behind the gateway",
        expected: "an address of `networks`")
    }
    return Scenario.VirtualPrivateGateway(networks: networks.value.map(\.value), hosts: hosts)
  }

  /// Decodes machines that are in no VPC.
  ///
  /// - Parameters:
  ///   - entries: Their entries.
  ///   - domain: What their names end in unless they say otherwise.
  /// - Returns: Those that could be read.
  mutating func decodeOutsideHosts(
    _ entries: [SourceEntry], domain: String
  ) -> [Scenario.OutsideHost] {
    var hosts: [Scenario.OutsideHost] = []
    for entry in entries {
      guard let fields = Fields(entry.value, as: Grammar.OutsideHost.section, log: &log) else {
        continue
      }
      let address = fields.read(Grammar.OutsideHost.address, log: &log)
      let ipv6 = fields.read(Grammar.OutsideHost.ipv6Address, log: &log)
      let domainName = fields.read(Grammar.OutsideHost.domainName, log: &log)
      let services = decodeServices(
        fields.read(Grammar.OutsideHost.serves, log: &log)?.value ?? [])
      guard let address else { continue }
      if let other = hosts.first(where: { $0.address == address.value }) {
        log.report(
          at: address.node.location, found: "\(address.node.summary), which `\(other.name)` has",
          expected: "an address that no other host has")
      }
      hosts.append(
        Scenario.OutsideHost(
          name: entry.key, address: address.value, ipv6Address: ipv6?.value,
          domainName: domainName?.value ?? "\(entry.key).\(domain)", services: services))
    }
    return hosts
  }
}

extension Scenario.Gateway.Kind {
  /// Whether a VPC has at most one.
  fileprivate var isOnlyOne: Bool {
    switch self {
    case .internetGateway, .virtualPrivateGateway: true
    default: false
    }
  }

  fileprivate func isSame(as other: Self) -> Bool {
    switch (self, other) {
    case (.internetGateway, .internetGateway),
      (.virtualPrivateGateway, .virtualPrivateGateway):
      true
    default: false
    }
  }
}
