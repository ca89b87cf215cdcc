import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// A VPC with a public and a private subnet in two zones, an internet, and probes in place of hosts.
///
/// `bastion` (10.0.0.10, public 198.51.100.10) is in the public subnet, `app` (10.0.1.10) and `lonely`
/// (10.0.0.20, no public address) have none. `server` (203.0.113.10) is on the internet.
struct EdgeWorld: ~Copyable {
  static let gatewayAddress = MACAddress(0x02_0000_00aa)
  static let internetAddress = MACAddress(0x02_0000_00bb)
  static let serverAddress = MACAddress(0x02_0000_00cc)

  var simulation: Simulation
  var vpc: VirtualPrivateCloud
  let node: NodeID<VPCNode>
  let bastion: NodeID<Probe>
  let lonely: NodeID<Probe>
  let app: NodeID<Probe>
  let interfaces: (bastion: InterfaceIndex, lonely: InterfaceIndex, app: InterfaceIndex)

  /// What a test adds to the VPC before its node is made.
  typealias Addition = (inout VirtualPrivateCloud) throws -> Void

  init(seed: UInt64 = 1, adding: Addition = { _ in }) throws {
    var vpc = try VirtualPrivateCloud(
      name: "shop", blocks: [prefix(10, 0, 0, 0, 16)],
      ipv6Blocks: [IPv6Prefix("2001:db8:1200::/56")], seed: 7)
    let open = try vpc.addSecurityGroup(name: "open")
    try vpc.authorize(SecurityGroupRule(.all, peer: .anywhere), .ingress, in: open)
    try vpc.authorize(SecurityGroupRule(.all, peer: .anywhereIPv6), .ingress, in: open)
    let publicTable = try vpc.addRouteTable(name: "public")
    let privateTable = try vpc.addRouteTable(name: "private")
    let publicA = try vpc.addSubnet(
      name: "public-a", cidr: prefix(10, 0, 0, 0, 24),
      ipv6CIDR: IPv6Prefix("2001:db8:1200::/64"), zone: "use1-az1", routeTable: publicTable)
    let privateB = try vpc.addSubnet(
      name: "private-b", cidr: prefix(10, 0, 1, 0, 24),
      ipv6CIDR: IPv6Prefix("2001:db8:1200:1::/64"), zone: "use1-az2", routeTable: privateTable)
    let bastion = try vpc.addInterface(
      name: "bastion", in: publicA, address: IPv4Address(10, 0, 0, 10), securityGroups: [open])
    let lonely = try vpc.addInterface(
      name: "lonely", in: publicA, address: IPv4Address(10, 0, 0, 20), securityGroups: [open])
    let app = try vpc.addInterface(
      name: "app", in: privateB, address: IPv4Address(10, 0, 1, 10), securityGroups: [open])
    try vpc.associateAddress(IPv4Address(198, 51, 100, 10), of: bastion)
    try vpc.assignIPv6Address(IPv6Address("2001:db8:1200::10"), to: bastion)
    try vpc.assignIPv6Address(IPv6Address("2001:db8:1200:1::10"), to: app)
    try adding(&vpc)
    self.vpc = vpc
    interfaces = (bastion, lonely, app)
    var simulation = Simulation(seed: seed, frames: FramePool(capacity: 4096))
    let node = simulation.add(VPCNode(DataPlane(vpc)))
    let near = simulation.connect(
      node, node, name: "same", LinkBehavior(propagation: .microseconds(75)),
      labels: (0, VPCNode.Label.sameZone))
    let far = simulation.connect(
      node, node, name: "cross", LinkBehavior(propagation: .microseconds(350)),
      labels: (0, VPCNode.Label.crossZone))
    simulation.withNode(node) { $0.setLanes(sameZone: near.a, crossZone: far.a) }
    self.node = node
    self.bastion = Self.addProbe("bastion", to: node, bastion, &simulation)
    self.lonely = Self.addProbe("lonely", to: node, lonely, &simulation)
    self.app = Self.addProbe("app", to: node, app, &simulation)
    self.simulation = simulation
  }

  /// Adds a probe behind an interface.
  static func addProbe(
    _ name: String, to node: NodeID<VPCNode>, _ index: InterfaceIndex,
    _ simulation: inout Simulation
  ) -> NodeID<Probe> {
    let probe = simulation.add(Probe())
    let link = simulation.connect(
      probe, node, name: name, LinkBehavior(propagation: .microseconds(1)),
      labels: (0, Int32(index.rawValue)))
    simulation.withNode(probe) { $0.port = link.a }
    simulation.withNode(node) { $0.attach(index, to: link.b, capturing: .none) }
    return probe
  }

