import PacketFormats

extension CloudNetwork {
  /// Says what would become of a packet and of its answer, and what change would let them through.
  ///
  /// Routes, groups and ACLs are asked as for the packets of a run, connections included. What hosts do
  /// is not looked at: whoever has the address answers.
  ///
  /// - Parameter query: The packet.
  /// - Returns: The steps of both, and what would help.
  /// - Throws: If an end of the path is nobody, or several.
  public func analyze(_ query: PathQuery) throws(CloudNetworkError) -> PathAnalysis {
    let (packet, start) = try beginning(of: query)
    let outcome = follow(packet, from: start, query)
    guard outcome.obstacle != nil else {
      return PathAnalysis(forward: outcome.forward, back: outcome.back, remedies: [])
    }
    return PathAnalysis(
      forward: outcome.forward, back: outcome.back, remedies: remedies(for: outcome, query))
  }

  /// A path with what stopped it.
  struct Outcome {
    var forward: [PathStep]
    var back: [PathStep]
    var obstacle: PathWalk.Obstacle?

    /// How far it came: an answer is further than a packet, and more steps are further than fewer,
    /// unless they run in a circle.
    var progress: (Int, Int) {
      guard let obstacle else { return (2, 0) }
      if obstacle.isCircle { return (-1, 0) }
      return back.isEmpty ? (0, forward.count) : (1, back.count)
    }
  }

  /// Carries the packet to its receiver, and the answer back.
  func follow(_ packet: PathPacket, from start: PathWalk.Hop, _ query: PathQuery) -> Outcome {
    var walk = PathWalk(self, takesAnyAddress: query.namesAnyAddress)
    var packet = packet
    let (sender, receiver) = (packet.source, packet.destination)
    let end = walk.carry(&packet, from: start)
    let forward = walk.steps
    guard let end else { return Outcome(forward: forward, back: [], obstacle: walk.obstacle) }
    var answer = packet.reversed
    let arrived: PathWalk.Place?
    switch end {
    // The host's own services are right behind the interface.
    case .linkLocal: return Outcome(forward: forward, back: [], obstacle: nil)
    case .interface(let vpc, let interface):
      arrived = walk.carry(&answer, from: .leaves(vpc, interface))
    case .internet: arrived = walk.carry(&answer, from: .crossesInternet)
    case .onPremises(let entrance), .service(let entrance):
      arrived = walk.carry(&answer, from: .entersFromOutside(entrance))
    }
    var obstacle = walk.obstacle
    if arrived != nil, answer.destination != sender || answer.source != receiver,
      !query.isFromOutside
    {
      // Delivered, but to somebody else, or in the name of somebody else: the way back does not undo
      // what the way out did, and the sender knows no such flow.
      walk.stop(
        answer, "path", "path", nil, nil, code: .noPossibleDestination,
        answer.destination != sender
          ? "the answer reaches \(answer.destination), and \(sender) waits for it"
          : "the answer comes from \(answer.source), and \(sender) waits for one from \(receiver)")
      obstacle = walk.obstacle
    }
    return Outcome(forward: forward, back: walk.steps, obstacle: obstacle)
  }

  // MARK: - Ends

  /// The packet that a question is about, and where it begins.
  func beginning(
    of query: PathQuery
  ) throws(CloudNetworkError) -> (PathPacket, PathWalk.Hop) {
    let family = try family(of: query)
    let source = try resolve(query.source, family)
    let destination = try resolve(query.destination, family)
    let start: PathWalk.Hop
    var from = source.address
    var to = destination.address
    switch source.place {
    case .interface(let vpc, let interface): start = .leaves(vpc, interface)
    case .internet: start = .crossesInternet
    case .onPremises(let entrance): start = .entersFromOutside(entrance)
    case .service, .linkLocal: throw .sourceOnlyAnswers(from)
    }
    if case .internet = source.place {
      guard case .interface(let vpc, let index) = destination.place else { throw .bothOutside }
      // Who is outside knows the public address only.
      let interface = vpcs[vpc.position].interfaces[index.position]
      if case .v4(let own) = to, let address = interface.publicAddress(of: own) {
        to = .v4(address)
      }
    } else if case .interface = source.place {
      // An address named as it is seen outside stays so.
      if case .address(let address) = query.destination { to = address }
      if case .address(let address) = query.source, address != from,
        vpcs.contains(where: { $0.interface(at: address) != nil })
      {
        from = address
      }
    } else if case .interface = destination.place {
    } else {
      throw .bothOutside
    }
    guard from.family == to.family else { throw .familiesDiffer(from, to) }
    let echo: UInt16 = from.family == .v4 ? 8 << 8 : 128 << 8
    let isICMP = query.protocol == .icmp || query.protocol == .icmpv6
    let number: IPProtocol = isICMP ? (from.family == .v4 ? .icmp : .icmpv6) : query.protocol
    let hasPorts = number == .tcp || number == .udp
    return (
      PathPacket(
        protocol: number, source: from,
        sourcePort: isICMP ? 1 : hasPorts ? query.sourcePort : 0, destination: to,
        destinationPort: isICMP ? echo : hasPorts ? query.destinationPort : 0,
        byteCount: query.byteCount), start
    )
  }

