import PacketFormats
import VirtualNetwork

/// The rules of lambda-vpc §7 with no thought for speed.
///
/// Every packet is judged from scratch, and connections are kept in a dictionary. The fast one must
/// agree with it.
struct SpecifiedDataPlane {
  struct Ends: Hashable {
    var interface: InterfaceIndex
    var number: IPProtocol
    var own: IPAddress
    var ownPort: UInt16
    var far: IPAddress
    var farPort: UInt16
    var icmpQuery: UInt8
    var icmpCode: UInt8

    init(_ packet: Packet, _ direction: TrafficDirection, _ interface: InterfaceIndex) {
      self.interface = interface
      let key = packet.key
      number = key.protocol
      let out = direction == .egress
      own = out ? packet.source : packet.destination
      far = out ? packet.destination : packet.source
      if key.protocol == .icmp || key.protocol == .icmpv6 {
        // A query out and its reply in are one connection; so are a query in and its reply out.
        let pairs: [UInt8: UInt8] = [0: 8, 8: 0, 13: 14, 14: 13, 128: 129, 129: 128]
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

  /// A packet with its addresses, which an IPv6 flow's key does not tell.
  struct Packet {
    var key: FlowKey
    var source: IPAddress
    var destination: IPAddress
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
      case .icmp, .icmpv6: return 30
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
    _ packet: Packet, _ direction: TrafficDirection, _ flags: TCPHeader.Flags,
    _ index: InterfaceIndex, from previous: SubnetIndex?, _ now: Int64,
    _ network: VirtualPrivateCloud
  ) -> (PathVerdict, NextHop) {
    let key = packet.key
    let interface = network.interfaces[Int(index.rawValue)]
    let out = direction == .egress
    let (own, far) =
      out ? (packet.source, packet.destination) : (packet.destination, packet.source)
    guard interface.exists else { return (.reject, .none) }
    if interface.checksSourceAndDestination, !interface.allAddresses.contains(own),
      !interface.delegatedPrefixes.contains(where: { $0.contains(own) })
    {
      return (.reject, .none)
    }
    if let service = network.service(at: far) { return (.accept, out ? .service(service) : .none) }
    if !out, previous != interface.subnet,
      !aclAllows(key, direction, far, interface.subnet, network)
    {
      return (.reject, .none)
    }

    let ends = Ends(packet, direction, index)
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
    let isFiltered = !interface.securityGroups.isEmpty
    guard !isFiltered || passes || rule(for: key, direction, interface, far, network) != nil else {
      return (.reject, .none)
    }
    var hop = NextHop.none
    if out {
      let found = route(to: far, from: interface, network)
      var stays = network.subnets[Int(interface.subnet.rawValue)].contains(far)
      if case .interface(let next) = found {
        stays = network.interfaces[Int(next.rawValue)].subnet == interface.subnet
      }
      guard stays || aclAllows(key, direction, far, interface.subnet, network), let found else {
        return (.reject, .none)
      }
      hop = found
    }
    // What has no security groups remembers nothing.
    guard isFiltered else { return (.accept, hop) }
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
    if key.protocol == .icmpv6 { return key.icmpType == 128 }
    return key.protocol != .icmp || key.icmpType == 8 || key.icmpType == 13
  }

  func aclAllows(
    _ key: FlowKey, _ direction: TrafficDirection, _ far: IPAddress, _ subnet: SubnetIndex,
    _ network: VirtualPrivateCloud
  ) -> Bool {
    let acl = network.networkACLs[Int(network.subnets[Int(subnet.rawValue)].networkACL.rawValue)]
    let matching = acl.rules(direction).filter {
      matches($0.traffic, key) && $0.peer.contains(far)
    }
    return matching.min { $0.number < $1.number }?.action == .allow
  }

  func matches(_ traffic: SecurityGroupRule.Traffic, _ key: FlowKey) -> Bool {
    switch traffic {
    case .all: return true
    case .tcp(let ports): return key.protocol == .tcp && ports.contains(key.destinationPort)
    case .udp(let ports): return key.protocol == .udp && ports.contains(key.destinationPort)
    case .icmp(let type, let code):
      return key.protocol == .icmp && (type == nil || type == key.icmpType)
        && (code == nil || code == key.icmpCode)
    case .icmpv6(let type, let code):
      return key.protocol == .icmpv6 && (type == nil || type == key.icmpType)
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
    _ far: IPAddress, _ network: VirtualPrivateCloud
  ) -> SecurityGroupRule? {
    let peerGroups = holder(of: far, network)?.securityGroups ?? []
    return rules(direction, interface, network).first { rule in
      let peerMatches =
        switch rule.peer {
        case .prefix(let block): block.contains(far)
        case .prefixList(let list):
          network.prefixLists[Int(list.rawValue)].entries.contains { $0.contains(far) }
        case .securityGroup(let group): peerGroups.contains(group)
        case .peeredSecurityGroup(let group):
          network.peeredGroups[Int(group.rawValue)].members.contains(far)
        }
      return peerMatches && matches(rule.traffic, key)
    }
  }

  func isTracked(
    _ key: FlowKey, _ direction: TrafficDirection, _ interface: NetworkInterface,
    _ far: IPAddress, _ hop: NextHop, _ network: VirtualPrivateCloud
  ) -> Bool {
    guard key.protocol == .tcp || key.protocol == .udp else { return true }
    let peer = holder(of: far, network)
    if interface.type == .lambda || peer?.type == .lambda || peer?.type == .natGateway {
      return true
    }
    if case .interface(let next) = hop,
      network.interfaces[Int(next.rawValue)].type == .natGateway
    {
      return true
    }
    if case .gateway(let gateway) = hop,
      network.gateways[Int(gateway.rawValue)].kind == .regionalNAT
    {
      return true
    }
    let everywhere = SecurityGroupRule.Peer.prefix(.everything(far.family))
    let open = rules(direction, interface, network).contains {
      $0.peer == everywhere && matches($0.traffic, key)
    }
    let back = direction == .egress ? TrafficDirection.ingress : .egress
    let openBack = rules(back, interface, network).contains {
      $0.peer == everywhere
        && ($0.traffic == .all || key.protocol == .tcp && $0.traffic == .tcp(0...65535)
          || key.protocol == .udp && $0.traffic == .udp(0...65535))
    }
    return !(open && openBack)
  }

  func holder(of address: IPAddress, _ network: VirtualPrivateCloud) -> NetworkInterface? {
    network.interfaces.first {
      $0.exists
        && ($0.allAddresses.contains(address)
          || $0.delegatedPrefixes.contains { $0.contains(address) })
    }
  }

  func route(
    to far: IPAddress, from interface: NetworkInterface, _ network: VirtualPrivateCloud
  ) -> NextHop? {
    let holder = holder(of: far, network).flatMap { network.interface(named: $0.name) }
      .map { NextHop.interface($0) }
    let subnet = network.subnets[Int(interface.subnet.rawValue)]
    if subnet.contains(far) { return holder }
    switch far {
    case .v4(let far): if (224...239).contains(far.rawValue >> 24) { return nil }
    case .v6(let far): if far.high >> 56 == 0xff || far.high >> 48 == 0xfe80 { return nil }
    }
    switch network.route(for: far, in: subnet.routeTable)?.target {
    case nil, .blackhole: return nil
    case .local: return holder
    case .networkInterface(let index): return .interface(index)
    case .gateway(let index): return .gateway(index)
    }
  }
}
