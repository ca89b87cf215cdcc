import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// The rules of lambda-vpc.md §7 with no thought for speed.
///
/// Every packet is judged from scratch, and connections are kept in a dictionary. The fast one must
/// agree with it.
struct SpecifiedDataPlane {
  struct Ends: Hashable {
    var interface: InterfaceIndex
    var number: IPProtocol
    var own: IPv4Address
    var ownPort: UInt16
    var far: IPv4Address
    var farPort: UInt16
    var icmpQuery: UInt8
    var icmpCode: UInt8

    init(_ key: FlowKey, _ direction: TrafficDirection, _ interface: InterfaceIndex) {
      self.interface = interface
      number = key.protocol
      let out = direction == .egress
      own = out ? key.source : key.destination
      far = out ? key.destination : key.source
      if key.protocol == .icmp {
        // A query out and its reply in are one connection; so are a query in and its reply out.
        let pairs: [UInt8: UInt8] = [0: 8, 8: 0, 13: 14, 14: 13]
        icmpQuery = out ? key.icmpType : pairs[key.icmpType] ?? key.icmpType
        icmpCode = key.icmpCode
        (ownPort, farPort) = (key.sourcePort, 0)
      } else {
        (icmpQuery, icmpCode) = (0, 0)
        ownPort = out ? key.sourcePort : key.destinationPort
        farPort = out ? key.destinationPort : key.sourcePort
      }
    }
  }

  struct Connection {
    var begunBy: TrafficDirection
    var isTracked: Bool
    var answered = false
    var acknowledged = false
    var finished: Set<TrafficDirection> = []
    var reset = false
    var turns: [TrafficDirection] = []
    var lastSeen: Int64

    func timeout(_ number: IPProtocol) -> Int64 {
      switch number {
      case .tcp:
        if reset || finished.count == 2 { return 120 }
        return acknowledged ? 432_000 : 60
      case .udp: return isTracked && turns.count >= 4 ? 180 : 30
      case .icmp: return 30
      default: return 600
      }
    }

    mutating func see(_ direction: TrafficDirection, _ flags: TCPHeader.Flags, _ now: Int64) {
      lastSeen = now
      if turns.last != direction { turns.append(direction) }
      let wasOver = reset || finished.count == 2
      if wasOver { return }
      if flags.contains(.rst) { reset = true }
      if !acknowledged {
        if direction != begunBy {
          answered = true
          return
        }
        guard answered, flags.contains(.ack) else { return }
        acknowledged = true
      }
      if flags.contains(.fin) { finished.insert(direction) }
    }
  }

  var connections: [Ends: Connection] = [:]

  mutating func judge(
    _ key: FlowKey, _ direction: TrafficDirection, _ flags: TCPHeader.Flags,
    _ index: InterfaceIndex, _ now: Int64, _ network: VirtualPrivateCloud
  ) -> (PathVerdict, NextHop) {
    let interface = network.interfaces[Int(index.rawValue)]
    let out = direction == .egress
    let (own, far) = out ? (key.source, key.destination) : (key.destination, key.source)
    guard interface.exists else { return (.reject, .none) }
    if interface.checksSourceAndDestination, own != interface.address { return (.reject, .none) }
    if let service = network.service(at: far) { return (.accept, out ? .service(service) : .none) }

    let ends = Ends(key, direction, index)
    var connection = connections[ends]
    if let known = connection, now - known.lastSeen > known.timeout(key.protocol) * 1_000_000_000 {
      connection = nil
    }
    if let known = connection, key.protocol == .tcp, known.reset || known.finished.count == 2,
      begins(key, flags)
    {
      connection = nil
    }
    let passes = connection?.isTracked == true
    guard passes || rule(for: key, direction, interface, far, network) != nil else {
      return (.reject, .none)
    }
    var hop = NextHop.none
    if out {
      guard let found = route(to: far, from: interface, network) else { return (.reject, .none) }
      hop = found
    }
    if var known = connection, passes {
      known.see(direction, flags, now)
      connections[ends] = known
      return (.accept, hop)
    }
    let tracked = isTracked(key, direction, interface, far, hop, network)
    let isAnswer = connection.map { $0.begunBy != direction } ?? false
    if begins(key, flags), tracked, !isAnswer {
      connections[ends] = Connection(
        begunBy: direction, isTracked: true, turns: [direction], lastSeen: now)
    } else if connection != nil {
      connections[ends]?.lastSeen = now
    } else if key.protocol == .udp {
      connections[ends] = Connection(
        begunBy: direction, isTracked: false, turns: [direction], lastSeen: now)
    } else {
      connections[ends] = nil
    }
    return (.accept, hop)
  }

  func begins(_ key: FlowKey, _ flags: TCPHeader.Flags) -> Bool {
    if key.protocol == .tcp {
      return flags.contains(.syn) && !flags.contains(.ack) && !flags.contains(.rst)
    }
    return key.protocol != .icmp || key.icmpType == 8 || key.icmpType == 13
  }

  func matches(_ rule: SecurityGroupRule, _ key: FlowKey) -> Bool {
    switch rule.traffic {
    case .all: return true
    case .tcp(let ports): return key.protocol == .tcp && ports.contains(key.destinationPort)
    case .udp(let ports): return key.protocol == .udp && ports.contains(key.destinationPort)
    case .icmp(let type, let code):
      return key.protocol == .icmp && (type == nil || type == key.icmpType)
        && (code == nil || code == key.icmpCode)
    case .other(let number): return key.protocol == number
    }
  }