  private func family(of query: PathQuery) throws(CloudNetworkError) -> IPFamily {
    switch (query.source, query.destination) {
    case (.address(let source), .address(let destination)):
      guard source.family == destination.family else { throw .familiesDiffer(source, destination) }
      return source.family
    case (.address(let address), _), (_, .address(let address)): return address.family
    default: return query.protocol == .icmpv6 ? .v6 : query.family ?? .v4
    }
  }

  private func resolve(
    _ end: PathQuery.End, _ family: IPFamily
  ) throws(CloudNetworkError) -> (place: PathWalk.Place, address: IPAddress) {
    switch end {
    case .interface(let vpc, let index):
      let interface = vpcs[vpc.position].interfaces[index.position]
      switch family {
      case .v4: return (.interface(vpc, index), .v4(interface.address))
      case .v6:
        guard let address = interface.ipv6Addresses.first else {
          throw .noAddress(interface: interface.name, family)
        }
        return (.interface(vpc, index), .v6(address))
      }
    case .internet:
      let known = internet.hosts.lazy.flatMap(\.addresses).first { $0.family == family }
      return (.internet, known ?? Self.somebody(family))
    case .address(let address): return (try holder(of: address), privateAddress(behind: address))
    }
  }

  /// An address of nobody in particular: one that documents may use (RFC 5737, section 3; RFC 3849).
  private static func somebody(_ family: IPFamily) -> IPAddress {
    switch family {
    case .v4: .v4(IPv4Address(198, 51, 100, 1))
    case .v6: .v6(IPv6Address(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 1))
    }
  }

  private func privateAddress(behind address: IPAddress) -> IPAddress {
    guard case .v4(let ipv4) = address else { return address }
    for vpc in vpcs {
      if let found = vpc.association(of: ipv4) { return .v4(found.privateAddress) }
    }
    return address
  }

  /// Whose address it is.
  private func holder(of address: IPAddress) throws(CloudNetworkError) -> PathWalk.Place {
    var found: [(VPCIndex, InterfaceIndex)] = []
    for (number, vpc) in vpcs.enumerated() {
      if let index = vpc.interface(at: address) { found.append((VPCIndex(number), index)) }
      if case .v4(let address) = address, let owner = vpc.association(of: address) {
        return .interface(VPCIndex(number), owner.interface)
      }
    }
    if found.count > 1 {
      throw .ambiguousAddress(address, vpcs: found.map { vpcs[$0.0.position].name })
    }
    if let (vpc, index) = found.first { return .interface(vpc, index) }
    if internet.host(at: address) != nil { return .internet }
    for (number, vpc) in vpcs.enumerated() {
      if let service = vpc.service(at: address) { return .linkLocal(VPCIndex(number), service) }
      for (place, gateway) in vpc.gateways.enumerated() {
        let entrance = Entrance(vpc: VPCIndex(number), gateway: GatewayIndex(place))
        if case .onPremises(let blocks)? = edges[number][place],
          blocks.contains(where: { $0.contains(address) })
        {
          return .onPremises(entrance)
        }
        if case .gatewayEndpoint(_, let list) = gateway.kind,
          vpc.prefixLists[list.position].contains(address)
        {
          return .service(entrance)
        }
      }
    }
    if vpcs.contains(where: { $0.contains(address) }) || address.isPrivate {
      throw .unknownAddress(address)
    }
    return .internet
  }
}

extension PathQuery {
  /// Whether a public address counts as somebody's though no host is known to have it.
  var namesAnyAddress: Bool {
    switch destination {
    case .internet, .address: true
    case .interface: false
    }
  }

  /// Whether the sender is known by its address alone, so that a delivery outside is one to it.
  var isFromOutside: Bool {
    if case .interface = source { false } else { true }
  }
}

extension IPAddress {
  /// Whether it is no address of the internet (RFC 1918, section 3; RFC 6598; RFC 4193; link-local and
  /// multicast).
  fileprivate var isPrivate: Bool {
    switch self {
    case .v4(let address):
      IPv4Block.isPrivateOrShared(address) || address.isLinkLocal || address.isLoopback
        || address.isMulticast
    case .v6(let address): address.isUniqueLocal || address.isLinkLocal || address.isMulticast
    }
  }
}
