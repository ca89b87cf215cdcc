import AddressTranslation
import PacketFormats
import SimulatedTime
import TestSupport
import VirtualNetwork

/// A random VPC and random packets, from small sets so that rules and routes collide.
struct RandomVPC {
  private(set) var network: VirtualPrivateCloud
  var random: SplitMix64
  private var count: UInt16 = 0
  /// Who has exchanged packets without ports, the lower address first.
  private var pairs: Set<[IPv4Address]> = []

  private static let ports: [UInt16] = [22, 53, 80, 443, 5432]
  private static let outside = [
    IPv4Address(8, 8, 8, 8), IPv4Address(8, 8, 9, 9), IPv4Address(8, 1, 1, 1),
    IPv4Address(9, 9, 9, 9), IPv4Address(172, 16, 1, 1), IPv4Address(192, 0, 2, 50),
  ]

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    network = try VirtualPrivateCloud(
      name: "random", blocks: [IPv4Prefix("10.0.0.0/16"), IPv4Prefix("100.64.0.0/20")], seed: seed)
    var vpc = network
    let tables =
      [VirtualPrivateCloud.mainRouteTable]
      + (try (0..<3).map { try vpc.addRouteTable(name: "table-\($0)") })
    let lists =
      [VirtualPrivateCloud.defaultNetworkACL]
      + (try (0..<3).map { number in
        try vpc.addNetworkACL(name: "acl-\(number)", allowsAll: number > 0)
      })
    var subnets: [SubnetIndex] = []
    for (number, cidr) in ["10.0.1.0/28", "10.0.2.0/24", "10.0.3.0/25", "100.64.1.0/24"]
      .enumerated()
    {
      subnets.append(
        try vpc.addSubnet(
          name: "subnet-\(number)", cidr: IPv4Prefix(cidr), zone: "use1-az1",
          routeTable: tables.randomElement(using: &random) ?? tables[0],
          networkACL: lists.randomElement(using: &random) ?? lists[0]))
    }
    let gateways = [
      try vpc.addGateway(.internet, name: "igw"), try vpc.addGateway(.virtualPrivate, name: "vgw"),
      try vpc.addGateway(.peering, name: "pcx"), try vpc.addGateway(.transit, name: "tgw"),
    ]
    let offices = try vpc.addPrefixList(
      name: "offices",
      entries: [.v4(IPv4Prefix("8.8.0.0/16")), .v4(IPv4Prefix("10.0.2.0/26"))])
    let far = try vpc.addPrefixList(
      name: "far", entries: [.v4(IPv4Prefix("8.8.8.0/24")), .v4(IPv4Prefix("9.9.9.0/24"))])
    let groups =
      [VirtualPrivateCloud.defaultSecurityGroup]
      + (try (0..<5).map {
        try vpc.addSecurityGroup(name: "group-\($0)", allowsAllEgress: $0 % 2 == 0)
      })
    var interfaces: [InterfaceIndex] = []
    for number in 0..<10 {
      let members = groups.shuffled(using: &random).prefix(.random(in: 1...3, using: &random))
      let isGateway = number == 9
      interfaces.append(
        try vpc.addInterface(
          name: "eni-\(number)", in: subnets[number % 4],
          securityGroups: isGateway ? [] : Array(members),
          type: isGateway ? .natGateway : number % 4 == 0 ? .lambda : .interface,
          checksSourceAndDestination: number % 3 != 0 && !isGateway))
      if number % 4 == 1 { try vpc.assignPrivateAddress(to: interfaces[number]) }
    }
    for _ in 0..<30 {
      let traffic = pick([
        SecurityGroupRule.Traffic.all, .tcp(0...65535), .udp(0...65535), portRange(.tcp),
        portRange(.udp), .icmp(type: nil, code: nil), .icmp(type: 8, code: 0),
        .other(IPProtocol(rawValue: 50)),
      ])
      let peer = pick([
        SecurityGroupRule.Peer.anywhere, .prefix(.v4(try IPv4Prefix("10.0.0.0/16"))),
        .prefix(.v4(try IPv4Prefix("8.8.8.8/32"))), .prefixList(offices),
        .securityGroup(pick(groups)), .securityGroup(pick(groups)),
      ])
      // The same rule twice is refused.
      try? vpc.authorize(
        SecurityGroupRule(traffic, peer: peer), pick(TrafficDirection.allCases), in: pick(groups))
    }
    for _ in 0..<16 {
      let traffic = pick([
        SecurityGroupRule.Traffic.all, portRange(.tcp), portRange(.udp),
        .icmp(type: 8, code: nil),
      ])
      let peer = pick([
        IPPrefix.everything(.v4), .v4(try IPv4Prefix("10.0.0.0/16")),
        .v4(try IPv4Prefix("8.8.0.0/16")), .v4(try IPv4Prefix("10.0.2.0/24")),
      ])
      let rule = NetworkACLRule(
        Int.random(in: 1...200, using: &random),
        Int.random(in: 0..<3, using: &random) == 0 ? .deny : .allow,
        traffic, peer: peer)
      // The same number twice is refused.
      try? vpc.addRule(rule, pick(TrafficDirection.allCases), to: pick(lists))
    }
    for _ in 0..<24 {
      let destination = pick([
        "0.0.0.0/0", "8.0.0.0/8", "8.8.0.0/16", "8.8.8.0/24", "172.16.0.0/12", "9.9.9.0/24",
        "10.0.2.0/24", "10.0.3.0/25", "100.64.1.0/24",
      ])
      let target = pick([
        RouteTarget.gateway(gateways[0]), .gateway(gateways[1]), .gateway(gateways[2]),
        .gateway(gateways[3]), .networkInterface(pick(interfaces)), .blackhole,
      ])
      let route =
        switch Int.random(in: 0..<6, using: &random) {
        case 0: Route(to: .prefixList(far), via: target)
        case 1:
          Route(
            to: try IPv4Prefix(destination), via: .gateway(gateways[1]), origin: .propagated)
        default: Route(to: try IPv4Prefix(destination), via: target)
        }
      // Some are refused: twice the same, or what AWS does not allow.
      try? vpc.addRoute(route, to: pick(tables))
    }
    network = vpc
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  private mutating func portRange(_ number: IPProtocol) -> SecurityGroupRule.Traffic {
    let ports = [pick(Self.ports), pick(Self.ports)].sorted()
    return number == .tcp ? .tcp(ports[0]...ports[1]) : .udp(ports[0]...ports[1])
  }

