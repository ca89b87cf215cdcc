import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// VPCs with one host each, `10.n.0.10` in `10.n.0.0/16`, for what joins VPCs.
struct PairWorld: ~Copyable {
  var simulation = Simulation(seed: 1, frames: FramePool(capacity: 256))
  private(set) var networks: [VirtualPrivateCloud] = []
  private(set) var nodes: [NodeID<VPCNode>] = []
  private(set) var hosts: [NodeID<Probe>] = []

  init() {}

  /// Adds a VPC and its host.
  ///
  /// - Parameters:
  ///   - number: The second number of its addresses.
  ///   - region: Its Region.
  ///   - addition: What else is in it, among it the routes of its main table.
  /// - Throws: What the network refuses.
  mutating func addVPC(
    _ number: UInt8, region: String = "us-east-1", adding addition: EdgeWorld.Addition
  ) throws {
    var vpc = try VirtualPrivateCloud(
      name: "vpc-\(number)", blocks: [prefix(10, number, 0, 0, 16)], region: region, seed: 7)
    let open = try vpc.addSecurityGroup(name: "open")
    try vpc.authorize(SecurityGroupRule(.all, peer: .anywhere), .ingress, in: open)
    let subnet = try vpc.addSubnet(
      name: "a", cidr: prefix(10, number, 0, 0, 24), zone: "use1-az1")
    let index = try vpc.addInterface(
      name: "host", in: subnet, address: IPv4Address(10, number, 0, 10), securityGroups: [open])
    try addition(&vpc)
    let node = simulation.add(VPCNode(DataPlane(vpc)))
    let lane = simulation.connect(
      node, node, name: "fabric \(number)", LinkBehavior(propagation: .microseconds(75)),
      labels: (0, VPCNode.Label.sameZone))
    let far = simulation.connect(
      node, node, name: "far \(number)", LinkBehavior(propagation: .microseconds(350)),
      labels: (0, VPCNode.Label.crossZone))
    simulation.withNode(node) { $0.setLanes(sameZone: lane.a, crossZone: far.a) }
    hosts.append(EdgeWorld.addProbe("host \(number)", to: node, index, &simulation))
    networks.append(vpc)
    nodes.append(node)
  }

  /// Joins two VPCs by a peering connection.
  mutating func peer(
    _ requester: (Int, GatewayIndex), _ accepter: (Int, GatewayIndex)
  ) throws {
    let connection = try PeeringConnection(
      name: "pcx", requester: .init(networks[requester.0]), accepter: .init(networks[accepter.0]))
    let middle = simulation.add(
      GatewayNode(.peering(connection), linkLayerAddress: EdgeWorld.gatewayAddress))
    let (a, b) = (nodes[requester.0], nodes[accepter.0])
    let near = simulation.connect(
      a, middle, name: "requester", LinkBehavior(propagation: .microseconds(10)),
      labels: (VPCNode.Label.gateway(requester.1), GatewayLabel.inside))
    let far = simulation.connect(
      middle, b, name: "accepter", LinkBehavior(propagation: .microseconds(10)),
      labels: (GatewayLabel.outside, VPCNode.Label.gateway(accepter.1)))
    simulation.withNode(middle) { $0.connect(inside: near.b, outside: far.a) }
    simulation.withNode(a) {
      $0.attachGateway(requester.1, to: near.a, limit: connection.limit)
    }
    simulation.withNode(b) { $0.attachGateway(accepter.1, to: far.b, limit: connection.limit) }
  }

  /// Connects the VPCs with a transit gateway, whose attachments are in their order.
  mutating func connect(
    _ gateway: TransitGateway, _ attachments: [TransitAttachmentIndex]
  ) throws {
    let node = simulation.add(
      TransitGatewayNode(gateway, linkLayerAddress: EdgeWorld.gatewayAddress))
    for (number, attachment) in attachments.enumerated() {
      let network = networks[number]
      let index = try #require(network.gateway(.transitGateway, named: gateway.name))
      let vpc = nodes[number]
      let link = simulation.connect(
        vpc, node, name: "tgw \(number)", LinkBehavior(propagation: .microseconds(100)),
        labels: (VPCNode.Label.gateway(index), Int32(number)))
      simulation.withNode(vpc) { $0.attachGateway(index, to: link.a, limit: gateway.limit) }
      let zones = network.subnets.map(\.zone)
      simulation.withNode(node) { $0.connect(attachment, to: link.b, zonesOfSubnets: zones) }
    }
  }

  /// Connects a VPC's internet gateway `igw` and a NAT gateway, and returns a server (203.0.113.10).
  mutating func addInternet(behind number: Int, nat name: String) throws -> NodeID<Probe> {
    let vpc = networks[number]
    let node = nodes[number]
    let nat = try #require(vpc.interface(named: name))
    let interface = vpc.interfaces[Int(nat.rawValue)]
    let router = vpc.subnets[Int(interface.subnet.rawValue)].gatewayLinkLayerAddress
    let translator = simulation.add(
      NATGatewayNode(
        try NATGateway(nat, of: vpc, connectivity: .public),
        linkLayerAddress: interface.linkLayerAddress, routerLinkLayerAddress: router, seed: 1))
    let link = simulation.connect(
      translator, node, name: name, LinkBehavior(propagation: .microseconds(1)),
      labels: (0, Int32(nat.rawValue)))
    simulation.withNode(translator) { $0.connect(to: link.a) }
    simulation.withNode(node) { $0.attach(nat, to: link.b, capturing: .none) }
    let index = try #require(vpc.gateway(.internetGateway, named: "igw"))
    let gateway = InternetGateway(index, of: vpc)
    let border = simulation.add(
      GatewayNode(.internet(gateway), linkLayerAddress: EdgeWorld.gatewayAddress))
    let outside = simulation.add(
      OutsideNetworkNode(name: "internet", linkLayerAddress: EdgeWorld.internetAddress))
    let server = simulation.add(Probe())
    let inner = simulation.connect(
      node, border, name: "inner", LinkBehavior(propagation: .microseconds(1)),
      labels: (VPCNode.Label.gateway(index), GatewayLabel.inside))
    let outer = simulation.connect(
      border, outside, name: "outer", LinkBehavior(propagation: .microseconds(1)),
      labels: (GatewayLabel.outside, 0))
    let far = simulation.connect(
      server, outside, name: "server", LinkBehavior(propagation: .microseconds(1)),
      labels: (0, 1))
    simulation.withNode(node) { $0.attachGateway(index, to: inner.a, limit: gateway.limit) }
    simulation.withNode(border) { $0.connect(inside: inner.b, outside: outer.a) }
    simulation.withNode(server) { $0.port = far.a }
    simulation.withNode(outside) {
      $0.attachGateway(
        for: gateway.prefixes, linkLayerAddress: EdgeWorld.gatewayAddress, to: outer.b)
      $0.attachHost(
        at: [.v4(IPv4Address(203, 0, 113, 10))], linkLayerAddress: EdgeWorld.serverAddress,
        to: far.b)
    }
    return server
  }

  /// Sends frames and gives the network time to deliver them.
  mutating func send(_ frames: [[UInt8]], from number: Int) {
    let now = simulation.network.now
    Probe.send(frames, from: hosts[number], at: now, in: &simulation)
    simulation.run(until: now.advanced(by: .milliseconds(500)))
  }

  /// The packets, without Ethernet headers, that a host has received since this was last asked.
  mutating func packets(_ number: Int) -> [[UInt8]] {
    simulation.withNode(hosts[number]) { $0.take() }.map { Array($0[14...]) }
  }

  mutating func drops() -> [String] { simulation.network.takeDrops().map(\.code) }
}
