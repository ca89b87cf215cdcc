import PacketFormats
import TestSupport
import VirtualNetwork

/// Random networks, packets and changes, from small sets so that things collide.
struct RandomWorld {
  var network: VirtualPrivateCloud
  var random: SplitMix64

  static let ports: [UInt16] = [0, 22, 53, 443, 5432, 40110, 65535]

  init(seed: UInt64) throws(VirtualNetworkError) {
    random = SplitMix64(seed: seed)
    network = try VirtualPrivateCloud(
      name: "random", blocks: [prefix(10, 0, 0, 0, 16), prefix(100, 64, 0, 0, 20)],
      ipv6Blocks: [ipv6Prefix(0x2001, 0xdb8, 0x1200, 0, 56)], seed: seed)
    let edge = try network.addRouteTable(name: "edge")
    let nat = try network.addGateway(.regionalNAT, name: "nat")
    let virtualPrivate = try network.addGateway(.virtualPrivate, name: "vgw")
    let egressOnly = try network.addGateway(.egressOnlyInternet, name: "eigw")
    let transit = try network.addGateway(.transit, name: "tgw")
    var subnets: [SubnetIndex] = []
    for (number, cidr) in [
      prefix(10, 0, 1, 0, 28), prefix(10, 0, 2, 0, 24), prefix(100, 64, 1, 0, 24),
    ].enumerated() {
      subnets.append(
        try network.addSubnet(
          name: "subnet-\(number)", cidr: cidr,
          ipv6CIDR: number == 2
            ? nil : ipv6Prefix(0x2001, 0xdb8, 0x1200, UInt16(number), 64),
          zone: "z", routeTable: number == 1 ? edge : VirtualPrivateCloud.mainRouteTable))
    }
    for number in 0..<2 {
      let acl = try network.addNetworkACL(name: "acl-\(number)", allowsAll: true)
      network.associate(acl, with: subnets[number])
    }
    _ = try network.addPrefixList(
      name: "offices", entries: [.v4(prefix(8, 8, 8, 0, 24)), .v4(prefix(10, 0, 2, 0, 28))],
      maximumEntryCount: 4)
    let offices6 = try network.addPrefixList(
      name: "offices6", entries: [.v6(ipv6Prefix(0x2001, 0xdb8, 0x1200, 1, 64))],
      maximumEntryCount: 4)
    let peered = try network.addPeeredGroup(
      name: "peers", vpc: "other", through: try network.addGateway(.peering, name: "pcx"))
    network.setMembers(
      of: peered, [.v4(IPv4Address(8, 8, 9, 9)), .v6(IPv6Address(0x2600, 0, 0, 0, 0, 0, 0, 1))])
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
    for number in [0, 1, 3, 4, 6, 7] {
      let index = InterfaceIndex(rawValue: UInt32(number))
      try network.assignIPv6Address(to: index)
      if number == 3 {
        try network.assignPrivateAddress(to: index)
        _ = try network.assignPrefix(.v6, to: index)
      }
    }
    let natInterface = try network.addInterface(name: "nat-a", in: subnets[1], type: .natGateway)
    var ruled = network
    for _ in 0..<20 { try toggleRule(&ruled) }
    for _ in 0..<4 { try toggleACLRule(&ruled) }
    network = ruled
    let middlebox = InterfaceIndex(rawValue: 0)
    try network.addRoute(Route(to: prefix(0, 0, 0, 0, 0), via: .gateway(nat)), to: edge)
    try network.addRoute(Route(to: prefix(8, 0, 0, 0, 8), via: .gateway(transit)), to: edge)
    try network.addRoute(Route(to: prefix(8, 8, 8, 0, 24), via: .blackhole), to: edge)
    try network.addRoute(
      Route(to: prefix(8, 1, 0, 0, 16), via: .gateway(virtualPrivate), origin: .propagated),
      to: edge)
    try network.addRoute(
      Route(to: prefix(8, 8, 8, 0, 24), via: .gateway(virtualPrivate), origin: .propagated),
      to: edge)
    try network.addRoute(
      Route(to: prefix(1, 0, 0, 0, 8), via: .networkInterface(natInterface)), to: edge)
    try network.addRoute(Route(to: .everything(.v6), via: .gateway(egressOnly)), to: edge)
    try network.addRoute(
      Route(to: .prefixList(offices6), via: .gateway(transit)),
      to: VirtualPrivateCloud.mainRouteTable)
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
      .icmpv6(type: nil, code: nil), .icmpv6(type: 128, code: 0), .icmp(type: 8, code: 0),
      .icmp(type: 3, code: nil), .other(IPProtocol(rawValue: 47)),
    ])
    let peer = pick([
      SecurityGroupRule.Peer.anywhere, .anywhere, .prefix(.v4(prefix(10, 0, 0, 0, 16))),
      .prefix(.v4(prefix(10, 0, 1, 6, 32))),
      .securityGroup(SecurityGroupIndex(rawValue: .random(in: 0..<6, using: &random))),
      .anywhereIPv6, .prefix(.v6(ipv6Prefix(0x2001, 0xdb8, 0x1200, 1, 64))),
      .prefixList(PrefixListIndex(rawValue: .random(in: 0..<2, using: &random))),
      .peeredSecurityGroup(PeeredGroupIndex(rawValue: 0)),
    ])
    let rule = SecurityGroupRule(traffic, peer: peer)
    let direction: TrafficDirection = Bool.random(using: &random) ? .egress : .ingress
    if network.securityGroups[Int(group.rawValue)].rules(direction).contains(rule) {
      try network.revoke(rule, direction, in: group)
    } else {
      try network.authorize(rule, direction, in: group)
    }
  }

  /// Adds a rule to one of the ACLs, or takes one out.
  mutating func toggleACLRule(_ network: inout VirtualPrivateCloud) throws(VirtualNetworkError) {
    let acl = NetworkACLIndex(rawValue: .random(in: 1...2, using: &random))
    let direction: TrafficDirection = Bool.random(using: &random) ? .egress : .ingress
    let rules = network.networkACLs[Int(acl.rawValue)].rules(direction)
    if rules.count > 5 || !rules.isEmpty && Bool.random(using: &random) {
      // The rules that allow everything mostly stay, or nothing would pass.
      let rule = pick(rules)
      if rule.number < 200 || Int.random(in: 0..<8, using: &random) == 0 {
        try network.removeRule(rule.number, direction, from: acl)
        if rule.number >= 100, rule.number < 102 { try network.addRule(rule, direction, to: acl) }
      }
      return
    }
    let number = Int.random(in: 1..<150, using: &random)
    if rules.contains(where: { $0.number == number }) { return }
    let ports = [pick(Self.ports), pick(Self.ports)].sorted()
    let traffic = pick([
      SecurityGroupRule.Traffic.all, .tcp(ports[0]...ports[1]), .udp(ports[0]...ports[1]),
      .icmp(type: nil, code: nil), .icmpv6(type: 128, code: nil),
    ])
    let peer: IPPrefix = pick([
      .v4(prefix(10, 0, 1, 0, 28)), .v4(prefix(8, 8, 0, 0, 16)), .v4(prefix(100, 64, 0, 0, 10)),
      .v6(ipv6Prefix(0x2001, 0xdb8, 0x1200, 0, 64)), .everything(.v6),
    ])
    try network.addRule(
      NetworkACLRule(
        number, Int.random(in: 0..<3, using: &random) == 0 ? .deny : .allow, traffic,
        peer: peer), direction, to: acl)
  }

  mutating func change(_ network: inout VirtualPrivateCloud) throws(VirtualNetworkError) {
    let interface = InterfaceIndex(
      rawValue: .random(in: 0..<UInt32(network.interfaces.count), using: &random))
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<11: try toggleRule(&network)
    case 11..<14: try toggleACLRule(&network)
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
      guard !network.interfaces[Int(interface.rawValue)].type.isGateway else { return }
      try network.setSecurityGroups([group], of: interface)
    case 18:
      network.setChecksSourceAndDestination(Bool.random(using: &random), of: interface)
    default:
      let old = network.interfaces[Int(interface.rawValue)]
      guard old.exists else { return }
      network.removeInterface(interface)
      let made = try network.addInterface(
        name: old.name, in: old.subnet, securityGroups: old.securityGroups, type: old.type)
      if !old.ipv6Addresses.isEmpty { try network.assignIPv6Address(to: made) }
    }
  }

  /// Mostly packets of flows seen shortly before, in either direction, told from the interface's end.
  mutating func nextPacket(
    _ plane: inout DataPlane, _ recent: inout [(FlowKey, InterfaceIndex)]
  ) -> (FlowKey, InterfaceIndex) {
    if !recent.isEmpty, Int.random(in: 0..<4, using: &random) != 0 { return pick(recent) }
    let network = plane.network
    let index = InterfaceIndex(
      rawValue: .random(in: 0..<UInt32(network.interfaces.count), using: &random))
    let interface = network.interfaces[Int(index.rawValue)]
    let key =
      !interface.ipv6Addresses.isEmpty && Bool.random(using: &random)
      ? nextIPv6Key(&plane, interface) : nextIPv4Key(interface, network)
    if recent.count < 30 {
      recent.append((key, index))
    } else {
      recent[Int.random(in: 0..<30, using: &random)] = (key, index)
    }
    return (key, index)
  }

  private mutating func nextIPv4Key(
    _ interface: NetworkInterface, _ network: VirtualPrivateCloud
  ) -> FlowKey {
    let far = pick(
      network.interfaces.map(\.address) + [
        IPv4Address(8, 8, 8, 8), IPv4Address(8, 8, 9, 9), IPv4Address(8, 1, 1, 1),
        IPv4Address(1, 1, 1, 1), IPv4Address(10, 0, 1, 13), IPv4Address(10, 0, 77, 7),
        IPv4Address(169, 254, 169, 253), IPv4Address(10, 0, 0, 2), IPv4Address(224, 0, 0, 1),
      ])
    let own = pick([interface.address] + interface.secondaryAddresses)
    let source = Int.random(in: 0..<20, using: &random) == 0 ? IPv4Address(10, 9, 9, 9) : own
    return switch Int.random(in: 0..<10, using: &random) {
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
  }

  private mutating func nextIPv6Key(
    _ plane: inout DataPlane, _ interface: NetworkInterface
  ) -> FlowKey {
    let far = pick(
      plane.network.interfaces.flatMap(\.ipv6Addresses) + [
        IPv6Address(0x2600, 0, 0, 0, 0, 0, 0, 1), IPv6Address(0x2600, 0, 0, 0, 0, 0, 0, 2),
        IPv6Address(0x2001, 0xdb8, 0x1200, 0, 1, 0, 0, 9),
        IPv6Address(0x2001, 0xdb8, 0x1200, 7, 0, 0, 0, 9),
        IPv6Address(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x253), IPv6Address(0xff02, 0, 0, 0, 0, 0, 0, 1),
      ])
    var source = interface.ipv6Addresses[0]
    if case .v6(let block)? = interface.delegatedPrefixes.first, Bool.random(using: &random) {
      source = IPv6Address(high: block.address.high, low: block.address.low | 77)
    }
    if Int.random(in: 0..<20, using: &random) == 0 {
      source = IPv6Address(0x2001, 0xdb8, 9, 9, 9, 9, 9, 9)
    }
    return switch Int.random(in: 0..<10, using: &random) {
    case 0..<5:
      plane.flowKey(
        .tcp, source: .v6(source), sourcePort: pick(Self.ports), destination: .v6(far),
        destinationPort: pick(Self.ports))
    case 5..<8:
      plane.flowKey(
        .udp, source: .v6(source), sourcePort: pick(Self.ports), destination: .v6(far),
        destinationPort: pick(Self.ports))
    default:
      plane.flowKey(
        icmpv6Type: pick([1, 2, 128, 129]), code: 0, identifier: pick([1, 2]), source: source,
        destination: far)
    }
  }

  /// Where a packet may come from: mostly where it does.
  mutating func nextOrigin(_ far: IPAddress, _ network: VirtualPrivateCloud) -> SubnetIndex? {
    if Int.random(in: 0..<8, using: &random) == 0 {
      return Bool.random(using: &random)
        ? nil : SubnetIndex(rawValue: .random(in: 0..<3, using: &random))
    }
    return network.interface(at: far).map { network.interfaces[Int($0.rawValue)].subnet }
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
