import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

@Suite struct DataPlaneTests {
  typealias Plane = DataPlane

  // MARK: - Rules

  @Test func `A rule on each side lets a connection through, and nothing else`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    let out = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
    #expect(out.verdict == .accept)
    #expect(out.nextInterface == shop.postgres)
    let arrived = plane.ingress(shop.query, flags: .syn, at: shop.postgres, now: .start)
    #expect(arrived.verdict == .accept)
    #expect(arrived.nextHop == .none)

    let ssh = FlowKey(
      .tcp, source: shop.query.source, sourcePort: 40110, destination: shop.query.destination,
      destinationPort: 22)
    #expect(plane.egress(ssh, flags: .syn, from: shop.eni, now: .start).verdict == .reject)
    let udp = FlowKey(
      .udp, source: shop.query.source, sourcePort: 40110, destination: shop.query.destination,
      destinationPort: 5432)
    #expect(plane.egress(udp, from: shop.eni, now: .start).verdict == .reject)
    let backwards = FlowKey(
      .tcp, source: shop.query.destination, sourcePort: 40110, destination: shop.query.source,
      destinationPort: 5432)
    #expect(
      plane.egress(backwards, flags: .syn, from: shop.postgres, now: .start).verdict == .reject)
    #expect(plane.ingress(backwards, flags: .syn, at: shop.eni, now: .start).verdict == .reject)
  }

  @Test func `Replies pass whatever the rules say`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    _ = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
    _ = plane.ingress(shop.query, flags: .syn, at: shop.postgres, now: .start)
    let reply = shop.query.reversed
    let out = plane.egress(reply, flags: [.syn, .ack], from: shop.postgres, now: .start)
    #expect(out.verdict == .accept)
    #expect(out.nextInterface == shop.eni)
    #expect(
      plane.ingress(reply, flags: [.syn, .ack], at: shop.eni, now: .start).verdict == .accept)
    #expect(plane.tracks(shop.query, at: shop.eni, now: .start) == true)
    #expect(plane.tracks(reply, at: shop.postgres, now: .start) == true)
  }

  @Test func `A reply does not pass before there was anything to reply to`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    let reply = shop.query.reversed
    #expect(
      plane.ingress(reply, flags: [.syn, .ack], at: shop.eni, now: .start).verdict == .reject)
    // The refusal was remembered; the connection must get past it all the same.
    #expect(plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start).verdict == .accept)
    #expect(
      plane.ingress(reply, flags: [.syn, .ack], at: shop.eni, now: .start).verdict == .accept)
  }

  @Test func `A group as peer means the interfaces that are in it now`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    #expect(
      plane.ingress(shop.query, flags: .syn, at: shop.postgres, now: .start).verdict == .accept)
    let next = FlowKey(
      .tcp, source: shop.query.source, sourcePort: 40111, destination: shop.query.destination,
      destinationPort: 5432)
    try plane.update { (network) throws(VirtualNetworkError) in
      try network.setSecurityGroups([], of: shop.eni)
    }
    #expect(plane.ingress(next, flags: .syn, at: shop.postgres, now: .start).verdict == .reject)
    try plane.update { (network) throws(VirtualNetworkError) in
      let both = [VirtualPrivateCloud.defaultSecurityGroup, shop.orders]
      try network.setSecurityGroups(both, of: shop.eni)
    }
    #expect(plane.ingress(next, flags: .syn, at: shop.postgres, now: .start).verdict == .accept)
  }

  @Test func `Members of the default group reach each other, strangers do not`() throws {
    var shop = try Shop()
    let a = try shop.network.addInterface(name: "a", in: shop.privateA)
    let b = try shop.network.addInterface(name: "b", in: shop.privateA)
    let (from, to) = (
      shop.network.interfaces[Int(a.rawValue)].address,
      shop.network.interfaces[Int(b.rawValue)].address
    )
    var plane = Plane(shop.network)
    let ping = FlowKey(icmpType: 8, code: 0, identifier: 1, source: from, destination: to)
    #expect(plane.egress(ping, from: a, now: .start).nextInterface == b)
    #expect(plane.ingress(ping, at: b, now: .start).verdict == .accept)
    let strange = FlowKey(
      icmpType: 8, code: 0, identifier: 1, source: shop.query.source, destination: to)
    #expect(plane.ingress(strange, at: b, now: .start).verdict == .reject)
  }

  @Test func `An echo reply passes, another type with the same identifier does not`() throws {
    var shop = try Shop()
    let group = try shop.network.addSecurityGroup(name: "pinger", allowsAllEgress: false)
    try shop.network.authorize(
      SecurityGroupRule(.icmp(type: 8, code: nil), peer: .anywhere), .egress, in: group)
    try shop.network.setSecurityGroups([group], of: shop.eni)
    var plane = Plane(shop.network)
    let (from, to) = (shop.query.source, shop.query.destination)
    let ping = FlowKey(icmpType: 8, code: 0, identifier: 7, source: from, destination: to)
    #expect(plane.egress(ping, from: shop.eni, now: .start).verdict == .accept)
    #expect(plane.ingress(ping.reversed, at: shop.eni, now: .start).verdict == .accept)
    let other = FlowKey(icmpType: 0, code: 0, identifier: 8, source: to, destination: from)
    #expect(plane.ingress(other, at: shop.eni, now: .start).verdict == .reject)
    let unreachable = FlowKey(icmpType: 3, code: 4, source: to, destination: from)
    #expect(plane.ingress(unreachable, at: shop.eni, now: .start).verdict == .reject)
    let stamp = FlowKey(icmpType: 13, code: 0, identifier: 7, source: from, destination: to)
    #expect(plane.egress(stamp, from: shop.eni, now: .start).verdict == .reject)
  }

  // MARK: - Configuration changes

  @Test func `Removing the rule spares a tracked connection and stops new ones`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    _ = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
    try plane.update { (network) throws(VirtualNetworkError) in
      try network.revoke(Shop.toDatabase(shop.database), .egress, in: shop.orders)
    }
    let later = plane.egress(shop.query, flags: .ack, from: shop.eni, now: seconds(1))
    #expect(later.verdict == .accept)
    #expect(later.isSlowPath)
    #expect(later.nextInterface == shop.postgres)
    #expect(
      plane.decision(later.decision).reasons.map(\.code) == [.trackedConnection, .route])
    let fresh = FlowKey(
      .tcp, source: shop.query.source, sourcePort: 40111, destination: shop.query.destination,
      destinationPort: 5432)
    let refused = plane.egress(fresh, flags: .syn, from: shop.eni, now: seconds(1))
    #expect(refused.verdict == .reject)
    #expect(plane.decision(refused.decision).reasons.map(\.code) == [.securityGroupHasNoRules])
  }

  /// AWS's own example: outbound open, and an inbound rule for one port from everywhere.
  @Test(arguments: [IPProtocol.tcp, .udp])
  func `Removing the rule cuts an untracked flow at once`(number: IPProtocol) throws {
    var shop = try Shop()
    let web = try shop.network.addSecurityGroup(name: "web")
    let rule = SecurityGroupRule(
      number == .tcp ? .tcp(80...80) : .udp(80...80), peer: .anywhere)
    try shop.network.authorize(rule, .ingress, in: web)
    try shop.network.setSecurityGroups([web], of: shop.postgres)
    var plane = Plane(shop.network)
    let request = FlowKey(
      number, source: shop.query.source, sourcePort: 40110, destination: shop.query.destination,
      destinationPort: 80)
    #expect(
      plane.ingress(request, flags: .syn, at: shop.postgres, now: .start).verdict == .accept)
    #expect(plane.tracks(request.reversed, at: shop.postgres, now: .start) == false)
    #expect(
      plane.egress(request.reversed, flags: [.syn, .ack], from: shop.postgres, now: .start).verdict
        == .accept)
    try plane.update { (network) throws(VirtualNetworkError) in
      try network.revoke(rule, .ingress, in: web)
    }
    for _ in 0..<2 {
      #expect(
        plane.ingress(request, flags: .ack, at: shop.postgres, now: .start).verdict == .reject)
      // What the server still sends passes by its open rule, but opens no way back.
      #expect(
        plane.egress(request.reversed, flags: .ack, from: shop.postgres, now: .start).verdict
          == .accept)
    }
  }

  @Test func `Connections through Lambda's interface are tracked however open the rules`() throws {
    for type in [InterfaceType.interface, .lambda] {
      var shop = try Shop(eniType: type)
      let open = try shop.network.addSecurityGroup(name: "open")
      try shop.network.authorize(
        SecurityGroupRule(.all, peer: .anywhere), .ingress, in: open)
      try shop.network.setSecurityGroups([open], of: shop.eni)
      try shop.network.setSecurityGroups([open], of: shop.postgres)
      var plane = Plane(shop.network)
      _ = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
      _ = plane.ingress(shop.query, flags: .syn, at: shop.postgres, now: .start)
      #expect(plane.tracks(shop.query, at: shop.eni, now: .start) == (type == .lambda))
      #expect(
        plane.tracks(shop.query.reversed, at: shop.postgres, now: .start) == (type == .lambda))
    }
  }

  @Test func `A change sends flows to the slow path once`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    #expect(plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start).isSlowPath == true)
    #expect(plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start).isSlowPath == false)
    let generation = plane.generation
    try plane.update { (network) throws(VirtualNetworkError) in
      _ = try network.addSecurityGroup(name: "unrelated")
    }
    #expect(plane.generation == generation + 1)
    #expect(plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start).isSlowPath == true)
    #expect(plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start).isSlowPath == false)
  }

  @Test func `A change that fails is reported and bumps the generation all the same`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    #expect(throws: VirtualNetworkError.nameTaken(.securityGroup, name: "orders")) {
      try plane.update { (network) throws(VirtualNetworkError) in
        _ = try network.addSecurityGroup(name: "orders")
      }
    }
    #expect(plane.generation == 2)
  }

  @Test func `Reasons outlive the configuration they describe`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    let first = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
    let text = plane.decision(first.decision).reasons.map(\.sentence)
    var last = first
    for _ in 0..<5 {
      try plane.update { (network) throws(VirtualNetworkError) in
        let rule = Shop.toDatabase(shop.database)
        if network.securityGroups[Int(shop.orders.rawValue)].egress.contains(rule) {
          try network.revoke(rule, .egress, in: shop.orders)
        } else {
          try network.authorize(rule, .egress, in: shop.orders)
        }
      }
      last = plane.egress(shop.query, flags: .ack, from: shop.eni, now: .start)
      #expect(last.verdict == .accept)
    }
    #expect(plane.decision(first.decision).reasons.map(\.sentence) == text)
    // However many changes there were, the reason is still the rule that let the first packet out.
    let reason = plane.decision(last.decision).reasons[0]
    #expect(reason.code == .trackedConnection)
    #expect(reason.sentence.hasSuffix(text[0]))
  }

  @Test func `A deleted interface neither sends nor receives`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    _ = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
    try plane.update { (network) throws(VirtualNetworkError) in
      network.removeInterface(shop.eni)
    }
    let out = plane.egress(shop.query, flags: .ack, from: shop.eni, now: .start)
    #expect(out.verdict == .reject)
    #expect(plane.decision(out.decision).reasons.map(\.code) == [.badState])
    let reply = plane.ingress(shop.query.reversed, flags: .ack, at: shop.eni, now: .start)
    #expect(reply.verdict == .reject)
  }

  // MARK: - Routes

  @Test func `Packets to nobody, to nowhere and to no route are dropped, each with its code`()
    throws
  {
    var shop = try Shop()
    try shop.network.setSecurityGroups([], of: shop.eni)
    let main = VirtualPrivateCloud.mainRouteTable
    try shop.network.addRoute(
      Route(to: prefix(192, 168, 0, 0, 16), via: .blackhole), to: main)
    let gateway = try shop.network.addGateway(.regionalNAT, name: "nat")
    try shop.network.addRoute(
      Route(to: prefix(198, 51, 100, 0, 24), via: .gateway(gateway)), to: main)
    var plane = Plane(shop.network)
    func outcome(_ destination: IPv4Address) -> (NextHop, [ExplanationCode]) {
      let key = FlowKey(
        .udp, source: shop.query.source, sourcePort: 40110, destination: destination,
        destinationPort: 9)
      let out = plane.egress(key, from: shop.eni, now: .start)
      return (out.nextHop, plane.decision(out.decision).reasons.map(\.code))
    }
    let rule = ExplanationCode.securityGroupRule
    #expect(outcome(IPv4Address(10, 0, 2, 77)) == (.none, [rule, .noPossibleDestination]))
    #expect(outcome(IPv4Address(10, 0, 1, 77)) == (.none, [rule, .noPossibleDestination]))
    #expect(outcome(IPv4Address(10, 0, 1, 1)) == (.none, [rule, .noPossibleDestination]))
    #expect(outcome(IPv4Address(192, 168, 1, 1)) == (.none, [rule, .badStateRoute]))
    #expect(outcome(IPv4Address(8, 8, 8, 8)) == (.none, [rule, .noRouteToDestination]))
    #expect(outcome(IPv4Address(198, 51, 100, 9)) == (.gateway(gateway), [rule, .route]))
    #expect(outcome(IPv4Address(10, 0, 2, 20)) == (.interface(shop.postgres), [rule, .route]))
  }

  @Test(arguments: [
    IPv4Address(224, 0, 0, 251), IPv4Address(255, 255, 255, 255), IPv4Address(169, 254, 168, 9),
  ])
  func `A default route takes neither multicast nor broadcast`(address: IPv4Address) throws {
    var shop = try Shop()
    try shop.network.setSecurityGroups([], of: shop.eni)
    let gateway = try shop.network.addGateway(.internet, name: "igw")
    try shop.network.addRoute(
      Route(to: prefix(0, 0, 0, 0, 0), via: .gateway(gateway)),
      to: VirtualPrivateCloud.mainRouteTable)
    var plane = Plane(shop.network)
    let key = FlowKey(
      .udp, source: shop.query.source, sourcePort: 5353, destination: address,
      destinationPort: 5353)
    let out = plane.egress(key, from: shop.eni, now: .start)
    #expect(plane.decision(out.decision).reasons.last?.code == .noPossibleDestination)
  }

  @Test func `A neighbour is reached without asking the route table`() throws {
    var shop = try Shop()
    let near = try shop.network.addInterface(name: "near", in: shop.dataA)
    try shop.network.setSecurityGroups([], of: shop.postgres)
    // A middlebox for the whole subnet is not asked inside the subnet.
    try shop.network.addRoute(
      Route(to: prefix(10, 0, 2, 0, 24), via: .networkInterface(shop.eni)),
      to: VirtualPrivateCloud.mainRouteTable)
    var plane = Plane(shop.network)
    let key = FlowKey(
      .tcp, source: IPv4Address(10, 0, 2, 20), sourcePort: 1, destination: IPv4Address(10, 0, 2, 4),
      destinationPort: 2)
    let out = plane.egress(key, flags: .syn, from: shop.postgres, now: .start)
    #expect(out.nextInterface == near)
    #expect(
      plane.decision(out.decision).reasons.map(\.code) == [.securityGroupRule, .sameSubnet])
  }

  @Test func `A packet that is not the interface's own needs the check switched off`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    let foreign = FlowKey(
      .tcp, source: IPv4Address(192, 168, 0, 9), sourcePort: 1,
      destination: IPv4Address(10, 0, 2, 20), destinationPort: 5432)
    let out = plane.egress(foreign, flags: .syn, from: shop.eni, now: .start)
    #expect(plane.decision(out.decision).reasons.map(\.code) == [.sourceDestinationCheck])
    let stray = plane.ingress(foreign, flags: .syn, at: shop.eni, now: .start)
    #expect(plane.decision(stray.decision).reasons.map(\.code) == [.sourceDestinationCheck])
    try plane.update { (network) throws(VirtualNetworkError) in
      network.setChecksSourceAndDestination(false, of: shop.eni)
    }
    #expect(plane.egress(foreign, flags: .syn, from: shop.eni, now: .start).verdict == .accept)
  }

  // MARK: - Link-local services

  @Test(arguments: [
    (IPv4Address(169, 254, 169, 253), LinkLocalService.resolver),
    (IPv4Address(10, 0, 0, 2), .resolver), (IPv4Address(169, 254, 169, 254), .instanceMetadata),
    (IPv4Address(169, 254, 169, 123), .timeSync),
  ])
  func `Security groups do not filter the host's own services`(
    address: IPv4Address, service: LinkLocalService
  ) throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    let key = FlowKey(
      .udp, source: shop.query.source, sourcePort: 40110, destination: address,
      destinationPort: 53)
    let out = plane.egress(key, from: shop.eni, now: .start)
    #expect(out.verdict == .accept)
    #expect(out.nextHop == .service(service))
    #expect(plane.tracks(key, at: shop.eni, now: .start) == false)
    #expect(plane.ingress(key.reversed, at: shop.eni, now: .start).verdict == .accept)
    #expect(plane.egress(key, from: shop.eni, now: .start).isSlowPath == false)
  }

  // MARK: - Words

  @Test func `The reasons quote the rule and the route`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    let out = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
    let network = plane.network
    let (orders, database) = (
      network.securityGroups[Int(shop.orders.rawValue)].identifier,
      network.securityGroups[Int(shop.database.rawValue)].identifier
    )
    let decision = plane.decision(out.decision)
    #expect(
      decision.reasons.map(\.sentence) == [
        "orders (\(orders)) has the egress rule tcp 5432 to database (\(database))",
        "main (\(network.routeTables[0].identifier)) has the route 10.0.0.0/16 to local, "
          + "postgres (\(network.interfaces[1].identifier))",
      ])
    #expect(decision.dropComment == nil)
    let ssh = FlowKey(
      .tcp, source: shop.query.source, sourcePort: 1, destination: shop.query.destination,
      destinationPort: 22)
    let refused = plane.egress(ssh, flags: .syn, from: shop.eni, now: .start)
    #expect(
      plane.decision(refused.decision).dropComment
        == "DROP security-group orders (\(orders)) has no egress rule for it, only "
        + "tcp 5432 to database (\(database)) [ENI_SG_RULES_MISMATCH]")
  }

  @Test func `Flows that are judged alike share a decision`() throws {
    let shop = try Shop()
    var plane = Plane(shop.network)
    for port in 1...1_000 as ClosedRange<UInt16> {
      let key = FlowKey(
        .tcp, source: shop.query.source, sourcePort: port, destination: shop.query.destination,
        destinationPort: 5432)
      _ = plane.egress(key, flags: .syn, from: shop.eni, now: .start)
      _ = plane.ingress(key, flags: .syn, at: shop.postgres, now: .start)
    }
    #expect(plane.decisionCount == 2)
    #expect(plane.cachedFlowCount == 2_000)
  }
}