  /// Adds the default routes of a table.
  static func addDefaultRoutes(
    _ table: String, via target: RouteTarget, in vpc: inout VirtualPrivateCloud
  ) throws {
    guard let table = vpc.routeTable(named: table) else { return }
    try vpc.addRoute(Route(to: prefix(0, 0, 0, 0, 0), via: target), to: table)
    // NAT gateways take no IPv6.
    guard case .gateway(let gateway) = target,
      vpc.gateways[Int(gateway.rawValue)].kind != .regionalNAT
    else { return }
    try vpc.addRoute(Route(to: IPv6Prefix("::/0"), via: target), to: table)
  }

  /// What `subnet` sends to its router, and where frames from the router seem to come from.
  func router(_ subnet: String) -> MACAddress {
    vpc.subnet(named: subnet).map { vpc.subnets[Int($0.rawValue)].gatewayLinkLayerAddress }
      ?? MACAddress(0)
  }

  func linkLayerAddress(_ index: InterfaceIndex) -> MACAddress {
    vpc.interfaces[Int(index.rawValue)].linkLayerAddress
  }

  /// Sends frames and gives the network time to deliver them.
  mutating func send(_ frames: [[UInt8]], from probe: NodeID<Probe>) {
    let now = simulation.network.now
    Probe.send(frames, from: probe, at: now, in: &simulation)
    simulation.run(until: now.advanced(by: .milliseconds(500)))
  }

  /// What a probe has received since this was last asked.
  mutating func received(_ probe: NodeID<Probe>) -> [[UInt8]] {
    simulation.withNode(probe) { $0.take() }
  }

  /// Why packets died since this was last asked.
  mutating func drops() -> [String] { simulation.network.takeDrops().map(\.code) }
}

extension EdgeWorld {
  /// Connects a gateway of the VPC with a network outside, on which `server` hangs.
  mutating func addOutside(
    _ gateway: EdgeGateway, _ index: GatewayIndex, prefixes: [IPPrefix],
    serverAddresses: [IPAddress], routers: [OutsideNetworkNode.Router] = [],
    limit: PathLimit = PathLimit(mtu: 1500, tellsSender: true)
  ) -> NodeID<Probe> {
    let border = simulation.add(
      GatewayNode(gateway, linkLayerAddress: Self.gatewayAddress))
    let outside = simulation.add(
      OutsideNetworkNode(
        name: "outside", linkLayerAddress: Self.internetAddress, routers: routers, limit: limit))
    let inner = simulation.connect(
      node, border, name: "inner", LinkBehavior(propagation: .microseconds(10)),
      labels: (VPCNode.Label.gateway(index), GatewayLabel.inside))
    let outer = simulation.connect(
      border, outside, name: "outer", LinkBehavior(propagation: .microseconds(10)),
      labels: (GatewayLabel.outside, 0))
    simulation.withNode(node) { $0.attachGateway(index, to: inner.a, limit: gateway.limit) }
    simulation.withNode(border) { $0.connect(inside: inner.b, outside: outer.a) }
    simulation.withNode(outside) {
      $0.attachGateway(for: prefixes, linkLayerAddress: Self.gatewayAddress, to: outer.b)
    }
    let server = simulation.add(Probe())
    let link = simulation.connect(
      server, outside, name: "server", LinkBehavior(propagation: .milliseconds(10)),
      labels: (0, 1))
    simulation.withNode(server) { $0.port = link.a }
    simulation.withNode(outside) {
      $0.attachHost(at: serverAddresses, linkLayerAddress: Self.serverAddress, to: link.b)
    }
    return server
  }

  /// Connects the internet gateway `igw` with an internet on which a server hangs.
  mutating func addInternet(routers: [OutsideNetworkNode.Router] = []) throws -> NodeID<Probe> {
    let index = try #require(vpc.gateway(.internetGateway, named: "igw"))
    let gateway = InternetGateway(index, of: vpc)
    return addOutside(
      .internet(gateway), index, prefixes: gateway.prefixes,
      serverAddresses: [
        .v4(try IPv4Address("203.0.113.10")), .v6(try IPv6Address("2001:db8:ffff::10")),
      ], routers: routers)
  }
}