  /// The first packet of a flow that there has not been, and where it begins.
  mutating func nextPacket() -> (place: KernelVPC.Place, packet: Packet) {
    count += 1
    let holders = network.interfaces.flatMap { [$0.address] + $0.secondaryAddresses }
    let place: KernelVPC.Place
    var source = pick(Self.outside)
    var destination = pick(holders)
    if Int.random(in: 0..<6, using: &random) == 0 {
      place = .gateway(
        GatewayIndex(rawValue: .random(in: 0..<UInt32(network.gateways.count), using: &random)))
      if Int.random(in: 0..<8, using: &random) == 0 { destination = pick(Self.outside) }
    } else {
      let number = Int.random(in: network.interfaces.indices, using: &random)
      place = .interface(InterfaceIndex(rawValue: UInt32(number)))
      let interface = network.interfaces[number]
      source = pick([interface.address] + interface.secondaryAddresses)
      if Int.random(in: 0..<15, using: &random) == 0 { source = pick(holders + Self.outside) }
      if Int.random(in: 0..<3, using: &random) == 0 { destination = pick(Self.outside) }
      if Int.random(in: 0..<20, using: &random) == 0 {
        destination = pick([IPv4Address(10, 0, 2, 200), IPv4Address(10, 0, 77, 7)])
      }
    }
    // A forged sender may be the receiver, and what it sends its own answer.
    while destination == source { destination = pick(Self.outside) }
    var kind = pick([Packet.Kind.tcp, .tcp, .udp, .udp, .echo, .plain])
    // Without ports there is one flow between two, and a guard remembers it even if the fabric behind
    // it dropped its first packet.
    if kind == .plain, !pairs.insert([source, destination].sorted()).inserted { kind = .udp }
    return (
      place,
      Packet(
        kind: kind, source: source, sourcePort: 10_000 + count, destination: destination,
        destinationPort: pick(Self.ports), flags: pick([.syn, .syn, .syn, .syn, .syn, .ack, .rst]))
    )
  }

  /// A packet, as both have to be told of it.
  struct Packet {
    enum Kind { case tcp, udp, echo, plain }

    var kind: Kind
    var source: IPv4Address
    /// Or the identifier of an echo.
    var sourcePort: UInt16
    var destination: IPv4Address
    var destinationPort: UInt16
    var flags: TCPHeader.Flags
    var isAnswer = false

    var key: FlowKey {
      switch kind {
      case .tcp, .udp:
        FlowKey(
          kind == .tcp ? .tcp : .udp, source: source, sourcePort: sourcePort,
          destination: destination, destinationPort: destinationPort)
      case .echo:
        FlowKey(
          icmpType: isAnswer ? 0 : 8, code: 0, identifier: isAnswer ? destinationPort : sourcePort,
          source: source, destination: destination)
      case .plain: FlowKey(IPProtocol(rawValue: 50), source: source, destination: destination)
      }
    }

    var bytes: [UInt8] {
      let ends = (
        TransportAddress(source, sourcePort), TransportAddress(destination, destinationPort)
      )
      return switch kind {
      case .tcp:
        RawPacket.tcp(
          ends.0, ends.1, flags, sequence: isAnswer ? 5_000 : flags.contains(.syn) ? 1_000 : 1_001,
          acknowledgment: isAnswer ? 1_001 : flags.contains(.ack) ? 5_001 : 0)
      case .udp: RawPacket.udp(ends.0, ends.1)
      case .echo:
        RawPacket.query(
          isAnswer ? 0 : 8, source, destination,
          identifier: isAnswer ? destinationPort : sourcePort)
      case .plain:
        RawPacket.ipv4(50, source, destination, body: [1, 2, 3, 4], fixesChecksum: false)
      }
    }

    /// What the receiver says to it.
    var answer: Packet {
      Packet(
        kind: kind, source: destination, sourcePort: destinationPort, destination: source,
        destinationPort: sourcePort, flags: [.syn, .ack], isAnswer: true)
    }

    /// What the sender says then.
    var next: Packet {
      var packet = self
      packet.flags = .ack
      return packet
    }
  }
}
