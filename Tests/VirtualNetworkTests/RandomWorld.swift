import PacketFormats
import VirtualNetwork

/// Random networks, packets and changes, from small sets so that things collide.
struct RandomWorld {
  var network: VirtualPrivateCloud
  var random: SplitMix64

  static let ports: [UInt16] = [0, 22, 53, 443, 5432, 40110, 65535]

  init(seed: UInt64) throws(VirtualNetworkError) {
    random = SplitMix64(state: seed)
    network = try VirtualPrivateCloud(
      name: "random", blocks: [prefix(10, 0, 0, 0, 16), prefix(100, 64, 0, 0, 20)], seed: seed)
    let edge = try network.addRouteTable(name: "edge")
    let nat = try network.addGateway(.natGateway, name: "nat")
    let transit = try network.addGateway(.transitGateway, name: "tgw")
    var subnets: [SubnetIndex] = []
    for (number, cidr) in [
      prefix(10, 0, 1, 0, 28), prefix(10, 0, 2, 0, 24), prefix(100, 64, 1, 0, 24),
    ].enumerated() {
      subnets.append(
        try network.addSubnet(
          name: "subnet-\(number)", cidr: cidr, zone: "z",
          routeTable: number == 1 ? edge : VirtualPrivateCloud.mainRouteTable))
    }
    var groups = [VirtualPrivateCloud.defaultSecurityGroup]
    for number in 0..<5 {
      groups.append(
        try network.addSecurityGroup(name: "group-\(number)", allowsAllEgress: number % 2 == 0))
    }
    for number in 0..<12 {
      let members = groups.shuffled(using: &random).prefix(.random(in: 1...3, using: &random))
      _ = try network.addInterface(
        name: "eni-\(number)", in: subnets[number % 3], securityGroups: Array(members),
        type: number % 4 == 0 ? .lambda : .interface,
        checksSourceAndDestination: number % 5 != 0)
    }
    var ruled = network
    for _ in 0..<20 { try toggleRule(&ruled) }
    network = ruled
    let middlebox = InterfaceIndex(rawValue: 0)
    try network.addRoute(Route(to: prefix(0, 0, 0, 0, 0), via: .gateway(nat)), to: edge)
    try network.addRoute(Route(to: prefix(8, 0, 0, 0, 8), via: .gateway(transit)), to: edge)
    try network.addRoute(Route(to: prefix(8, 8, 8, 0, 24), via: .blackhole), to: edge)
    try network.addRoute(
      Route(to: prefix(100, 64, 1, 0, 24), via: .networkInterface(middlebox)), to: edge)
    try network.addRoute(
      Route(to: prefix(8, 8, 0, 0, 16), via: .gateway(transit)),
      to: VirtualPrivateCloud.mainRouteTable)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int.random(in: elements.indices, using: &random)]
  }

  mutating func toggleRule(_ network: inout VirtualPrivateCloud) throws(VirtualNetworkError) {
    let group = SecurityGroupIndex(rawValue: .random(in: 0..<6, using: &random))
    let ports = [pick(Self.ports), pick(Self.ports)].sorted()
    let traffic = pick([
      SecurityGroupRule.Traffic.all, .tcp(0...65535), .udp(0...65535), .tcp(ports[0]...ports[1]),
      .udp(ports[0]...ports[1]), .tcp(5432...5432), .icmp(type: nil, code: nil),
      .icmp(type: 8, code: 0), .icmp(type: 3, code: nil), .other(IPProtocol(rawValue: 47)),
    ])
    let peer = pick([
      SecurityGroupRule.Peer.anywhere, .anywhere, .prefix(prefix(10, 0, 0, 0, 16)),
      .prefix(prefix(10, 0, 1, 6, 32)),
      .securityGroup(SecurityGroupIndex(rawValue: .random(in: 0..<6, using: &random))),
    ])
    let rule = SecurityGroupRule(traffic, peer: peer)
    let direction: TrafficDirection = Bool.random(using: &random) ? .egress : .ingress
    if network.securityGroups[Int(group.rawValue)].rules(direction).contains(rule) {
      try network.revoke(rule, direction, in: group)
    } else {
      try network.authorize(rule, direction, in: group)
    }
  }

  mutating func change(_ network: inout VirtualPrivateCloud) throws(VirtualNetworkError) {
    let interface = InterfaceIndex(
      rawValue: .random(in: 0..<UInt32(network.interfaces.count), using: &random))
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<14: try toggleRule(&network)
    case 14..<16:
      // Many rules would let everything through in the end, so one group is emptied.
      let group = SecurityGroupIndex(rawValue: .random(in: 0..<6, using: &random))
      for direction in TrafficDirection.allCases {
        for rule in network.securityGroups[Int(group.rawValue)].rules(direction) {
          try network.revoke(rule, direction, in: group)
        }
      }
    case 16..<18:
      let group = SecurityGroupIndex(rawValue: .random(in: 0..<6, using: &random))
      try network.setSecurityGroups([group], of: interface)
    case 18:
      network.setChecksSourceAndDestination(Bool.random(using: &random), of: interface)
    default:
      let old = network.interfaces[Int(interface.rawValue)]
      guard old.exists else { return }
      network.removeInterface(interface)
      _ = try network.addInterface(
        name: old.name, in: old.subnet, securityGroups: old.securityGroups, type: old.type)
    }
  }

  /// Mostly packets of flows seen shortly before, in either direction, told from the interface's end.
  mutating func nextPacket(
    _ network: VirtualPrivateCloud, _ recent: inout [(FlowKey, InterfaceIndex)]
  ) -> (FlowKey, InterfaceIndex) {
    if !recent.isEmpty, Int.random(in: 0..<4, using: &random) != 0 { return pick(recent) }
    let index = InterfaceIndex(
      rawValue: .random(in: 0..<UInt32(network.interfaces.count), using: &random))
    let own = network.interfaces[Int(index.rawValue)].address
    let far = pick(
      network.interfaces.map(\.address) + [
        IPv4Address(8, 8, 8, 8), IPv4Address(8, 8, 9, 9), IPv4Address(8, 1, 1, 1),
        IPv4Address(1, 1, 1, 1), IPv4Address(10, 0, 1, 13), IPv4Address(10, 0, 77, 7),
        IPv4Address(169, 254, 169, 253), IPv4Address(10, 0, 0, 2), IPv4Address(224, 0, 0, 1),
      ])
    let source = Int.random(in: 0..<20, using: &random) == 0 ? IPv4Address(10, 9, 9, 9) : own
    let key =
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        FlowKey(
          .tcp, source: source, sourcePort: pick(Self.ports), destination: far,
          destinationPort: pick(Self.ports))
      case 5..<8:
        FlowKey(
          .udp, source: source, sourcePort: pick(Self.ports), destination: far,
          destinationPort: pick(Self.ports))
      case 8:
        FlowKey(
          icmpType: pick([0, 3, 8, 13]), code: pick([0, 4]), identifier: pick([1, 2]),
          source: source, destination: far)
      default: FlowKey(IPProtocol(rawValue: pick([47, 50])), source: source, destination: far)
      }
    if recent.count < 30 {
      recent.append((key, index))
    } else {
      recent[Int.random(in: 0..<30, using: &random)] = (key, index)
    }
    return (key, index)
  }

  mutating func nextFlags(_ number: IPProtocol) -> TCPHeader.Flags {
    guard number == .tcp else { return [] }
    return pick([
      .syn, [.syn, .ack], .ack, .ack, .ack, .ack, [.psh, .ack], [.fin, .ack], .fin, .rst,
      [.rst, .ack], [],
    ])
  }

  /// In nanoseconds: mostly short, sometimes just longer than one of the timers.
  mutating func nextPause() -> Int64 {
    switch Int.random(in: 0..<400, using: &random) {
    case 0: .random(in: 25_000_000_000...35_000_000_000, using: &random)
    case 1: .random(in: 55_000_000_000...125_000_000_000, using: &random)
    case 2: .random(in: 175_000_000_000...650_000_000_000, using: &random)
    case 3: .random(in: 430_000_000_000_000...434_000_000_000_000, using: &random)
    default: .random(in: 0...1_000_000_000, using: &random)
    }
  }
}
