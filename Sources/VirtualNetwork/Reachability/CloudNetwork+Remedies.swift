import PacketFormats

/// What would let a packet through.
extension CloudNetwork {
  /// Changes after which the packet and its answer pass, each found by trying.
  ///
  /// - Returns: As few as could be found, or none if nothing that is known here helps.
  func remedies(for outcome: Outcome, _ query: PathQuery) -> [Remedy] {
    // A path that could be meant needs fewer changes and fewer attempts.
    var attempts = 64
    return remedies(for: outcome, query, upTo: 8, &attempts) ?? []
  }

  /// Tries what helps against the obstacle, then what helps against the next one.
  private func remedies(
    for outcome: Outcome, _ query: PathQuery, upTo limit: Int, _ attempts: inout Int
  ) -> [Remedy]? {
    guard let obstacle = outcome.obstacle else { return [] }
    guard limit > 0 else { return nil }
    var candidates: [(remedy: Remedy, cloud: CloudNetwork, outcome: Outcome)] = []
    for (vpc, change) in changes(against: obstacle) where attempts > 0 {
      guard let changed = applying(change, to: vpc),
        let (packet, start) = try? changed.beginning(of: query)
      else { continue }
      attempts -= 1
      let next = changed.follow(packet, from: start, query)
      if next.obstacle == nil { return [remedy(change, vpc)] }
      if next.progress > outcome.progress {
        candidates.append((remedy(change, vpc), changed, next))
      }
    }
    // Those that lead furthest come first; of equals the first.
    for (_, candidate) in candidates.enumerated().sorted(by: { a, b in
      a.element.outcome.progress == b.element.outcome.progress
        ? a.offset < b.offset : a.element.outcome.progress > b.element.outcome.progress
    }) {
      let rest = candidate.cloud.remedies(
        for: candidate.outcome, query, upTo: limit - 1, &attempts)
      if let rest { return [candidate.remedy] + rest }
    }
    return nil
  }

  /// Changes that may help against an obstacle, the best first.
  private func changes(
    against obstacle: PathWalk.Obstacle
  ) -> [(VPCIndex, Remedy.Change)] {
    guard let index = obstacle.vpc else { return [] }
    let vpc = vpcs[index.position]
    let changes: [Remedy.Change]
    switch obstacle.component {
    case .securityGroup: changes = groupChanges(obstacle, vpc)
    case .networkACL(let list): changes = aclChanges(obstacle, vpc, list)
    case .routeTable(let table): changes = routeChanges(obstacle.packet.destination, vpc, table)
    case .networkInterface(let interface)
    where obstacle.code == .sourceDestinationCheck: changes = [.switchCheckOff(interface)]
    case .networkInterface, .subnet, .mappingService, .service: changes = []
    case nil: changes = gatewayChanges(obstacle, vpc)
    }
    return changes.map { (index, $0) }
  }

  /// A rule for exactly such packets: about the other interface's group if there is one, else about its
  /// address.
  private func groupChanges(
    _ obstacle: PathWalk.Obstacle, _ vpc: VirtualPrivateCloud
  ) -> [Remedy.Change] {
    guard case .networkInterface(let index)? = obstacle.place,
      let group = vpc.interfaces[index.position].securityGroups.first
    else { return [] }
    let isEgress = obstacle.direction == .egress
    let far = isEgress ? obstacle.packet.destination : obstacle.packet.source
    let peers = vpc.interface(at: far).map { vpc.interfaces[$0.position].securityGroups } ?? []
    let peer: SecurityGroupRule.Peer =
      peers.first.map { .securityGroup($0) } ?? .prefix(IPPrefix(far))
    return [
      .authorize(
        SecurityGroupRule(obstacle.packet.traffic, peer: peer), obstacle.direction, group)
    ]
  }

  /// A rule in front of the one that denies: for answers, about all ports that clients use.
  private func aclChanges(
    _ obstacle: PathWalk.Obstacle, _ vpc: VirtualPrivateCloud, _ list: NetworkACLIndex
  ) -> [Remedy.Change] {
    let rules = vpc.networkACLs[list.position].rules(obstacle.direction)
    let far =
      obstacle.direction == .egress ? obstacle.packet.destination : obstacle.packet.source
    var traffic = obstacle.packet.traffic
    if !obstacle.packet.isFirst, obstacle.packet.destinationPort >= 1024 {
      // VPC guide, "Ephemeral ports": clients use 1024 to 65535.
      if case .tcp = traffic { traffic = .tcp(1024...65535) }
      if case .udp = traffic { traffic = .udp(1024...65535) }
    }
    let denying = rules.first { $0.action == .deny && $0.peer.contains(far) }?.number
    let taken = Set(rules.map(\.number))
    let highest = (denying ?? ((rules.last?.number ?? 0) + 101)) - 1
    guard
      let number = stride(from: min(highest, 32766), to: 0, by: -1).first(where: {
        !taken.contains($0)
      })
    else { return [] }
    return [
      .addACLRule(
        NetworkACLRule(number, .allow, traffic, peer: IPPrefix(far)), obstacle.direction, list)
    ]
  }

