import PacketFormats
import TestSupport
import VirtualNetwork

/// Random VPCs that are joined in random ways, from small sets so that things collide.
struct RandomCloud {
  var random: SplitMix64
  var cloud = CloudNetwork()
  var networks: [VirtualPrivateCloud] = []
  /// Which VPC and which of its gateways is at the other end of a peering connection.
  var peers: [[GatewayIndex: (vpc: Int, gateway: GatewayIndex)]] = [[:], [:]]
  let internet = IPv4Address(203, 0, 113, 200)

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    for number in 0..<2 { networks.append(try makeNetwork(UInt8(number))) }
    var ends: [GatewayIndex] = []
    for number in 0..<2 {
      let gateway = try networks[number].addGateway(.peering, name: "pcx")
      ends.append(gateway)
      for table in 0..<2 where chance(4, of: 5) {
        try networks[number].addRoute(
          Route(to: networks[1 - number].blocks[0], via: .gateway(gateway)),
          to: RouteTableIndex(rawValue: UInt32(table)))
      }
    }
    peers[0][ends[0]] = (1, ends[1])
    peers[1][ends[1]] = (0, ends[0])
    let vpcs = networks.map { cloud.add($0) }
    let sides = networks.map {
      PeeringConnection.Side(vpc: $0.name, region: "us-east-1", blocks: $0.allBlocks)
    }
    cloud.connect(
      try PeeringConnection(name: "pcx", requester: sides[0], accepter: sides[1]),
      requester: (vpcs[0], ends[0]), accepter: (vpcs[1], ends[1]))
    try cloud.internet.add(.init(name: "api", addresses: [.v4(internet)]))
  }

  mutating func chance(_ count: Int, of total: Int) -> Bool {
    Int.random(in: 0..<total, using: &random) < count
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  static let ports: [UInt16] = [22, 80, 443, 49152]

  private mutating func makeNetwork(_ number: UInt8) throws -> VirtualPrivateCloud {
    var network = try VirtualPrivateCloud(
      name: "vpc-\(number)", blocks: [prefix(10, number, 0, 0, 16)], seed: 7)
    let inner = try network.addRouteTable(name: "inner")
    var subnets: [SubnetIndex] = []
    for place in 0..<3 as Range<UInt8> {
      subnets.append(
        try network.addSubnet(
          name: "subnet-\(place)", cidr: prefix(10, number, place, 0, 24), zone: "z",
          routeTable: place == 0 ? VirtualPrivateCloud.mainRouteTable : inner))
    }
    var groups: [SecurityGroupIndex] = []
    for place in 0..<3 {
      groups.append(
        try network.addSecurityGroup(name: "group-\(place)", allowsAllEgress: chance(2, of: 3)))
    }
    for place in 0..<4 {
      var members = [pick(groups)]
      if chance(1, of: 3) { members = Array(groups.prefix(2)) }
      let index = try network.addInterface(
        name: "eni-\(place)", in: subnets[place % 3], securityGroups: members,
        type: chance(1, of: 8) ? .lambda : .interface, checksSourceAndDestination: chance(7, of: 8))
      if chance(1, of: 2) {
        try network.associateAddress(
          IPv4Address(203, 0, 113, number * 10 + UInt8(place)), of: index)
      }
    }
    let nat = try network.addInterface(name: "nat", in: subnets[0], type: .natGateway)
    if chance(3, of: 4) {
      try network.associateAddress(IPv4Address(203, 0, 113, number * 10 + 9), of: nat)
    }
    for _ in 0..<Int.random(in: 2..<10, using: &random) {
      try addRule(&network, groups)
    }
    for place in 0..<2 where chance(1, of: 2) {
      let acl = try network.addNetworkACL(name: "acl-\(place)", allowsAll: chance(3, of: 4))
      network.associate(acl, with: subnets[place])
      for _ in 0..<Int.random(in: 0..<5, using: &random) { try addACLRule(&network, acl) }
    }
    if chance(5, of: 6) {
      let gateway = try network.addGateway(.internet, name: "igw")
      if chance(5, of: 6) {
        try network.addRoute(
          Route(to: .everything(.v4), via: .gateway(gateway)),
          to: VirtualPrivateCloud.mainRouteTable)
      }
    }
    if chance(5, of: 6) {
      try network.addRoute(Route(to: .everything(.v4), via: .networkInterface(nat)), to: inner)
    }
    if chance(1, of: 6) {
      try network.addRoute(Route(to: prefix(203, 0, 113, 192, 26), via: .blackhole), to: inner)
    }
    return network
  }

  private mutating func traffic() -> SecurityGroupRule.Traffic {
    let ports = [pick(Self.ports), pick(Self.ports)].sorted()
    return pick([
      .all, .all, .tcp(0...65535), .tcp(ports[0]...ports[1]), .tcp(443...443),
      .udp(ports[0]...ports[1]), .icmp(type: nil, code: nil),
    ])
  }

  private mutating func addRule(
    _ network: inout VirtualPrivateCloud, _ groups: [SecurityGroupIndex]
  ) throws {
    let peer: SecurityGroupRule.Peer = pick([
      .anywhere, .anywhere, .prefix(.v4(prefix(10, 0, 0, 0, 15))),
      .prefix(.v4(prefix(10, 1, 1, 0, 24))), .securityGroup(groups[0]), .securityGroup(groups[1]),
    ])
    let rule = SecurityGroupRule(traffic(), peer: peer)
    let direction: TrafficDirection = chance(2, of: 3) ? .ingress : .egress
    let group = pick(groups)
    if network.securityGroups[Int(group.rawValue)].rules(direction).contains(rule) { return }
    try network.authorize(rule, direction, in: group)
  }

  private mutating func addACLRule(
    _ network: inout VirtualPrivateCloud, _ acl: NetworkACLIndex
  ) throws {
    let direction: TrafficDirection = chance(1, of: 2) ? .ingress : .egress
    let number = Int.random(in: 1..<99, using: &random)
    if network.networkACLs[Int(acl.rawValue)].rules(direction).contains(where: {
      $0.number == number
    }) {
      return
    }
    let peer: IPPrefix = pick([
      .everything(.v4), .v4(prefix(10, 0, 0, 0, 15)), .v4(prefix(10, 0, 2, 0, 24)),
      .v4(prefix(203, 0, 113, 0, 24)),
    ])
    try network.addRule(
      NetworkACLRule(number, chance(1, of: 2) ? .allow : .deny, traffic(), peer: peer), direction,
      to: acl)
  }

  /// A question between two ends of which one at least is an interface.
  mutating func nextQuery() -> PathQuery {
    func interface(_ world: inout RandomCloud) -> PathQuery.End {
      .interface(
        VPCIndex(rawValue: .random(in: 0..<2, using: &world.random)),
        InterfaceIndex(rawValue: .random(in: 0..<4, using: &world.random)))
    }
    var source = interface(&self)
    var destination = interface(&self)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: source = .internet
    case 1: destination = .internet
    default: break
    }
    return PathQuery(
      pick([.tcp, .tcp, .udp, .icmp]), from: source, to: destination,
      destinationPort: pick(Self.ports))
  }
}
