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