  /// Routes to everything that may lead there: what joins VPCs for its addresses, gateways and NAT
  /// gateways for the rest.
  private func routeChanges(
    _ destination: IPAddress, _ vpc: VirtualPrivateCloud, _ table: RouteTableIndex
  ) -> [Remedy.Change] {
    let block =
      vpcs.lazy.flatMap(\.allBlocks).first { $0.contains(destination) }
      ?? (destination.family == .v4 ? .everything(.v4) : .everything(.v6))
    var targets: [(Route.Destination, RouteTarget)] = []
    for (place, gateway) in vpc.gateways.enumerated() {
      let target = RouteTarget.gateway(GatewayIndex(place))
      if case .gatewayEndpoint(_, let list) = gateway.kind {
        if vpc.prefixLists[list.position].contains(destination) {
          targets.insert((.prefixList(list), target), at: 0)
        }
      } else {
        targets.append((.prefix(block), target))
      }
    }
    for (place, interface) in vpc.interfaces.enumerated()
    where interface.exists && interface.type == .natGateway {
      targets.append((.prefix(block), .networkInterface(InterfaceIndex(place))))
    }
    let existing = vpc.route(for: destination, in: table)
    return targets.map { destination, target in
      let route = Route(to: destination, via: target)
      return existing?.destination == destination && existing?.origin == .static
        ? .replaceRoute(route, table) : .addRoute(route, table)
    }
  }

  private func gatewayChanges(
    _ obstacle: PathWalk.Obstacle, _ vpc: VirtualPrivateCloud
  ) -> [Remedy.Change] {
    switch obstacle.refusal {
    case .noPublicAddress(.v4(let address)):
      guard let sender = obstacle.sender else { return [] }
      let subnet = vpc.subnets[vpc.interfaces[sender.position].subnet.position]
      var changes = routeChanges(obstacle.packet.destination, vpc, subnet.routeTable)
      // A NAT gateway is what AWS advises; where there is none, or for Lambda's own interface, which
      // takes no public address, nothing is left but the address.
      if let index = vpc.interface(at: .v4(address)),
        vpc.interfaces[index.position].type != .lambda
      {
        changes.append(.associateAddress(unusedPublicAddress, address, index))
      }
      return changes
    case .noTransitRoute(let table, let destination), .transitBlackhole(let table, let destination):
      return transitChanges(table, destination)
    case .destinationOutsidePeer(let destination, _):
      guard let sender = obstacle.sender else { return [] }
      let subnet = vpc.subnets[vpc.interfaces[sender.position].subnet.position]
      return routeChanges(destination, vpc, subnet.routeTable)
    default: return []
    }
  }

  /// An address that documents may use and no interface has (RFC 5737, section 3).
  private var unusedPublicAddress: IPv4Address {
    let block = IPv4Prefix(IPv4Address(192, 0, 2, 0), length: 24)
    let free = (1..<255).lazy.map { block[$0] }.first { address in
      !vpcs.contains { $0.association(of: address) != nil }
        && internet.host(at: .v4(address)) == nil
    }
    return free ?? block[-2]
  }

  private func transitChanges(_ table: String, _ destination: IPAddress) -> [Remedy.Change] {
    for (number, gateway) in transitGateways.enumerated() {
      guard let table = gateway.table(named: table) else { continue }
      for (place, attachment) in gateway.attachments.enumerated() {
        guard let block = attachment.blocks.first(where: { $0.contains(destination) }) else {
          continue
        }
        return [.addTransitRoute(block, TransitAttachmentIndex(place), table, number)]
      }
    }
    return []
  }

  /// A change in words.
  private func remedy(_ change: Remedy.Change, _ index: VPCIndex) -> Remedy {
    let vpc = vpcs[index.position]
    let sentence: String
    switch change {
    case .authorize(let rule, let direction, let group):
      sentence =
        "add to security group \(vpc.securityGroups[group.position].name) the \(direction) rule "
        + vpc.text(rule, direction)
    case .addACLRule(let rule, let direction, let list):
      sentence =
        "add to network ACL \(vpc.networkACLs[list.position].name) the \(direction) rule "
        + vpc.text(rule, direction)
    case .addRoute(let route, let table):
      sentence =
        "add to route table \(vpc.routeTables[table.position].name) the route "
        + "\(vpc.text(route.destination)) to \(vpc.name(of: route.target))"
    case .replaceRoute(let route, let table):
      sentence =
        "let the route \(vpc.text(route.destination)) of route table "
        + "\(vpc.routeTables[table.position].name) lead to \(vpc.name(of: route.target))"
    case .switchCheckOff(let interface):
      sentence =
        "switch the source and destination check of \(vpc.interfaces[interface.position].name) off"
    case .associateAddress(_, let own, let interface):
      sentence =
        "associate a public address with \(own) of \(vpc.interfaces[interface.position].name)"
    case .addTransitRoute(let block, let attachment, let table, let transit):
      let gateway = transitGateways[transit]
      sentence =
        "add to route table \(gateway.tables[table.position].name) of transit gateway "
        + "\(gateway.name) the route \(block) to \(gateway.attachments[attachment.position].name)"
    }
    return Remedy(vpc: vpc.name, sentence: sentence, change: change)
  }
}

extension VirtualPrivateCloud {
  /// What a route leads to, by name.
  fileprivate func name(of target: RouteTarget) -> String {
    switch target {
    case .local: "local"
    case .blackhole: "nowhere"
    case .gateway(let index): gateways[index.position].name
    case .networkInterface(let index): interfaces[index.position].name
    }
  }
}

extension PathPacket {
  /// The packet as rules state it.
  fileprivate var traffic: SecurityGroupRule.Traffic {
    switch self.protocol {
    case .tcp: .tcp(destinationPort...destinationPort)
    case .udp: .udp(destinationPort...destinationPort)
    case .icmp: .icmp(type: UInt8(destinationPort >> 8), code: nil)
    case .icmpv6: .icmpv6(type: UInt8(destinationPort >> 8), code: nil)
    default: .other(self.protocol)
    }
  }
}
