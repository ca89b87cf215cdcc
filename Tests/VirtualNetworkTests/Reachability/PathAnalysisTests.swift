import PacketFormats
import Testing
import VirtualNetwork

@Suite struct PathAnalysisTests {
  let postgres = IPv4Address(10, 0, 2, 20)

  /// The shop in a cloud, with what a test changes in it.
  func cloud(
    _ change: (inout Shop) throws(VirtualNetworkError) -> Void = { _ in }
  ) throws(VirtualNetworkError) -> (CloudNetwork, Shop, VPCIndex) {
    var shop = try Shop()
    try change(&shop)
    var cloud = CloudNetwork()
    let vpc = cloud.add(shop.network)
    return (cloud, shop, vpc)
  }

  func query(_ vpc: VPCIndex, _ shop: Shop, port: UInt16 = 5432) -> PathQuery {
    PathQuery(
      .tcp, from: .interface(vpc, shop.eni), to: .interface(vpc, shop.postgres),
      destinationPort: port)
  }

  @Test func `A path that is open names all that it passes, there and back`() throws {
    let (cloud, shop, vpc) = try cloud()
    let analysis = try cloud.analyze(query(vpc, shop))
    #expect(analysis.isReachable)
    #expect(analysis.culprit == nil)
    #expect(analysis.remedies.isEmpty)
    #expect(
      analysis.forward.map(\.kind) == [
        "security-group", "network-acl", "route-table", "network-acl", "security-group",
      ])
    #expect(analysis.forward.map(\.name) == ["orders", "default", "main", "default", "database"])
    #expect(analysis.forward.allSatisfy { $0.vpc == "shop" && $0.verdict == .accept })
    #expect(
      analysis.back.map(\.code) == [
        .trackedConnection, .networkACLRule, .route, .networkACLRule, .trackedConnection,
      ])
    #expect(analysis.back[0].source == .v4(postgres))
  }

  @Test func `A group that says no is named, with the rule that would help`() throws {
    let (cloud, shop, vpc) = try cloud { (shop) throws(VirtualNetworkError) in
      try shop.network.revoke(
        SecurityGroupRule(.tcp(5432...5432), peer: .securityGroup(shop.orders)), .ingress,
        in: shop.database)
    }
    let analysis = try cloud.analyze(query(vpc, shop))
    #expect(analysis.blockedWay == .forward)
    #expect(analysis.culprit?.name == "database")
    #expect(analysis.culprit?.code == .securityGroupHasNoRules)
    #expect(analysis.back.isEmpty)
    let identifier = shop.network.securityGroups[Int(shop.orders.rawValue)].identifier
    #expect(
      analysis.remedies.map(\.sentence) == [
        "add to security group database the ingress rule tcp 5432 from orders (\(identifier))"
      ])
    // Two groups, two changes.
    #expect(try cloud.analyze(query(vpc, shop, port: 22)).remedies.count == 2)
  }

  @Test func `An ACL that stops the answer is told from one that stops the packet`() throws {
    let (cloud, shop, vpc) = try cloud { (shop) throws(VirtualNetworkError) in
      let acl = try shop.network.addNetworkACL(name: "locked")
      try shop.network.addRule(
        NetworkACLRule(100, .allow, peer: .everything(.v4)), .egress, to: acl)
      try shop.network.addRule(
        NetworkACLRule(50, .deny, .tcp(1024...65535), peer: .everything(.v4)), .ingress, to: acl)
      shop.network.associate(acl, with: shop.privateA)
    }
    let analysis = try cloud.analyze(query(vpc, shop))
    #expect(analysis.blockedWay == .back)
    #expect(analysis.forward.allSatisfy { $0.verdict == .accept })
    #expect(analysis.culprit?.kind == "network-acl")
    #expect(analysis.culprit?.code == .subnetACLRestriction)
    #expect(
      analysis.remedies.map(\.sentence) == [
        "add to network ACL locked the ingress rule 49: allow tcp 1024-65535 from 10.0.2.20/32"
      ])
    #expect(analysis.remedies.first?.vpc == "shop")
  }

  // MARK: - The internet

  /// A VPC with a public and a private subnet, an internet gateway and a NAT gateway.
  struct Internet {
    var network: VirtualPrivateCloud
    let publicA: SubnetIndex
    let privateA: SubnetIndex
    let privateTable: RouteTableIndex
    let internet: GatewayIndex
    let nat: InterfaceIndex
    let host: InterfaceIndex
    let web: InterfaceIndex

    init(function type: InterfaceType = .interface) throws(VirtualNetworkError) {
      network = try VirtualPrivateCloud(
        name: "shop", blocks: [prefix(10, 0, 0, 0, 16)],
        ipv6Blocks: [ipv6Prefix(0x2001, 0xdb8, 0x1200, 0, 56)], seed: 7)
      let main = VirtualPrivateCloud.mainRouteTable
      privateTable = try network.addRouteTable(name: "private")
      publicA = try network.addSubnet(
        name: "public-a", cidr: prefix(10, 0, 1, 0, 24),
        ipv6CIDR: ipv6Prefix(0x2001, 0xdb8, 0x1200, 1, 64), zone: "use1-az1")
      privateA = try network.addSubnet(
        name: "private-a", cidr: prefix(10, 0, 2, 0, 24),
        ipv6CIDR: ipv6Prefix(0x2001, 0xdb8, 0x1200, 2, 64), zone: "use1-az1",
        routeTable: privateTable)
      internet = try network.addGateway(.internet, name: "igw")
      try network.addRoute(Route(to: .everything(.v4), via: .gateway(internet)), to: main)
      try network.addRoute(Route(to: .everything(.v6), via: .gateway(internet)), to: main)
      nat = try network.addInterface(name: "nat-a", in: publicA, type: .natGateway)
      try network.associateAddress(IPv4Address(203, 0, 113, 1), of: nat)
      try network.addRoute(
        Route(to: .everything(.v4), via: .networkInterface(nat)), to: privateTable)
      let group = try network.addSecurityGroup(name: "app")
      host = try network.addInterface(
        name: "host", in: privateA, securityGroups: [group], type: type)
      web = try network.addInterface(name: "web", in: publicA, securityGroups: [group])
    }
  }

  @Test func `Through a NAT gateway and an internet gateway, and back`() throws {
    let world = try Internet()
    var cloud = CloudNetwork()
    let vpc = cloud.add(world.network)
    let analysis = try cloud.analyze(
      PathQuery(.tcp, from: .interface(vpc, world.host), to: .internet, destinationPort: 443))
    #expect(analysis.isReachable)
    #expect(
      analysis.forward.map(\.kind) == [
        "security-group", "network-acl", "route-table", "network-acl", "network-interface",
        "nat-gateway", "network-interface", "network-acl", "route-table", "internet-gateway",
      ])
    let last = try #require(analysis.forward.last)
    #expect(last.source == .v4(world.network.interfaces[0].address))
    #expect(last.sentence.hasSuffix("sends the packet on from 203.0.113.1"))
    #expect(analysis.back.first?.kind == "internet-gateway")
    #expect(analysis.back.last?.code == .trackedConnection)
    // From outside nothing begins through it.
    let inward = try cloud.analyze(
      PathQuery(
        .tcp, from: .internet, to: .address(.v4(IPv4Address(203, 0, 113, 1))), destinationPort: 22))
    #expect(inward.culprit?.kind == "nat-gateway")
    #expect(inward.culprit?.code == .unsolicited)
    #expect(inward.remedies.isEmpty)
  }

  @Test func `A public subnet without a public address is silence`() throws {
    var world = try Internet(function: .lambda)
    world.network.associate(VirtualPrivateCloud.mainRouteTable, with: world.privateA)
    var cloud = CloudNetwork()
    let vpc = cloud.add(world.network)
    let query = PathQuery(
      .tcp, from: .interface(vpc, world.host), to: .internet, destinationPort: 443)
    let analysis = try cloud.analyze(query)
    #expect(analysis.blockedWay == .forward)
    #expect(analysis.culprit?.kind == "internet-gateway")
    #expect(analysis.culprit?.code == .internetGatewayNeedsPublicAddress)
    // The route cannot lead to the NAT gateway, for that uses the table itself; and Lambda's
    // interface takes no public address.
    #expect(analysis.remedies.isEmpty)
    let web = try cloud.analyze(
      PathQuery(.tcp, from: .interface(vpc, world.web), to: .internet, destinationPort: 443))
    #expect(
      web.remedies.map(\.sentence) == [
        "associate a public address with \(world.network.interfaces[2].address) of web"
      ])
  }

  @Test func `From the internet a public address and a rule are needed`() throws {
    var world = try Internet()
    var cloud = CloudNetwork()
    var vpc = cloud.add(world.network)
    func analyze() throws -> PathAnalysis {
      try cloud.analyze(
        PathQuery(.tcp, from: .internet, to: .interface(vpc, world.web), destinationPort: 80))
    }
    #expect(try analyze().blockedWay == .forward)
    try world.network.associateAddress(IPv4Address(203, 0, 113, 2), of: world.web)
    cloud = CloudNetwork()
    vpc = cloud.add(world.network)
    let closed = try analyze()
    #expect(closed.culprit?.name == "app")
    #expect(
      closed.remedies.map(\.sentence) == [
        "add to security group app the ingress rule tcp 80 from 198.51.100.1/32"
      ])
    try world.network.authorize(
      SecurityGroupRule(.tcp(80...80), peer: .anywhere), .ingress,
      in: SecurityGroupIndex(rawValue: 1))
    cloud = CloudNetwork()
    vpc = cloud.add(world.network)
    let open = try analyze()
    #expect(open.isReachable)
    #expect(open.forward.first?.destination == .v4(IPv4Address(203, 0, 113, 2)))
    #expect(open.forward.last?.destination == .v4(world.network.interfaces[2].address))
  }

  @Test func `IPv6 goes out through an egress-only gateway and only answers come in`() throws {
    var world = try Internet()
    let egressOnly = try world.network.addGateway(.egressOnlyInternet, name: "eigw")
    try world.network.addRoute(
      Route(to: .everything(.v6), via: .gateway(egressOnly)), to: world.privateTable)
    let address = try world.network.assignIPv6Address(to: world.host)
    try world.network.authorize(
      SecurityGroupRule(.all, peer: .anywhereIPv6), .ingress, in: SecurityGroupIndex(rawValue: 1))
    var cloud = CloudNetwork()
    let vpc = cloud.add(world.network)
    let out = try cloud.analyze(
      PathQuery(
        .tcp, from: .interface(vpc, world.host), to: .internet, destinationPort: 443, family: .v6))
    #expect(out.isReachable)
    #expect(out.forward.last?.kind == "egress-only-internet-gateway")
    #expect(out.back.first?.kind == "egress-only-internet-gateway")
    #expect(out.forward.last?.source == .v6(address))
    let ping = try cloud.analyze(
      PathQuery(.icmpv6, from: .interface(vpc, world.host), to: .internet))
    #expect(ping.isReachable)
  }

  // MARK: - Between VPCs

  /// Three VPCs in a row, joined by peering connections.
  struct Row {
    var cloud = CloudNetwork()
    var vpcs: [VPCIndex] = []
    let interface = InterfaceIndex(rawValue: 0)

    init(routesBeyond: Bool = false) throws {
      var networks: [VirtualPrivateCloud] = []
      for number in 0..<3 as Range<UInt8> {
        var network = try VirtualPrivateCloud(
          name: "vpc-\(number)", blocks: [prefix(10, number, 0, 0, 16)], seed: 7)
        let subnet = try network.addSubnet(
          name: "a", cidr: prefix(10, number, 1, 0, 24), zone: "use1-az1")
        let group = try network.addSecurityGroup(name: "open")
        try network.authorize(SecurityGroupRule(.all, peer: .anywhere), .ingress, in: group)
        _ = try network.addInterface(name: "host", in: subnet, securityGroups: [group])
        networks.append(network)
      }
      let main = VirtualPrivateCloud.mainRouteTable
      var ends: [(Int, GatewayIndex, Int, GatewayIndex)] = []
      for left in 0..<2 {
        let a = try networks[left].addGateway(.peering, name: "pcx-\(left)")
        let b = try networks[left + 1].addGateway(.peering, name: "pcx-\(left)")
        try networks[left].addRoute(
          Route(to: networks[left + 1].blocks[0], via: .gateway(a)), to: main)
        try networks[left + 1].addRoute(
          Route(to: networks[left].blocks[0], via: .gateway(b)), to: main)
        if routesBeyond {
          let far = networks[left == 0 ? 2 : 0].blocks[0]
          if left == 0 {
            try networks[0].addRoute(Route(to: far, via: .gateway(a)), to: main)
          } else {
            try networks[2].addRoute(Route(to: far, via: .gateway(b)), to: main)
          }
        }
        ends.append((left, a, left + 1, b))
      }
      for network in networks { vpcs.append(cloud.add(network)) }
      for (left, a, right, b) in ends {
        let connection = try PeeringConnection(
          name: "pcx-\(left)",
          requester: .init(
            vpc: "vpc-\(left)", region: "us-east-1", blocks: networks[left].allBlocks),
          accepter: .init(
            vpc: "vpc-\(right)", region: "us-east-1", blocks: networks[right].allBlocks))
        cloud.connect(
          connection, requester: (vpcs[left], a), accepter: (vpcs[right], b))
      }
    }

    func analyze(_ from: Int, _ to: Int) throws -> PathAnalysis {
      try cloud.analyze(
        PathQuery(
          .udp, from: .interface(vpcs[from], interface), to: .interface(vpcs[to], interface),
          destinationPort: 53))
    }
  }

  @Test func `Peering joins two VPCs and leads no further`() throws {
    let row = try Row()
    #expect(try row.analyze(0, 1).isReachable)
    #expect(try row.analyze(2, 1).isReachable)
    let beyond = try row.analyze(0, 2)
    #expect(beyond.culprit?.code == .noRouteToDestination)
    #expect(beyond.remedies.isEmpty)
    let routed = try Row(routesBeyond: true).analyze(0, 2)
    #expect(routed.culprit?.kind == "peering-connection")
    #expect(routed.culprit?.code == .peeringRequiresAddressInVPC)
    #expect(routed.remedies.isEmpty)
  }

  @Test func `A transit gateway needs tables both ways`() throws {
    var networks: [VirtualPrivateCloud] = []
    var gateways: [GatewayIndex] = []
    var transit = TransitGateway(name: "hub")
    let spokes = try transit.addTable(name: "spokes")
    for number in 0..<2 as Range<UInt8> {
      var network = try VirtualPrivateCloud(
        name: "vpc-\(number)", blocks: [prefix(10, number, 0, 0, 16)], seed: 7)
      let subnet = try network.addSubnet(
        name: "a", cidr: prefix(10, number, 1, 0, 24), zone: "use1-az1")
      let small = try network.addSubnet(
        name: "tgw", cidr: prefix(10, number, 2, 0, 28), zone: "use1-az1")
      let group = try network.addSecurityGroup(name: "open")
      try network.authorize(SecurityGroupRule(.all, peer: .anywhere), .ingress, in: group)
      _ = try network.addInterface(name: "host", in: subnet, securityGroups: [group])
      let end = try network.addInterface(name: "tgw", in: small, type: .transitGateway)
      let gateway = try network.addGateway(.transit, name: "hub")
      try network.setAttachments([end], of: gateway)
      try network.addRoute(
        Route(to: prefix(10, 0, 0, 0, 8), via: .gateway(gateway)),
        to: VirtualPrivateCloud.mainRouteTable)
      networks.append(network)
      gateways.append(gateway)
      let attachment = try transit.attach(
        name: "vpc-\(number)", blocks: network.allBlocks, zones: ["use1-az1"])
      transit.associate(attachment, with: spokes)
      if number == 0 { transit.propagate(attachment, to: spokes) }
    }
    var cloud = CloudNetwork()
    let number = cloud.add(transit)
    let vpcs = networks.map { cloud.add($0) }
    for place in 0..<2 {
      cloud.connect(
        gateways[place], of: vpcs[place], to: TransitAttachmentIndex(rawValue: UInt32(place)),
        of: number)
    }
    let host = InterfaceIndex(rawValue: 0)
    let there = try cloud.analyze(
      PathQuery(
        .tcp, from: .interface(vpcs[0], host), to: .interface(vpcs[1], host), destinationPort: 80))
    #expect(there.blockedWay == .forward)
    #expect(there.culprit?.kind == "transit-gateway")
    #expect(
      there.remedies.map(\.sentence) == [
        "add to route table spokes of transit gateway hub the route 10.1.0.0/16 to vpc-1"
      ])
    let back = try cloud.analyze(
      PathQuery(
        .tcp, from: .interface(vpcs[1], host), to: .interface(vpcs[0], host), destinationPort: 80))
    #expect(back.blockedWay == .back)
    #expect(back.remedies.map(\.sentence) == there.remedies.map(\.sentence))
  }

  // MARK: - Questions without an answer

  @Test func `Ends that are nobody, or several, are refused`() throws {
    var (cloud, shop, vpc) = try cloud()
    let own = PathQuery.End.interface(vpc, shop.eni)
    let nobody = IPAddress.v4(IPv4Address(10, 0, 2, 99))
    #expect(throws: CloudNetworkError.unknownAddress(nobody)) {
      try cloud.analyze(PathQuery(.tcp, from: own, to: .address(nobody)))
    }
    #expect(throws: CloudNetworkError.bothOutside) {
      try cloud.analyze(PathQuery(.tcp, from: .internet, to: .internet))
    }
    #expect(throws: CloudNetworkError.noAddress(interface: "orders-eni", .v6)) {
      try cloud.analyze(PathQuery(.tcp, from: own, to: .internet, family: .v6))
    }
    let resolver = IPAddress.v4(LinkLocalService.resolver.address)
    #expect(throws: CloudNetworkError.sourceOnlyAnswers(resolver)) {
      try cloud.analyze(PathQuery(.udp, from: .address(resolver), to: own))
    }
    let ipv6 = IPAddress.v6(IPv6Address(0x2600, 0, 0, 0, 0, 0, 0, 1))
    #expect(throws: CloudNetworkError.familiesDiffer(ipv6, .v4(postgres))) {
      try cloud.analyze(PathQuery(.tcp, from: .address(ipv6), to: .address(.v4(postgres))))
    }
    _ = cloud.add(shop.network)
    #expect(
      throws: CloudNetworkError.ambiguousAddress(.v4(postgres), vpcs: ["shop", "shop"])
    ) { try cloud.analyze(PathQuery(.tcp, from: own, to: .address(.v4(postgres)))) }
  }

  @Test func `The resolver is reached whatever the groups say`() throws {
    let (cloud, shop, vpc) = try cloud()
    let analysis = try cloud.analyze(
      PathQuery(
        .udp, from: .interface(vpc, shop.eni),
        to: .address(.v4(LinkLocalService.resolver.address)), destinationPort: 53))
    #expect(analysis.isReachable)
    #expect(analysis.forward.map(\.code) == [.linkLocalService])
  }

  @Test func `Nobody begins a connection to a function`() throws {
    var shop = try Shop(eniType: .lambda)
    try shop.network.authorize(
      SecurityGroupRule(.all, peer: .anywhere), .ingress, in: shop.orders)
    try shop.network.authorize(
      SecurityGroupRule(.all, peer: .anywhere), .egress, in: shop.database)
    var cloud = CloudNetwork()
    let vpc = cloud.add(shop.network)
    let analysis = try cloud.analyze(
      PathQuery(
        .tcp, from: .interface(vpc, shop.postgres), to: .interface(vpc, shop.eni),
        destinationPort: 9))
    #expect(analysis.culprit?.sentence.contains("Lambda") == true)
    #expect(analysis.remedies.isEmpty)
    // What the function begins is answered.
    #expect(try cloud.analyze(query(vpc, shop)).isReachable)
  }
}
