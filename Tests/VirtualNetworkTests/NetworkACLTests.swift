import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

@Suite struct NetworkACLTests {
  /// The shop, whose two subnets have an ACL each, empty, and whose groups let the query through.
  struct Guarded {
    var shop: Shop
    let near: NetworkACLIndex
    let far: NetworkACLIndex

    init() throws(VirtualNetworkError) {
      shop = try Shop()
      near = try shop.network.addNetworkACL(name: "near")
      far = try shop.network.addNetworkACL(name: "far")
      shop.network.associate(near, with: shop.privateA)
      shop.network.associate(far, with: shop.dataA)
    }
  }

  static let everywhere = IPPrefix.everything(.v4)

  @Test func `An ACL without rules denies, a default one allows`() throws {
    let guarded = try Guarded()
    let shop = guarded.shop
    var plane = DataPlane(shop.network)
    let out = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
    #expect(out.verdict == .reject)
    let reasons = plane.decision(out.decision).reasons
    #expect(reasons.map(\.code) == [.securityGroupRule, .subnetACLRestriction])
    #expect(reasons.last?.component == .networkACL(guarded.near))
    try plane.update { (network) throws(VirtualNetworkError) in
      network.associate(VirtualPrivateCloud.defaultNetworkACL, with: shop.privateA)
    }
    let again = plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start)
    #expect(again.verdict == .accept)
    // A default ACL that nobody touched goes without saying.
    #expect(plane.decision(again.decision).reasons.map(\.code) == [.securityGroupRule, .route])
  }

  @Test func `The lowest number that matches decides`() throws {
    var guarded = try Guarded()
    let acl = guarded.near
    let query = guarded.shop.query
    func verdict() -> (PathVerdict, String?) {
      var plane = DataPlane(guarded.shop.network)
      let out = plane.egress(query, flags: .syn, from: guarded.shop.eni, now: .start)
      return (
        out.verdict,
        plane.decision(out.decision).reasons.first { $0.component == .networkACL(acl) }?.sentence
      )
    }
    try guarded.shop.network.addRule(
      NetworkACLRule(200, .allow, peer: Self.everywhere), .egress, to: acl)
    let identifier = guarded.shop.network.networkACLs[1].identifier
    #expect(
      verdict() == (
        .accept, "near (\(identifier)) has the egress rule 200: allow all traffic to 0.0.0.0/0"
      ))
    try guarded.shop.network.addRule(
      NetworkACLRule(100, .deny, .tcp(5432...5432), peer: .v4(prefix(10, 0, 2, 0, 24))), .egress,
      to: acl)
    #expect(verdict().0 == .reject)
    try guarded.shop.network.addRule(
      NetworkACLRule(99, .allow, .tcp(5000...6000), peer: .v4(prefix(10, 0, 2, 20, 32))), .egress,
      to: acl)
    #expect(verdict().0 == .accept)
    #expect(guarded.shop.network.networkACLs[1].egress.map(\.number) == [99, 100, 200])
  }

  @Test func `It remembers nothing, so answers need a rule of their own`() throws {
    var guarded = try Guarded()
    for direction in TrafficDirection.allCases {
      try guarded.shop.network.addRule(
        NetworkACLRule(100, .allow, peer: Self.everywhere), direction, to: guarded.far)
    }
    try guarded.shop.network.addRule(
      NetworkACLRule(100, .allow, .tcp(5432...5432), peer: Self.everywhere), .egress,
      to: guarded.near)
    let shop = guarded.shop
    var plane = DataPlane(shop.network)
    #expect(plane.egress(shop.query, flags: .syn, from: shop.eni, now: .start).verdict == .accept)
    let arrived = plane.ingress(
      shop.query, flags: .syn, at: shop.postgres, fromSubnet: shop.privateA, now: .start)
    #expect(arrived.verdict == .accept)
    let answer = shop.query.reversed
    #expect(
      plane.egress(answer, flags: [.syn, .ack], from: shop.postgres, now: .start).verdict == .accept
    )
    let back = plane.ingress(
      answer, flags: [.syn, .ack], at: shop.eni, fromSubnet: shop.dataA, now: .start)
    #expect(back.verdict == .reject)
    #expect(plane.decision(back.decision).reasons.map(\.code) == [.subnetACLRestriction])
    try plane.update { (network) throws(VirtualNetworkError) in
      try network.addRule(
        NetworkACLRule(100, .allow, .tcp(1024...65535), peer: Self.everywhere), .ingress,
        to: guarded.near)
    }
    let opened = plane.ingress(
      answer, flags: [.syn, .ack], at: shop.eni, fromSubnet: shop.dataA, now: .start)
    #expect(opened.verdict == .accept)
    // The reason for the connection is still the group's rule, whatever the ACL did in between.
    #expect(
      plane.decision(opened.decision).reasons.map(\.code) == [.networkACLRule, .trackedConnection])
    #expect(plane.decision(opened.decision).reasons.last?.sentence.contains("tcp 5432") == true)
  }

  @Test func `Inside a subnet it has no say, and where a packet comes from is asked each time`()
    throws
  {
    var guarded = try Guarded()
    let peer = try guarded.shop.network.addInterface(
      name: "peer", in: guarded.shop.privateA, securityGroups: [guarded.shop.database])
    let shop = guarded.shop
    var plane = DataPlane(shop.network)
    let key = FlowKey(
      .tcp, source: IPv4Address(10, 0, 1, 4), sourcePort: 9, destination: IPv4Address(10, 0, 1, 5),
      destinationPort: 5432)
    #expect(plane.egress(key, flags: .syn, from: shop.eni, now: .start).verdict == .accept)
    for _ in 0..<2 {
      let inside = plane.ingress(key, flags: .syn, at: peer, fromSubnet: shop.privateA, now: .start)
      #expect(inside.verdict == .accept)
      for origin in [shop.dataA, nil] {
        let outside = plane.ingress(key, flags: .syn, at: peer, fromSubnet: origin, now: .start)
        #expect(outside.verdict == .reject)
      }
    }
  }

  @Test func `What a route hands to a neighbour has not left the subnet`() throws {
    var guarded = try Guarded()
    try guarded.shop.network.setSecurityGroups([], of: guarded.shop.eni)
    let nat = try guarded.shop.network.addInterface(
      name: "nat", in: guarded.shop.privateA, type: .natGateway)
    try guarded.shop.network.addRoute(
      Route(to: .everything(.v4), via: .networkInterface(nat)),
      to: VirtualPrivateCloud.mainRouteTable)
    var plane = DataPlane(guarded.shop.network)
    let key = FlowKey(
      .udp, source: IPv4Address(10, 0, 1, 4), sourcePort: 9, destination: IPv4Address(8, 8, 8, 8),
      destinationPort: 53)
    #expect(plane.egress(key, from: guarded.shop.eni, now: .start).nextHop == .interface(nat))
    // The NAT gateway has no groups, and its own subnet's border is not crossed.
    #expect(
      plane.ingress(key, at: nat, fromSubnet: guarded.shop.privateA, now: .start).verdict == .accept
    )
    // To an interface of another subnet it does leave.
    let main = VirtualPrivateCloud.mainRouteTable
    try plane.update { (network) throws(VirtualNetworkError) in
      try network.removeRoute(to: .prefix(.everything(.v4)), from: main)
      let far = try network.addInterface(
        name: "nat-2", in: guarded.shop.dataA, type: .natGateway)
      try network.addRoute(Route(to: .everything(.v4), via: .networkInterface(far)), to: main)
    }
    #expect(plane.egress(key, from: guarded.shop.eni, now: .start).verdict == .reject)
  }

  @Test(arguments: [
    FlowKey(
      .udp, source: IPv4Address(10, 0, 1, 4), sourcePort: 9,
      destination: IPv4Address(169, 254, 169, 253), destinationPort: 53),
    FlowKey(
      .udp, source: IPv4Address(10, 0, 1, 4), sourcePort: 9, destination: IPv4Address(10, 0, 0, 2),
      destinationPort: 53),
    FlowKey(
      .udp, source: IPv4Address(10, 0, 1, 4), sourcePort: 9,
      destination: IPv4Address(169, 254, 169, 123), destinationPort: 123),
    FlowKey(
      .tcp, source: IPv4Address(10, 0, 1, 4), sourcePort: 9,
      destination: IPv4Address(169, 254, 169, 254), destinationPort: 80),
  ])
  func `The host's own services are no concern of an ACL`(key: FlowKey) throws {
    let guarded = try Guarded()
    var plane = DataPlane(guarded.shop.network)
    #expect(plane.egress(key, flags: .syn, from: guarded.shop.eni, now: .start).verdict == .accept)
    #expect(plane.ingress(key.reversed, at: guarded.shop.eni, now: .start).verdict == .accept)
  }

  // MARK: - What AWS refuses

  @Test func `Rules that cannot be had are refused`() throws {
    var network = try Shop().network
    let acl = try network.addNetworkACL(name: "acl")
    let rule = NetworkACLRule(100, .allow, peer: Self.everywhere)
    try network.addRule(rule, .ingress, to: acl)
    #expect(
      throws: VirtualNetworkError.aclRuleNumberTaken(acl: "acl", .ingress, number: 100)
    ) { try network.addRule(rule, .ingress, to: acl) }
    for number in [0, -1, 32767] {
      #expect(
        throws: VirtualNetworkError.aclRuleNumberNotAllowed(acl: "acl", .egress, number: number)
      ) {
        try network.addRule(NetworkACLRule(number, .deny, peer: Self.everywhere), .egress, to: acl)
      }
    }
    #expect(throws: VirtualNetworkError.icmpCodeWithoutType(group: "acl", code: 3)) {
      try network.addRule(
        NetworkACLRule(5, .deny, .icmpv6(type: nil, code: 3), peer: Self.everywhere), .egress,
        to: acl)
    }
    #expect(throws: VirtualNetworkError.aclRuleNotFound(acl: "acl", .egress, number: 100)) {
      try network.removeRule(100, .egress, from: acl)
    }
    for number in 2...20 {
      try network.addRule(NetworkACLRule(number, .deny, peer: Self.everywhere), .ingress, to: acl)
    }
    #expect(throws: VirtualNetworkError.tooManyACLRules(acl: "acl", .ingress, limit: 20)) {
      try network.addRule(NetworkACLRule(1, .deny, peer: Self.everywhere), .ingress, to: acl)
    }
    #expect(throws: VirtualNetworkError.nameTaken(.networkACL, name: "acl")) {
      try network.addNetworkACL(name: "acl")
    }
    try network.removeRule(100, .ingress, from: acl)
    #expect(network.networkACLs[1].ingress.map(\.number) == Array(2...20))
  }
}
