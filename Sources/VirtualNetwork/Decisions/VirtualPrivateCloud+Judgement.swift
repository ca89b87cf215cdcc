import PacketFormats

/// The slow path: what the configuration says about one packet.
///
/// Resources are read in place, for copying one takes a dozen reference counts and a million flows
/// come through here.
///
/// Out: source check, security groups, network ACL, route. In: destination check, network ACL, security
/// groups (lambda-vpc §7.5).
extension VirtualPrivateCloud {
  /// A packet and where it is judged.
  struct Question {
    /// Its flow, its sender as source.
    let packet: FlowKey
    let source: IPAddress
    let destination: IPAddress
    /// Which way it crosses the interface.
    let direction: TrafficDirection
    let interface: InterfaceIndex
    /// The subnet of the interface that it comes from, if it comes from one of this VPC.
    let previousSubnet: SubnetIndex?
    /// The decision that let its connection through, if it belongs to a tracked one.
    let connection: DecisionIndex?
  }

  /// Judges a packet at a network interface by the configuration.
  ///
  /// - Parameters:
  ///   - question: The packet and the interface.
  ///   - rules: The configuration's rules, compiled.
  /// - Returns: The verdict and what it rests on.
  func judge(_ question: Question, by rules: CompiledRules) -> DecisionShape {
    var shape = DecisionShape(
      place: .networkInterface(question.interface), direction: question.direction,
      filter: .notAsked, border: .notAsked, path: .notAsked, connection: question.connection,
      tracks: false)
    let position = question.interface.position
    let isEgress = question.direction == .egress
    let (own, other) =
      isEgress
      ? (question.source, question.destination) : (question.destination, question.source)
    guard interfaces[position].exists else {
      shape.path = .deleted
      return shape
    }
    guard
      !interfaces[position].checksSourceAndDestination
        || interface(question.interface, has: own)
    else {
      shape.path = .foreign
      return shape
    }
    if let service = service(at: other) {
      shape.filter = .exempt(service)
      shape.path = isEgress ? .service(service) : .intoHost
      return shape
    }
    let far = FarEnd(other, in: self)
    let subnet = interfaces[position].subnet
    if !isEgress, question.previousSubnet != subnet {
      shape.border = border(of: subnet, question, far, rules)
      if shape.border.denies { return shape }
    }
    filter(question, far, rules, &shape)
    if shape.filter == .refused { return shape }
    if isEgress {
      let path = path(to: other, far, from: subnet, rules)
      if !stays(path, in: subnet) { shape.border = border(of: subnet, question, far, rules) }
      if !shape.border.denies { shape.path = path }
    } else {
      shape.path = .intoHost
    }
    if case .matched = shape.filter { track(question, far, rules, &shape) }
    return shape
  }

  /// Whether an interface has an address, by itself or with a delegated prefix.
  private func interface(_ index: InterfaceIndex, has address: IPAddress) -> Bool {
    if case .v4(let address) = address, address == interfaces[index.position].address {
      return true
    }
    return interface(at: address) == index
  }

  /// Asks the security groups, unless the packet belongs to a tracked connection.
  private func filter(
    _ question: Question, _ far: FarEnd, _ rules: CompiledRules, _ shape: inout DecisionShape
  ) {
    let position = question.interface.position
    if interfaces[position].securityGroups.isEmpty {
      shape.filter = .unfiltered
    } else if question.connection != nil {
      shape.filter = .tracked
    } else if let rule = rules.rule(
      for: question.packet, question.direction, groupSet: interfaces[position].groupSet, far: far)
    {
      shape.filter = .matched(rule.group, rule: Int(rule.rule))
    } else {
      shape.filter = .refused
    }
  }

  /// Asks the network ACL of a subnet.
  private func border(
    of subnet: SubnetIndex, _ question: Question, _ far: FarEnd, _ rules: CompiledRules
  ) -> DecisionShape.Border {
    let list = subnets[subnet.position].networkACL
    let verdict = rules.verdict(on: question.packet, question.direction, list, far: far)
    let rule = verdict.rule.map(Int.init)
    if verdict.allows, let rule { return .allowed(list, rule: rule) }
    return .denied(list, rule: rule)
  }

  /// Whether a packet that takes `path` from a host in `subnet` stays there, where no network ACL is asked.
  ///
  /// AWS judges what enters and leaves the subnet. Assumed: what a route hands to an interface of
  /// the same subnet, such as a NAT gateway's, has not left it.
  private func stays(_ path: DecisionShape.Path, in subnet: SubnetIndex) -> Bool {
    switch path {
    case .neighbour, .noNeighbour: true
    case .routed(_, _, .interface(let index)): interfaces[index.position].subnet == subnet
    default: false
    }
  }