  func rules(
    _ direction: TrafficDirection, _ interface: NetworkInterface, _ network: VirtualPrivateCloud
  ) -> [SecurityGroupRule] {
    interface.securityGroups.flatMap {
      let group = network.securityGroups[Int($0.rawValue)]
      return direction == .egress ? group.egress : group.ingress
    }
  }

  func rule(
    for key: FlowKey, _ direction: TrafficDirection, _ interface: NetworkInterface,
    _ far: IPv4Address, _ network: VirtualPrivateCloud
  ) -> SecurityGroupRule? {
    let peerGroups =
      network.interfaces.first { $0.exists && $0.address == far }?.securityGroups ?? []
    return rules(direction, interface, network).first { rule in
      let peerMatches =
        switch rule.peer {
        case .prefix(let block): block.contains(far)
        case .securityGroup(let group): peerGroups.contains(group)
        }
      return peerMatches && matches(rule, key)
    }
  }

  func isTracked(
    _ key: FlowKey, _ direction: TrafficDirection, _ interface: NetworkInterface,
    _ far: IPv4Address, _ hop: NextHop, _ network: VirtualPrivateCloud
  ) -> Bool {
    guard key.protocol == .tcp || key.protocol == .udp else { return true }
    let peer = network.interfaces.first { $0.exists && $0.address == far }
    if interface.type == .lambda || peer?.type == .lambda { return true }
    if case .gateway(let gateway) = hop,
      network.gateways[Int(gateway.rawValue)].kind == .natGateway
    {
      return true
    }
    let everywhere = SecurityGroupRule.Peer.prefix(prefix(0, 0, 0, 0, 0))
    let open = rules(direction, interface, network).contains {
      $0.peer == everywhere && matches($0, key)
    }
    let back = direction == .egress ? TrafficDirection.ingress : .egress
    let openBack = rules(back, interface, network).contains {
      $0.peer == everywhere
        && ($0.traffic == .all || key.protocol == .tcp && $0.traffic == .tcp(0...65535)
          || key.protocol == .udp && $0.traffic == .udp(0...65535))
    }
    return !(open && openBack)
  }

  func route(
    to far: IPv4Address, from interface: NetworkInterface, _ network: VirtualPrivateCloud
  ) -> NextHop? {
    let holder = network.interfaces.firstIndex { $0.exists && $0.address == far }
      .map { NextHop.interface(InterfaceIndex(rawValue: UInt32($0))) }
    let subnet = network.subnets[Int(interface.subnet.rawValue)]
    if subnet.cidr.contains(far) { return holder }
    if (224...239).contains(far.rawValue >> 24) { return nil }
    let table = network.routeTables[Int(subnet.routeTable.rawValue)]
    let best = table.routes.filter { $0.destination.contains(far) }
      .max { $0.destination.length < $1.destination.length }
    switch best?.target {
    case nil, .blackhole: return nil
    case .local: return holder
    case .networkInterface(let index): return .interface(index)
    case .gateway(let index): return .gateway(index)
    }
  }
}

@Suite struct DataPlaneOracleTests {
  #if DEBUG
    static let packets = 1_000
  #else
    static let packets = 20_000
  #endif

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `Random packets under random rules never break the specification`(seed: UInt64) throws {
    var world = try RandomWorld(seed: seed)
    var plane = DataPlane(world.network, expectingFlows: 0)
    var spec = SpecifiedDataPlane()
    var now: Int64 = 0
    var accepted = 0
    var fast = 0
    var recent: [(FlowKey, InterfaceIndex)] = []
    for number in 0..<Self.packets {
      now += world.nextPause()
      if Int.random(in: 0..<200, using: &world.random) == 0 {
        try plane.update { (network) throws(VirtualNetworkError) in
          try world.change(&network)
        }
      }
      let (key, index) = world.nextPacket(plane.network, &recent)
      let flags = world.nextFlags(key.protocol)
      let direction: TrafficDirection = Bool.random(using: &world.random) ? .egress : .ingress
      let packet = direction == .egress ? key : key.reversed
      let (verdict, hop) = spec.judge(packet, direction, flags, index, now, plane.network)
      let instant = Instant(nanoseconds: now)
      let got =
        direction == .egress
        ? plane.egress(packet, flags: flags, from: index, now: instant)
        : plane.ingress(packet, flags: flags, at: index, now: instant)
      guard got.verdict == verdict, got.nextHop == hop else {
        Issue.record(
          "packet \(number): \(direction) \(packet): \(got), but should be \(verdict) \(hop)")
        return
      }
      let decision = plane.decision(got.decision)
      #expect(decision.verdict == verdict)
      #expect(decision.direction == direction)
      #expect(decision.interface == index)
      #expect(!decision.reasons.isEmpty)
      if verdict == .accept { accepted += 1 }
      if !got.isSlowPath { fast += 1 }
    }
    // Neither verdict and neither path may be rare, or little was tested.
    #expect((Self.packets / 5...Self.packets * 4 / 5).contains(accepted))
    #expect(fast > Self.packets / 10)
  }
}

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
