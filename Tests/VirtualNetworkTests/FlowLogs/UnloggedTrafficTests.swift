import PacketFormats
import Testing
import VirtualNetwork

/// What flow logs leave out, and where packets go.
@Suite struct UnloggedTrafficTests {
  /// A VPC with a host that may do anything, and gateways of every kind.
  private struct Open {
    var network: VirtualPrivateCloud
    let host: InterfaceIndex
    let neighbour: InterfaceIndex
    let subnet: SubnetIndex

    init(type: InterfaceType = .interface) throws {
      network = try VirtualPrivateCloud(name: "open", blocks: [prefix(10, 0, 0, 0, 16)], seed: 3)
      subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "use1-az1")
      let group = try network.addSecurityGroup(name: "open")
      try network.authorize(SecurityGroupRule(.all, peer: .anywhere), .ingress, in: group)
      host = try network.addInterface(
        name: "host", in: subnet, securityGroups: type.isGateway ? [] : [group], type: type)
      neighbour = try network.addInterface(name: "neighbour", in: subnet, securityGroups: [group])
    }

    func key(
      _ number: IPProtocol, _ port: UInt16, to address: IPv4Address, _ peerPort: UInt16
    ) -> FlowKey {
      FlowKey(
        number, source: network.interfaces[Int(host.rawValue)].address, sourcePort: port,
        destination: address, destinationPort: peerPort)
    }
  }

  @Test(
    arguments: [
      (IPProtocol.udp, 5353, IPv4Address(10, 0, 0, 2), 53),
      (.udp, 5353, IPv4Address(169, 254, 169, 253), 53),
      (.tcp, 5353, IPv4Address(169, 254, 169, 254), 80),
      (.udp, 123, IPv4Address(169, 254, 169, 123), 123),
      (.udp, 68, IPv4Address(10, 0, 1, 1), 67),
      (.icmp, 0, IPv4Address(10, 0, 1, 1), 0),
      (.tcp, 5353, IPv4Address(169, 254, 169, 250), 1688),
    ] as [(IPProtocol, UInt16, IPv4Address, UInt16)])
  func `AWS's list of what is not logged is kept to`(
    number: IPProtocol, port: UInt16, address: IPv4Address, peerPort: UInt16
  ) throws {
    let open = try Open()
    let log = FlowLog(name: "all", in: open.network)
    let network = LoggedNetwork(open.network, [log])
    let key = open.key(number, port, to: address, peerPort)
    network.leave(open.host, key, .syn, at: 1)
    network.arrive(open.host, key.reversed, [.syn, .ack], at: 2)
    #expect(network.lines(at: 3) == [])
  }

  @Test func `Asking a name server of one's own is logged`() throws {
    let open = try Open()
    let log = FlowLog(name: "all", in: open.network, format: try FlowLogFormat("${dstport}"))
    let network = LoggedNetwork(open.network, [log])
    let server = open.network.interfaces[Int(open.neighbour.rawValue)].address
    network.leave(open.host, open.key(.udp, 5353, to: server, 53), at: 1)
    network.leave(open.host, open.key(.udp, 68, to: server, 68), at: 1)
    network.leave(open.host, open.key(.tcp, 68, to: server, 1688), .syn, at: 1)
    #expect(network.lines(at: 3).filter { $0 != "-" } == ["53", "68", "1688"])
  }

  @Test
  func `What passes the groups and finds no way is accepted, what is not its own is not seen`()
    throws
  {
    var open = try Open()
    let gateway = try open.network.addGateway(.internet, name: "igw")
    try open.network.addRoute(
      Route(to: prefix(192, 0, 2, 0, 24), via: .gateway(gateway)),
      to: VirtualPrivateCloud.mainRouteTable)
    let log = FlowLog(
      name: "all", in: open.network, of: .interface(open.host),
      format: try FlowLogFormat("${dstaddr} ${action} ${traffic-path}"))
    let network = LoggedNetwork(open.network, [log])
    // No route, nobody there, and a route.
    for address in [
      IPv4Address(198, 51, 100, 1), IPv4Address(10, 0, 77, 7), IPv4Address(192, 0, 2, 1),
    ] {
      network.leave(open.host, open.key(.tcp, 1000, to: address, 80), .syn, at: 1)
    }
    let foreign = FlowKey(
      .tcp, source: IPv4Address(10, 0, 1, 200), sourcePort: 1,
      destination: IPv4Address(192, 0, 2, 1), destinationPort: 80)
    #expect(!network.leave(open.host, foreign, .syn, at: 1))
    #expect(
      network.lines(at: 2) == [
        "198.51.100.1 ACCEPT -", "10.0.77.7 ACCEPT -", "192.0.2.1 ACCEPT 8",
      ])
  }

  @Test(arguments: [
    (Gateway.Kind.internet, InterfaceType.interface, "8"),
    (.internet, .lambda, "8"),
    (.internet, .networkLoadBalancer, "2"),
    (.internet, .natGateway, "2"),
    (.gatewayEndpoint(.s3, PrefixListIndex(rawValue: 0)), .lambda, "7"),
    (.gatewayEndpoint(.s3, PrefixListIndex(rawValue: 0)), .networkLoadBalancer, "2"),
    (.peering, .interface, "4"),
    (.transit, .interface, "1"),
    (.regionalNAT, .interface, "1"),
    (.virtualPrivate, .interface, "3"),
  ])
  func `The way out has AWS's number`(
    kind: Gateway.Kind, type: InterfaceType, path: String
  ) throws {
    var open = try Open(type: type)
    let block = prefix(52, 216, 0, 0, 15)
    let list = try open.network.addPrefixList(name: "s3", entries: [.v4(block)])
    let gateway = try open.network.addGateway(kind, name: "g")
    let isEndpoint = kind.resourceKind == .endpoint
    try open.network.addRoute(
      Route(to: isEndpoint ? .prefixList(list) : .prefix(.v4(block)), via: .gateway(gateway)),
      to: VirtualPrivateCloud.mainRouteTable)
    let log = FlowLog(
      name: "all", in: open.network, of: .interface(open.host),
      format: try FlowLogFormat(
        "${traffic-path} ${pkt-dst-aws-service} ${pkt-src-aws-service} ${next-hop-interface-id}"))
    let network = LoggedNetwork(open.network, [log])
    network.leave(open.host, open.key(.tcp, 5, to: IPv4Address(52, 217, 3, 4), 443), .syn, at: 1)
    network.arrive(
      open.host, open.key(.tcp, 5, to: IPv4Address(52, 217, 3, 4), 443).reversed, [.syn, .ack],
      at: 1)
    #expect(network.lines(at: 2) == ["\(path) S3 - -", "- - S3 -"])
  }

  @Test func `Every field has the value of its interface, its next one, or none`() throws {
    let open = try Open()
    let log = FlowLog(
      name: "all", in: open.network, of: .interface(open.host),
      format: try FlowLogFormat(FlowLogField.allCases))
    let network = LoggedNetwork(open.network, [log])
    let (host, neighbour) = (
      open.network.interfaces[Int(open.host.rawValue)],
      open.network.interfaces[Int(open.neighbour.rawValue)]
    )
    network.leave(open.host, open.key(.udp, 5, to: neighbour.address, 7), at: 1)
    let subnet = open.network.subnets[0].identifier
    let instance = ResourceIdentifier(.instance, name: "open/host", seed: 3)
    var values = network.lines(at: 2)[0].split(separator: " ").map(String.init)
    #expect(values.count == 54)
    let expected: [FlowLogField: String] = [
      .version: "11", .accountID: "123456789012", .interfaceID: "\(host.identifier)",
      .vpcID: "\(open.network.identifier)", .subnetID: "\(subnet)", .instanceID: "\(instance)",
      .region: "us-east-1", .zoneID: "use1-az1", .type: "IPv4", .tcpFlags: "0",
      .nextHopInterfaceID: "\(neighbour.identifier)", .nextHopSubnetID: "\(subnet)",
      .nextHopZoneID: "use1-az1", .nextHopVPCID: "\(open.network.identifier)", .trafficPath: "1",
      .flowDirection: "egress", .logStatus: "OK", .action: "ACCEPT", .start: "1795435201",
      .end: "1795435201", .packets: "1", .bytes: "100", .protocol: "17", .sourcePort: "5",
      .destinationPort: "7", .sourceAddress: "\(host.address)",
      .destinationAddress: "\(neighbour.address)", .packetSourceAddress: "\(host.address)",
      .packetDestinationAddress: "\(neighbour.address)",
    ]
    for field in FlowLogField.allCases.reversed() {
      #expect(values.removeLast() == expected[field] ?? "-", "\(field)")
    }
  }
}
