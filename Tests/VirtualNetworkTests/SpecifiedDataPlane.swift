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
