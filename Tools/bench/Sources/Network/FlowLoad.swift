import PacketFormats
import SimulatedTime
import VirtualNetwork

/// Packets between the interfaces of a VPC: a small one, with one of everything, or a large one with 500
/// interfaces, 50 groups of 60 rules, 200 subnets, and 100 routes in each of 20 tables.
struct FlowLoad {
  private let network: VirtualPrivateCloud
  /// A thousand flows between the interfaces.
  private var flows: [(from: InterfaceIndex, to: InterfaceIndex, key: FlowKey)] = []

  private static let flowCount = 1000

  init(isLarge: Bool) throws {
    var network = try VirtualPrivateCloud(
      name: "load", blocks: [IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 16)], seed: 1)
    let gateway = try network.addGateway(.transit, name: "hub")
    var tables = [VirtualPrivateCloud.mainRouteTable]
    for number in 1..<(isLarge ? 20 : 1) {
      tables.append(try network.addRouteTable(name: "table-\(number)"))
    }
    for table in tables {
      for number in 0..<(isLarge ? 99 : 0) as Range<UInt8> {
        let block = IPv4Prefix(IPv4Address(172, 16, number, 0), length: 24)
        try network.addRoute(Route(to: block, via: .gateway(gateway)), to: table)
      }
    }
    var groups: [SecurityGroupIndex] = []
    for number in 0..<(isLarge ? 50 : 1) {
      let group = try network.addSecurityGroup(name: "group-\(number)", allowsAllEgress: false)
      let open = SecurityGroupRule(
        .tcp(1024...65535),
        peer: .prefix(.v4(IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 16))))
      for direction in TrafficDirection.allCases {
        for rule in 0..<(isLarge ? 59 : 0) as Range<UInt8> {
          let peer = IPPrefix.v4(IPv4Prefix(IPv4Address(192, 168, rule, 0), length: 24))
          try network.authorize(
            SecurityGroupRule(.tcp(UInt16(rule)...443), peer: .prefix(peer)), direction, in: group)
        }
        // The rule that applies comes last.
        try network.authorize(open, direction, in: group)
      }
      groups.append(group)
    }
    for number in 0..<(isLarge ? 200 : 1) as Range<UInt8> {
      let subnet = try network.addSubnet(
        name: "subnet-\(number)", cidr: IPv4Prefix(IPv4Address(10, 0, number, 0), length: 24),
        zone: "use1-az\(1 + number % 3)", routeTable: tables[Int(number) % tables.count])
      for place in 0..<(isLarge ? (number < 100 ? 3 : 2) : 2) as Range<Int> {
        let first = Int(number) * 7 + place
        let members = (0..<(isLarge ? 5 : 1)).map { groups[(first + $0) % groups.count] }
        _ = try network.addInterface(
          name: "eni-\(number)-\(place)", in: subnet, securityGroups: members)
      }
    }
    self.network = network
    for number in 0..<Self.flowCount { flows.append(flow(number, port: 1024)) }
  }

  private func flow(
    _ number: Int, port: UInt16
  ) -> (from: InterfaceIndex, to: InterfaceIndex, key: FlowKey) {
    let count = network.interfaces.count
    let from = number % count
    let to = (from + 1 + number / count % (count - 1)) % count
    let key = FlowKey(
      .tcp, source: network.interfaces[from].address,
      sourcePort: UInt16(truncatingIfNeeded: 1024 + number % 60_000),
      destination: network.interfaces[to].address, destinationPort: port)
    return (InterfaceIndex(rawValue: UInt32(from)), InterfaceIndex(rawValue: UInt32(to)), key)
  }

  /// Packets of a thousand known connections, each judged where it leaves and where it arrives.
  func known(packetCount: Int) throws -> Int {
    var plane = DataPlane(network, expectingFlows: 4 * Self.flowCount)
    for flow in flows { try Self.judge(flow, .syn, &plane) }
    let clock = ContinuousClock()
    var accepted = 0
    let duration = clock.measure {
      for number in 0..<packetCount {
        let flow = flows[number % flows.count]
        let out = plane.egress(flow.key, flags: .ack, from: flow.from, now: .start)
        let arrived = plane.ingress(
          flow.key, flags: .ack, at: flow.to, fromSubnet: nil, now: .start)
        if out.verdict == .accept, arrived.verdict == .accept { accepted += 1 }
      }
    }
    guard accepted == packetCount else { throw Trouble.refused }
    return Self.rate(packetCount, in: duration)
  }

  /// New connections, each judged where it leaves and where it arrives.
  func new(flowCount: Int) throws -> Int {
    var plane = DataPlane(network, expectingFlows: 4 * flowCount)
    try Self.judge(flows[0], .syn, &plane)
    // Made beforehand, so that only judging is measured.
    let fresh = (0..<flowCount).map {
      flow($0, port: UInt16(truncatingIfNeeded: 2000 + $0 / 60_000))
    }
    let clock = ContinuousClock()
    var refused = 0
    let duration = clock.measure {
      for flow in fresh {
        let out = plane.egress(flow.key, flags: .syn, from: flow.from, now: .start)
        let arrived = plane.ingress(
          flow.key, flags: .syn, at: flow.to, fromSubnet: nil, now: .start)
        if out.verdict == .reject || arrived.verdict == .reject { refused += 1 }
      }
    }
    guard refused == 0 else { throw Trouble.refused }
    return Self.rate(flowCount, in: duration)
  }

  private static func judge(
    _ flow: (from: InterfaceIndex, to: InterfaceIndex, key: FlowKey), _ flags: TCPHeader.Flags,
    _ plane: inout DataPlane
  ) throws {
    guard plane.egress(flow.key, flags: flags, from: flow.from, now: .start).verdict == .accept,
      plane.ingress(flow.key, flags: flags, at: flow.to, fromSubnet: nil, now: .start).verdict
        == .accept
    else { throw Trouble.refused }
  }

  private static func rate(_ count: Int, in duration: Duration) -> Int {
    Int(Double(count) / (duration / .seconds(1)))
  }

  enum Trouble: Error {
    /// A rule that should let the packet through does not.
    case refused
  }
}
