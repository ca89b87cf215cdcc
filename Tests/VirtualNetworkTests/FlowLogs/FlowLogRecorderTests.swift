import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// What flow logs say of packets, window by window.
@Suite struct FlowLogRecorderTests {
  private func format(_ text: String) throws -> FlowLogFormat { try FlowLogFormat(text) }

  private let short = "${srcaddr} ${dstaddr} ${srcport} ${dstport} ${packets} ${bytes} ${action}"

  @Test func `A connection has a record for each direction at each of its interfaces`() throws {
    let shop = try Shop(eniType: .lambda)
    let log = FlowLog(
      name: "all", in: shop.network,
      format: try format(
        "${version} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} "
          + "${start} ${end} ${action} ${tcp-flags} ${flow-direction} ${traffic-path} "
          + "${pkt-srcaddr} ${pkt-dstaddr} ${log-status}"))
    let network = LoggedNetwork(shop.network, [log], start: "2026-09-21T14:13:20Z")
    let answer = shop.query.reversed
    network.leave(shop.eni, shop.query, .syn, bytes: 60, at: 0.5)
    network.arrive(shop.postgres, shop.query, .syn, bytes: 60, at: 0.6)
    network.leave(shop.postgres, answer, [.syn, .ack], bytes: 60, at: 0.7)
    network.arrive(shop.eni, answer, [.syn, .ack], bytes: 60, at: 0.8)
    network.leave(shop.eni, shop.query, [.ack, .psh], bytes: 1084, at: 1)
    network.leave(shop.eni, shop.query, [.ack, .fin], bytes: 60, at: 12.9)
    #expect(
      network.lines(at: 20) == [
        "5 10.0.1.4 10.0.2.20 40110 5432 6 3 1204 1790000000 1790000012 ACCEPT 3 egress 1 "
          + "10.0.1.4 10.0.2.20 OK",
        "5 10.0.1.4 10.0.2.20 40110 5432 6 1 60 1790000000 1790000000 ACCEPT 2 ingress - "
          + "10.0.1.4 10.0.2.20 OK",
        "5 10.0.2.20 10.0.1.4 5432 40110 6 1 60 1790000000 1790000000 ACCEPT 18 egress 1 "
          + "10.0.2.20 10.0.1.4 OK",
        "5 10.0.2.20 10.0.1.4 5432 40110 6 1 60 1790000000 1790000000 ACCEPT 18 ingress - "
          + "10.0.2.20 10.0.1.4 OK",
      ])
  }

  @Test func `The default format names account and interface`() throws {
    let shop = try Shop()
    let log = FlowLog(name: "all", in: shop.network, of: .interface(shop.eni))
    let network = LoggedNetwork(shop.network, [log], start: "2014-12-14T04:06:50Z")
    network.leave(shop.eni, shop.query, .syn, bytes: 4249, at: 0)
    let name = shop.network.interfaces[Int(shop.eni.rawValue)].identifier
    #expect(
      network.lines(at: 1) == [
        "2 123456789012 \(name) 10.0.1.4 10.0.2.20 40110 5432 6 1 4249 1418530010 1418530010 "
          + "ACCEPT OK"
      ])
    #expect(log.identifier.rawValue.count == 20 && log.identifier.rawValue.hasPrefix("fl-0"))
  }

  @Test func `What a group refuses is rejected where it is refused, and seen nowhere else`() throws
  {
    let shop = try Shop()
    let log = FlowLog(name: "all", in: shop.network, format: try format(short + " ${traffic-path}"))
    let network = LoggedNetwork(shop.network, [log])
    let other = FlowKey(
      .tcp, source: shop.query.source, sourcePort: 40110, destination: shop.query.destination,
      destinationPort: 22)
    #expect(!network.leave(shop.eni, other, .syn, at: 1))
    #expect(!network.leave(shop.eni, other, .syn, at: 2))
    #expect(!network.arrive(shop.postgres, other, .syn, at: 3))
    #expect(
      network.lines(at: 4) == [
        "10.0.1.4 10.0.2.20 40110 22 2 200 REJECT -", "10.0.1.4 10.0.2.20 40110 22 1 100 REJECT -",
      ])
  }

  @Test func `Windows end with the minute of the calendar, and flags begin anew`() throws {
    let shop = try Shop()
    let log = FlowLog(
      name: "all", in: shop.network, of: .interface(shop.eni),
      format: try format("${start} ${end} ${packets} ${tcp-flags}"))
    // 20 s to the next minute.
    let network = LoggedNetwork(shop.network, [log], start: "1970-01-01T00:00:40Z")
    for (time, flags) in [
      (0, TCPHeader.Flags.syn), (19.9, .ack), (20, .ack), (79.999, [.ack, .rst]), (80, .fin),
    ] {
      network.leave(shop.eni, shop.query, flags, at: time)
    }
    #expect(network.earlyLines(at: 80) == ["40 59 2 2", "60 119 2 4"])
    #expect(network.lines(at: 90) == ["120 120 1 1"])
    #expect(network.lines(at: 90) == [])
  }

  @Test func `An instance keeps to a minute, an endpoint to what the flow log says`() throws {
    var shop = try Shop()
    let endpoint = try shop.network.addInterface(
      name: "sqs", in: shop.dataA, securityGroups: [shop.database], type: .vpcEndpoint)
    let logs = try [
      FlowLog(name: "ten", in: shop.network, format: format("${interface-id} ${packets}")),
      FlowLog(
        name: "one", in: shop.network, interval: .oneMinute,
        format: format("${interface-id} ${packets}")),
    ]
    let network = LoggedNetwork(shop.network, logs)
    let ask = FlowKey(
      .tcp, source: shop.query.source, sourcePort: 1,
      destination: shop.network.interfaces[Int(endpoint.rawValue)].address, destinationPort: 5432)
    for time in [1.0, 61, 601] {
      network.leave(shop.eni, ask, .syn, at: time)
      network.arrive(endpoint, ask, .syn, at: time)
    }
    let names = [shop.eni, endpoint].map {
      shop.network.interfaces[Int($0.rawValue)].identifier.rawValue
    }
    let batch = network.lastBatch(at: 602)
    let all = (0...1).map { log in
      LoggedNetwork.lines(batch, of: log, logs[log].format).filter { !$0.hasSuffix("-") }
    }
    #expect(
      all[0] == [
        "\(names[0]) 1", "\(names[0]) 1", "\(names[1]) 2", "\(names[0]) 1", "\(names[1]) 1",
      ])
    #expect(all[1] == (0..<3).flatMap { _ in ["\(names[0]) 1", "\(names[1]) 1"] })
  }

  @Test func `Silence is told once there has been traffic`() throws {
    let shop = try Shop()
    let log = FlowLog(name: "all", in: shop.network)
    let network = LoggedNetwork(shop.network, [log], start: "1970-01-01T00:00:00Z")
    let (eni, postgres) = (shop.eni, shop.postgres)
    let names = [eni, postgres].map {
      shop.network.interfaces[Int($0.rawValue)].identifier.rawValue
    }
    #expect(network.earlyLines(at: 60) == [])
    network.leave(eni, shop.query, .syn, at: 70)
    #expect(
      network.earlyLines(at: 180) == [
        "2 123456789012 \(names[0]) 10.0.1.4 10.0.2.20 40110 5432 6 1 100 70 70 ACCEPT OK",
        "2 123456789012 \(names[1]) - - - - - - - 60 119 - NODATA",
        "2 123456789012 \(names[0]) - - - - - - - 120 179 - NODATA",
        "2 123456789012 \(names[1]) - - - - - - - 120 179 - NODATA",
      ])
    network.arrive(postgres, shop.query, .syn, at: 181)
    #expect(
      network.lines(at: 200.5) == [
        "2 123456789012 \(names[1]) 10.0.1.4 10.0.2.20 40110 5432 6 1 100 181 181 ACCEPT OK",
        "2 123456789012 \(names[0]) - - - - - - - 180 200 - NODATA",
      ])
  }

  @Test func `A flow log of a subnet or an interface knows nothing of others`() throws {
    let shop = try Shop()
    let text = try format("${interface-id} ${flow-direction}")
    let logs = [
      FlowLog(name: "a", in: shop.network, of: .subnet(shop.dataA), format: text),
      FlowLog(name: "b", in: shop.network, of: .interface(shop.eni), format: text),
    ]
    let network = LoggedNetwork(shop.network, logs)
    network.leave(shop.eni, shop.query, .syn, at: 1)
    network.arrive(shop.postgres, shop.query, .syn, at: 1)
    let batch = network.lastBatch(at: 2)
    let names = [shop.postgres, shop.eni].map {
      shop.network.interfaces[Int($0.rawValue)].identifier
    }
    #expect(LoggedNetwork.lines(batch, of: 0, text) == ["\(names[0]) ingress"])
    #expect(LoggedNetwork.lines(batch, of: 1, text) == ["\(names[1]) egress"])
  }

  @Test(arguments: [
    (FlowLog.Traffic.accept, ["5432"]), (.reject, ["22"]), (.all, ["5432", "22"]),
  ])
  func `A flow log of one kind leaves the other out`(kind: FlowLog.Traffic, ports: [String]) throws
  {
    let shop = try Shop()
    let log = FlowLog(
      name: "all", in: shop.network, of: .interface(shop.eni), traffic: kind,
      format: try format("${dstport}"))
    let network = LoggedNetwork(shop.network, [log])
    network.leave(shop.eni, shop.query, .syn, at: 1)
    network.leave(
      shop.eni,
      FlowKey(
        .tcp, source: shop.query.source, sourcePort: 1, destination: shop.query.destination,
        destinationPort: 22), .syn, at: 1)
    #expect(network.lines(at: 2) == ports)
  }

  @Test func `A ping has no ports, and all pings between two are one flow`() throws {
    var shop = try Shop()
    try shop.network.authorize(SecurityGroupRule(.all, peer: .anywhere), .egress, in: shop.orders)
    let log = FlowLog(
      name: "all", in: shop.network, of: .interface(shop.eni),
      format: try format("${protocol} ${tcp-flags} ${type} \(short)"))
    let network = LoggedNetwork(shop.network, [log])
    for identifier in 1...2 as ClosedRange<UInt16> {
      for _ in 0..<2 {
        let ping = FlowKey(
          icmpType: 8, code: 0, identifier: identifier, source: shop.query.source,
          destination: shop.query.destination)
        network.leave(shop.eni, ping, bytes: 84, at: 1)
        network.arrive(shop.eni, ping.reversed, bytes: 84, at: 1)
      }
    }
    #expect(
      network.lines(at: 2) == [
        "1 0 IPv4 10.0.1.4 10.0.2.20 0 0 4 336 ACCEPT",
        "1 0 IPv4 10.0.2.20 10.0.1.4 0 0 4 336 ACCEPT",
      ])
  }

  /// The four records of AWS's example (VPC guide, "Flow log record examples", NAT gateway).
  @Test func `An interface that forwards shows itself, and beside it what the packet says`() throws
  {
    var shop = try Shop()
    try shop.network.authorize(SecurityGroupRule(.all, peer: .anywhere), .ingress, in: shop.orders)
    let nat = try shop.network.addInterface(
      name: "nat", in: shop.dataA, type: .natGateway,
      checksSourceAndDestination: false)
    let own = shop.network.interfaces[Int(nat.rawValue)].address
    let far = IPv4Address(203, 0, 113, 5)
    let log = FlowLog(
      name: "all", in: shop.network, of: .interface(nat),
      format: try format(
        "${instance-id} ${srcaddr} ${dstaddr} ${pkt-srcaddr} ${pkt-dstaddr} ${interface-type}"))
    try shop.network.authorize(SecurityGroupRule(.all, peer: .anywhere), .egress, in: shop.orders)
    let network = LoggedNetwork(shop.network, [log])
    let inside = FlowKey(
      .tcp, source: shop.query.source, sourcePort: 5, destination: far, destinationPort: 80)
    let outside = FlowKey(
      .tcp, source: own, sourcePort: 1024, destination: far, destinationPort: 80)
    network.arrive(nat, inside, .syn, at: 1)
    network.leave(nat, outside, .syn, at: 1)
    network.arrive(nat, outside.reversed, [.syn, .ack], at: 1)
    network.leave(nat, inside.reversed, [.syn, .ack], at: 1)
    #expect(
      network.lines(at: 2) == [
        "- 10.0.1.4 \(own) 10.0.1.4 203.0.113.5 nat_gateway",
        "- \(own) 203.0.113.5 \(own) 203.0.113.5 nat_gateway",
        "- 203.0.113.5 \(own) 203.0.113.5 \(own) nat_gateway",
        "- \(own) 10.0.1.4 203.0.113.5 10.0.1.4 nat_gateway",
      ])
  }

  @Test func `An interface that is made anew is another one`() throws {
    var shop = try Shop()
    let eni = try shop.network.planInterface(
      name: "env-1", in: shop.privateA, securityGroups: [shop.orders])
    let log = FlowLog(
      name: "all", in: shop.network, of: .interface(eni),
      format: try format("${interface-id} ${srcaddr} ${packets} ${log-status}"))
    let network = LoggedNetwork(shop.network, [log])
    var names: [ResourceIdentifier] = []
    for (time, last) in [(1.0, 50), (3.0, 51)] as [(Double, UInt8)] {
      let address = IPv4Address(10, 0, 1, last)
      try network.update(eni, at: time) { vpc throws(VirtualNetworkError) in
        try vpc.bringUp(eni, at: address)
        names.append(vpc.interfaces[Int(eni.rawValue)].identifier)
      }
      network.leave(
        eni,
        FlowKey(
          .tcp, source: address, sourcePort: 9, destination: shop.query.destination,
          destinationPort: 5432), .syn, at: time)
      try network.update(eni, at: time + 1) { $0.removeInterface(eni) }
    }
    try #require(names.count == 2)
    #expect(names[0] != names[1])
    #expect(
      network.lines(at: 130) == ["\(names[0]) 10.0.1.50 1 OK", "\(names[1]) 10.0.1.51 1 OK"])
  }

  @Test func `A recorder without flow logs takes no notice of anything`() throws {
    let shop = try Shop()
    let network = LoggedNetwork(shop.network, [])
    network.leave(shop.eni, shop.query, .syn, at: 1)
    let batch = network.lastBatch(at: 100)
    #expect(batch.records.isEmpty)
    var none = FlowLogRecorder()
    let isOn = none.isOn
    let nothing = none.takeLastBatch(at: seconds(1000), of: DataPlane(shop.network))
    #expect(!isOn)
    #expect(nothing.records.isEmpty)
  }

  /// AWS's example (VPC guide, "Flow log record examples", Security group and network ACL rules): what
  /// comes in is accepted, the answer is refused by the network ACL.
  @Test func `An answer that a network ACL refuses is rejected on its way out`() throws {
    var shop = try Shop()
    let list = try shop.network.addNetworkACL(name: "no-way-back")
    try shop.network.addRule(
      NetworkACLRule(100, .allow, peer: .everything(.v4)), .ingress, to: list)
    shop.network.associate(list, with: shop.dataA)
    let log = FlowLog(
      name: "all", in: shop.network, of: .interface(shop.postgres),
      format: try format("${srcaddr} ${dstaddr} ${flow-direction} ${action}"))
    let network = LoggedNetwork(shop.network, [log])
    #expect(network.arrive(shop.postgres, shop.query, .syn, at: 1))
    #expect(!network.leave(shop.postgres, shop.query.reversed, [.syn, .ack], at: 1))
    #expect(
      network.lines(at: 2) == [
        "10.0.1.4 10.0.2.20 ingress ACCEPT", "10.0.2.20 10.0.1.4 egress REJECT",
      ])
  }

  @Test func `IPv6 flows are told by their addresses`() throws {
    let block = try IPv6Prefix("2001:db8:1200::/56")
    var vpc = try VirtualPrivateCloud(
      name: "dual", blocks: [prefix(10, 0, 0, 0, 16)], ipv6Blocks: [block], seed: 1)
    let subnet = try vpc.addSubnet(
      name: "a", cidr: prefix(10, 0, 1, 0, 24), ipv6CIDR: IPv6Prefix("2001:db8:1200:1::/64"),
      zone: "use1-az1")
    let group = try vpc.addSecurityGroup(name: "open")
    try vpc.authorize(SecurityGroupRule(.all, peer: .anywhereIPv6), .ingress, in: group)
    let host = try vpc.addInterface(name: "host", in: subnet, securityGroups: [group])
    let own = try vpc.assignIPv6Address(to: host)
    let other = try vpc.assignIPv6Address(to: host)
    let log = FlowLog(
      name: "all", in: vpc, format: try format("${type} \(short) ${pkt-dstaddr}"))
    let network = LoggedNetwork(vpc, [log])
    let far = try IPAddress("2001:db8:ffff::10")
    network.arrive(host, network.key(.tcp, far, 443, to: .v6(own), 5000), .syn, at: 1)
    network.arrive(host, network.key(.tcp, far, 443, to: .v6(other), 5000), .syn, at: 1)
    network.arrive(
      host,
      network.key(.tcp, .v4(IPv4Address(1, 2, 3, 4)), 1, to: .v4(vpc.interfaces[0].address), 5000),
      .syn, at: 1)
    network.arrive(host, network.key(.udp, far, 547, to: .v6(own), 546), at: 1)
    network.arrive(host, network.key(.icmpv6, far, 9, to: .v6(own), 128 << 8), at: 1)
    #expect(
      network.lines(at: 2) == [
        "IPv6 \(far) \(own) 443 5000 1 100 ACCEPT \(own)",
        "IPv6 \(far) \(other) 443 5000 1 100 ACCEPT \(other)",
        "IPv4 1.2.3.4 10.0.1.4 1 5000 1 100 REJECT 10.0.1.4",
        "IPv6 \(far) \(own) 0 0 1 100 ACCEPT \(own)",
      ])
  }
}
