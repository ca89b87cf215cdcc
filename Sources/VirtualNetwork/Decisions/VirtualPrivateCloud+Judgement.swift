import PacketFormats

/// The slow path: what the configuration says about one packet.
///
/// Resources are read in place, for copying one takes a dozen reference counts and a million flows
/// come through here.
///
/// Out: source check, security groups, route. In: destination check, security groups
/// (lambda-vpc §7.5).
extension VirtualPrivateCloud {
  /// Judges a packet by the configuration.
  ///
  /// - Parameters:
  ///   - packet: Its flow, its sender as source.
  ///   - direction: Which way it crosses the interface.
  ///   - index: The interface.
  ///   - connection: The decision that let its connection through, if it belongs to a tracked one.
  /// - Returns: The verdict and what it rests on.
  func judge(
    _ packet: FlowKey, _ direction: TrafficDirection, at index: InterfaceIndex,
    connection: DecisionIndex?
  ) -> DecisionShape {
    var shape = DecisionShape(
      interface: index, direction: direction, filter: .notAsked, path: .notAsked, tracks: false)
    let position = index.position
    let (own, other) =
      direction == .egress
      ? (packet.source, packet.destination) : (packet.destination, packet.source)
    guard interfaces[position].exists else {
      shape.path = .deleted
      return shape
    }
    guard
      own == interfaces[position].address || !interfaces[position].checksSourceAndDestination
    else {
      shape.path = .foreign
      return shape
    }
    if let service = service(at: other) {
      shape.filter = .exempt(service)
      shape.path = direction == .egress ? .service(service) : .intoHost
      return shape
    }
    if let connection {
      shape.filter = .tracked(since: connection)
    } else if let (group, rule) = matchingRule(packet, direction, at: position, peer: other) {
      shape.filter = .matched(group, rule: rule)
    } else {
      shape.filter = .refused
      return shape
    }
    shape.path =
      direction == .egress ? path(to: other, from: interfaces[position].subnet) : .intoHost
    if case .matched = shape.filter {
      shape.tracks = isTracked(packet, direction, at: position, peer: other, shape.nextHop)
    }
    return shape
  }

  /// The first rule that lets the packet through, in the order of the interface's groups.
  private func matchingRule(
    _ packet: FlowKey, _ direction: TrafficDirection, at position: Int, peer: IPv4Address
  ) -> (SecurityGroupIndex, rule: Int)? {
    for group in interfaces[position].securityGroups {
      let rules = securityGroups[group.position].rules(direction)
      if let rule = rules.firstIndex(where: {
        $0.traffic.contains(packet) && covers($0.peer, peer)
      }) {
        return (group, rule)
      }
    }
    return nil
  }

  /// Whether a rule about `peer` applies to a packet whose far end is `address`.
  ///
  /// For a security group, that is whether the interface with the address is in the group
  /// (lambda-vpc §7.4).
  private func covers(_ peer: SecurityGroupRule.Peer, _ address: IPv4Address) -> Bool {
    switch peer {
    case .prefix(let prefix): prefix.contains(address)
    case .securityGroup(let group):
      holders[address].map { interfaces[$0.position].securityGroups.contains(group) } ?? false
    }
  }

  /// Whether a connection that begins with `packet` is tracked.
  ///
  /// AWS, "Security group connection tracking": a TCP or UDP flow is not tracked if a rule lets it
  /// through from or to everywhere and a rule of the other direction lets all ports through to or
  /// from everywhere, unless it passes something whose connections are tracked always
  /// (lambda-vpc §7.4).
  private func isTracked(
    _ packet: FlowKey, _ direction: TrafficDirection, at position: Int, peer: IPv4Address,
    _ nextHop: NextHop
  ) -> Bool {
    guard packet.protocol == .tcp || packet.protocol == .udp else { return true }
    if interfaces[position].isAlwaysTracked { return true }
    if let peer = holders[peer], interfaces[peer.position].isAlwaysTracked { return true }
    if case .gateway(let gateway) = nextHop, gateways[gateway.position].isAlwaysTracked {
      return true
    }
    let groups = interfaces[position].securityGroups
    let isOpenThere = groups.contains { group in
      securityGroups[group.position].rules(direction).contains {
        $0.peer == .anywhere && $0.traffic.contains(packet)
      }
    }
    let isOpenBack = groups.contains { group in
      securityGroups[group.position].rules(direction.opposite).contains {
        $0.peer == .anywhere && $0.traffic.containsEverything(of: packet.protocol)
      }
    }
    return !(isOpenThere && isOpenBack)
  }

  /// Where a packet from a host in `subnet` to `destination` goes.
  private func path(
    to destination: IPv4Address, from subnet: SubnetIndex
  ) -> DecisionShape.Path {
    // Hosts send to their own subnet without the router, so no route is asked (lambda-vpc §7.2).
    if subnets[subnet.position].cidr.contains(destination) {
      return holders[destination].map { .neighbour($0) } ?? .noNeighbour
    }
    guard Self.isRoutable(destination) else { return .unroutable }
    let table = subnets[subnet.position].routeTable.position
    guard let route = routeTables[table].bestMatch(for: destination) else { return .noRoute }
    switch routeTables[table].routes[route].target {
    case .local:
      return holders[destination].map { .routed(route, .interface($0)) } ?? .nobody(route)
    case .networkInterface(let index): return .routed(route, .interface(index))
    case .gateway(let index): return .routed(route, .gateway(index))
    case .blackhole: return .blackhole(route)
    }
  }

  /// Whether routes apply to an address at all.
  ///
  /// A VPC has neither broadcast nor multicast (lambda-vpc §7.2), and its own link-local block is
  /// not routable (§7.1).
  private static func isRoutable(_ address: IPv4Address) -> Bool {
    let isMulticast = address.rawValue >> 28 == 0xe
    return !isMulticast && address.rawValue != .max
      && !LinkLocalService.unroutableBlock.contains(address)
  }
}