  /// Says whether a connection that begins with such a packet is tracked.
  ///
  /// AWS, "Security group connection tracking": a TCP or UDP flow is not tracked if the rules are open to
  /// everywhere both ways, unless it passes something whose connections are tracked always
  /// (lambda-vpc §7.4).
  private func track(
    _ question: Question, _ far: FarEnd, _ rules: CompiledRules, _ shape: inout DecisionShape
  ) {
    let position = question.interface.position
    var isAlwaysTracked =
      interfaces[position].isAlwaysTracked
      || far.holder.map { interfaces[$0.position].isAlwaysTracked } ?? false
    switch shape.nextHop {
    case .gateway(let index):
      let kind = gateways[index.position].kind
      if kind.isAlwaysTracked { isAlwaysTracked = true }
      if case .gatewayEndpoint(.dynamodb, _) = kind { shape.countsTwice = true }
    case .interface(let index):
      if interfaces[index.position].isAlwaysTracked { isAlwaysTracked = true }
    case .none, .service: break
    }
    let number = question.packet.protocol
    shape.tracks =
      isAlwaysTracked || number != .tcp && number != .udp
      || !rules.leavesUntracked(
        question.packet, question.direction, groupSet: interfaces[position].groupSet, far: far)
  }

  /// Where a packet from a host in `subnet` to `destination` goes.
  private func path(
    to destination: IPAddress, _ far: FarEnd, from subnet: SubnetIndex, _ rules: CompiledRules
  ) -> DecisionShape.Path {
    // Hosts send to their own subnet without the router, so no route is asked (lambda-vpc §7.2).
    if subnets[subnet.position].contains(destination) {
      return far.holder.map { .neighbour($0) } ?? .noNeighbour
    }
    return path(to: destination, far.holder, by: subnets[subnet.position].routeTable, rules)
  }

  /// Where a route table sends a packet.
  private func path(
    to destination: IPAddress, _ holder: InterfaceIndex?, by table: RouteTableIndex,
    _ rules: CompiledRules
  ) -> DecisionShape.Path {
    guard Self.isRoutable(destination) else { return .unroutable(table) }
    guard let route = rules.route(in: table, to: destination) else { return .noRoute(table) }
    switch routeTables[table.position].routes[route].target {
    case .local:
      return holder.map { .routed(table, route, .interface($0)) } ?? .nobody(table, route)
    case .networkInterface(let index): return .routed(table, route, .interface(index))
    case .gateway(let index): return .routed(table, route, .gateway(index))
    case .blackhole: return .blackhole(table, route)
    }
  }

  /// Judges where a packet that comes in through a gateway goes.
  ///
  /// The gateway's own route table decides, or that of the subnet in which it is attached, or else the
  /// mapping service alone: what comes in is for an address of the VPC.
  ///
  /// - Parameters:
  ///   - destination: The packet's receiver.
  ///   - gateway: The gateway.
  ///   - attachment: The interface through which a transit gateway reaches in.
  ///   - rules: The configuration's rules, compiled.
  /// - Returns: The verdict and what it rests on.
  func judgeArrival(
    of destination: IPAddress, through gateway: GatewayIndex, at attachment: InterfaceIndex?,
    by rules: CompiledRules
  ) -> DecisionShape {
    var shape = DecisionShape(
      place: .gateway(gateway), direction: .ingress, filter: .notAsked, border: .notAsked,
      path: .notAsked, connection: nil, tracks: false)
    let holder = interface(at: destination)
    if let attachment, interfaces[attachment.position].exists {
      let subnet = subnets[interfaces[attachment.position].subnet.position]
      shape.path =
        subnet.contains(destination)
        ? holder.map { .neighbour($0) } ?? .nobodyInVPC
        : path(to: destination, holder, by: subnet.routeTable, rules)
    } else if let table = gateways[gateway.position].routeTable {
      shape.path = path(to: destination, holder, by: table, rules)
    } else if contains(destination) {
      shape.path = holder.map { .delivered($0) } ?? .nobodyInVPC
    } else {
      shape.path = .notOfVPC
    }
    return shape
  }

  /// Whether routes apply to an address at all.
  ///
  /// A VPC has neither broadcast nor multicast (lambda-vpc §7.2), and its own link-local block is
  /// not routable (§7.1).
  private static func isRoutable(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let address):
      !address.isMulticast && address.rawValue != .max
        && !LinkLocalService.unroutableBlock.contains(address)
    case .v6(let address):
      !address.isMulticast && !address.isLinkLocal
        && !LinkLocalService.unroutableIPv6Block.contains(address)
    }
  }
}
