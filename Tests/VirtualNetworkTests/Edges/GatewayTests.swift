import PacketFormats
import Testing
import VirtualNetwork

/// What gateways let through, as values.
struct GatewayTests {
  private static func packet(
    _ source: String, _ destination: String, _ number: IPProtocol = .tcp, icmpType: UInt8? = nil
  ) throws -> GatewayPacket {
    GatewayPacket(
      number, source: try IPAddress(source), destination: try IPAddress(destination),
      icmpType: icmpType)
  }

  @Test func `An internet gateway knows its pairs in both directions, in whatever order`() throws {
    var vpc = try VirtualPrivateCloud(name: "shop", blocks: [prefix(10, 0, 0, 0, 16)], seed: 7)
    let subnet = try vpc.addSubnet(
      name: "public-a", cidr: prefix(10, 0, 0, 0, 24), zone: "use1-az1")
    let gateway = try vpc.addGateway(.internet, name: "igw")
    for number in [9, 3, 7, 5] as [UInt8] {
      let interface = try vpc.addInterface(
        name: "host-\(number)", in: subnet, address: IPv4Address(10, 0, 0, 10 + number))
      try vpc.associateAddress(IPv4Address(198, 51, 100, 100 - number), of: interface)
    }
    let internet = InternetGateway(gateway, of: vpc)
    for number in 0...12 as ClosedRange<UInt8> {
      let inside = IPv4Address(10, 0, 0, 10 + number)
      let outside = IPv4Address(198, 51, 100, 100 - number)
      let isKnown = [9, 3, 7, 5].contains(number)
      #expect(internet.publicAddress(of: inside) == (isKnown ? outside : nil))
      #expect(internet.privateAddress(of: outside) == (isKnown ? inside : nil))
    }
    #expect(internet.prefixes.count == 4)
    #expect(
      internet.outbound(try Self.packet("10.0.0.13", "2001:db8::1")).refusal?.code.rawValue
        == "PROTOCOL_RESTRICTION")
  }

  @Test(arguments: [
    ("10.1.2.3", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
    ("172.16.0.0", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
    ("172.31.255.255", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
    ("172.32.0.0", nil), ("172.15.255.255", nil),
    ("192.168.255.255", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"), ("192.169.0.0", nil),
    ("100.64.0.0", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"),
    ("100.127.255.255", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"), ("100.128.0.0", nil),
  ])
  func `Private and shared addresses end where the RFCs say`(address: String, code: String?) throws
  {
    let gateway = InternetGateway(
      name: "igw",
      associations: [try Self.association("10.0.0.10", "198.51.100.10")])
    let outcome = gateway.outbound(try Self.packet("10.0.0.10", address))
    #expect(outcome.refusal?.code.rawValue == code)
  }

  /// A pair as a VPC makes it.
  private static func association(
    _ inside: String, _ outside: String
  ) throws -> PublicAddressAssociation {
    var vpc = try VirtualPrivateCloud(name: "v", blocks: [prefix(10, 0, 0, 0, 16)], seed: 1)
    let subnet = try vpc.addSubnet(name: "s", cidr: prefix(10, 0, 0, 0, 24), zone: "z")
    let interface = try vpc.addInterface(name: "i", in: subnet, address: IPv4Address(inside))
    try vpc.associateAddress(IPv4Address(outside), of: interface)
    return vpc.interfaces[Int(interface.rawValue)].publicAddresses[0]
  }

  @Test func `NAT gateways have as many addresses as AWS allows`() throws {
    let address = IPv4Address(10, 0, 0, 5)
    for count in [0, 9] {
      #expect(throws: GatewayError.natGatewayAddressCount(gateway: "nat", count: count)) {
        try NATGateway(
          name: "nat", connectivity: .public, addresses: Array(repeating: address, count: count))
      }
    }
    let gateway = try NATGateway(name: "nat", connectivity: .private, addresses: [address])
    #expect(
      gateway.outbound(try Self.packet("10.0.1.1", "192.0.2.1", .gre)).refusal?.sentence
        == "a NAT gateway takes only TCP, UDP and ICMP, not protocol 47")
    #expect(
      gateway.outbound(try Self.packet("10.0.1.1", "192.0.2.1"))
        == .pass(source: .v4(address), destination: try IPAddress("192.0.2.1")))
    #expect(gateway.isInbound(try Self.packet("192.0.2.1", "10.0.0.5")))
    for count in [0, 33] {
      #expect(
        throws: GatewayError.regionalNATGatewayAddressCount(
          gateway: "nat", zone: "use1-az1", count: count)
      ) {
        try RegionalNATGateway(
          name: "nat",
          zones: [.init(name: "use1-az1", addresses: Array(repeating: address, count: count))])
      }
    }
    let zone = RegionalNATGateway.Zone(name: "use1-az1", addresses: [address])
    #expect(throws: GatewayError.zoneRepeated(gateway: "nat", zone: "use1-az1")) {
      try RegionalNATGateway(name: "nat", zones: [zone, zone])
    }
  }

  @Test func `VPCs with the same addresses cannot be peered`() throws {
    let a = PeeringConnection.Side(
      vpc: "a", region: "us-east-1", blocks: [.v4(prefix(10, 0, 0, 0, 16))])
    let b = PeeringConnection.Side(
      vpc: "b", region: "us-east-1", blocks: [.v4(prefix(10, 0, 128, 0, 17))])
    let error = #expect(throws: GatewayError.self) {
      try PeeringConnection(name: "pcx", requester: a, accepter: b)
    }
    #expect(
      error?.description
        == "peering connection pcx joins VPCs whose addresses overlap: 10.0.0.0/16 of a, "
        + "10.0.128.0/17 of b")
  }

  @Test func `What comes through a peered VPC from elsewhere is stopped as well`() throws {
    let connection = try PeeringConnection(
      name: "pcx",
      requester: .init(vpc: "a", region: "us-east-1", blocks: [.v4(prefix(10, 1, 0, 0, 16))]),
      accepter: .init(vpc: "b", region: "us-east-1", blocks: [.v4(prefix(10, 2, 0, 0, 16))]))
    let through = connection.outcome(
      of: try Self.packet("10.9.0.1", "10.2.0.1"), from: .requester)
    #expect(through.refusal == .sourceOutsidePeer(try IPAddress("10.9.0.1"), vpc: "a"))
    let back = connection.outcome(of: try Self.packet("10.2.0.1", "10.1.0.1"), from: .accepter)
    #expect(back.refusal == nil)
  }

  @Test func `A transit gateway's longest prefix wins, and a static route before a learned one`()
    throws
  {
    var gateway = TransitGateway(name: "hub")
    let table = try gateway.addTable(name: "main")
    let a = try gateway.attach(name: "a", blocks: [IPPrefix("10.1.0.0/16")], zones: ["z1"])
    let b = try gateway.attach(name: "b", blocks: [IPPrefix("10.2.0.0/16")], zones: ["z1", "z2"])
    gateway.associate(a, with: table)
    gateway.associate(b, with: table)
    gateway.propagate(b, to: table)
    try gateway.addRoute(to: IPPrefix("0.0.0.0/0"), via: .attachment(b), in: table)
    try gateway.addRoute(to: IPPrefix("10.2.0.0/16"), via: .blackhole, in: table)
    try gateway.addRoute(to: IPPrefix("10.2.7.0/24"), via: .attachment(b), in: table)
    func outcome(_ destination: String, zone: String = "z1") throws -> TransitOutcome {
      gateway.outcome(of: try Self.packet("10.1.0.1", destination), from: a, zone: zone)
    }
    #expect(try outcome("10.2.7.1") == .pass(to: b))
    #expect(
      try outcome("10.2.8.1")
        == .drop(.transitBlackhole(table: "main", try IPAddress("10.2.8.1"))))
    #expect(try outcome("192.0.2.1") == .pass(to: b))
    #expect(
      try outcome("2001:db8::1")
        == .drop(.noTransitRoute(table: "main", try IPAddress("2001:db8::1"))))
    #expect(
      try outcome("10.2.7.1", zone: "z2") == .drop(.zoneNotAttached(zone: "z2", attachment: "a")))
    let reflected = gateway.outcome(
      of: try Self.packet("10.2.0.1", "192.0.2.1"), from: b, zone: "z2")
    #expect(
      reflected == .drop(.transitReflection(table: "main", try IPAddress("192.0.2.1"))))
    #expect(throws: GatewayError.transitTableExists(gateway: "hub", table: "main")) {
      try gateway.addTable(name: "main")
    }
    #expect(throws: GatewayError.attachmentExists(gateway: "hub", attachment: "a")) {
      try gateway.attach(name: "a", blocks: [], zones: ["z1"])
    }
    #expect(throws: GatewayError.attachmentWithoutZone(gateway: "hub", attachment: "c")) {
      try gateway.attach(name: "c", blocks: [], zones: [])
    }
    let taken = try IPPrefix("0.0.0.0/0")
    #expect(throws: GatewayError.transitRouteExists(table: "main", taken)) {
      try gateway.addRoute(to: taken, via: .blackhole, in: table)
    }
  }

  @Test func `Hosts of the internet have public addresses of their own`() throws {
    var internet = Internet()
    let address = try IPAddress("203.0.113.10")
    try internet.add(.init(name: "api", addresses: [address, try IPAddress("2001:db8::1")]))
    #expect(internet.host(at: try IPAddress("2001:db8::1"))?.name == "api")
    #expect(
      throws: GatewayError.internetAddressTaken(host: "web", address, holder: "api")
    ) { try internet.add(.init(name: "web", addresses: [address])) }
    #expect(throws: GatewayError.hostWithoutAddress("web")) {
      try internet.add(.init(name: "web", addresses: []))
    }
    #expect(
      throws: GatewayError.privateInternetAddress(host: "web", IPv4Address(10, 0, 0, 1))
    ) { try internet.add(.init(name: "web", addresses: [.v4(IPv4Address(10, 0, 0, 1))])) }
  }

  @Test(arguments: [
    (6 as UInt8, nil as UInt8?, true), (17, nil, false), (1, 8, true), (1, 3, false),
  ])
  func `A gateway endpoint takes TCP and echo`(number: UInt8, type: UInt8?, passes: Bool) throws {
    let endpoint = GatewayEndpoint(
      name: "s3", service: "s3", prefixes: [try IPPrefix("52.216.0.0/15")])
    let packet = try Self.packet(
      "10.0.0.1", "52.217.1.1", IPProtocol(rawValue: number), icmpType: type)
    #expect((endpoint.outbound(packet).refusal == nil) == passes)
    let elsewhere = try Self.packet("10.0.0.1", "52.218.0.1")
    #expect(
      endpoint.outbound(elsewhere).refusal?.sentence
        == "52.218.0.1 is not in the prefix list of s3")
  }

  @Test func `Regions are as far apart in one direction as in the other`() {
    let there = RegionDistance.latency(from: "us-east-1", to: "eu-west-1")
    #expect(there == RegionDistance.latency(from: "eu-west-1", to: "us-east-1"))
    #expect(there > .milliseconds(20))
    #expect(RegionDistance.latency(from: "us-east-1", to: "us-east-1") == .zero)
    #expect(RegionDistance.latency(from: "us-east-1", to: "mars-1") == RegionDistance.unknown)
  }

  @Test func `A path's limit refuses what must not be split`() throws {
    var packet = try Self.packet("10.0.0.1", "192.0.2.1")
    packet.byteCount = 1501
    #expect(
      PathLimit.internetGateway.refusal(of: packet) == .tooBig(byteCount: 1501, mtu: 1500))
    packet.mayBeFragmented = true
    #expect(PathLimit.internetGateway.refusal(of: packet) == nil)
    packet.byteCount = 1500
    packet.mayBeFragmented = false
    #expect(PathLimit.internetGateway.refusal(of: packet) == nil)
  }
}
