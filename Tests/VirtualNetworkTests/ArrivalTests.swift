import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// What comes into a VPC through a gateway.
@Suite struct ArrivalTests {
  let outside = IPv4Address(203, 0, 113, 10)

  func key(to destination: IPv4Address) -> FlowKey {
    FlowKey(.tcp, source: outside, sourcePort: 9, destination: destination, destinationPort: 5432)
  }

  @Test func `It reaches who has the address, and is remembered`() throws {
    let shop = try Shop()
    var network = shop.network
    let gateway = try network.addGateway(.peering, name: "pcx")
    var plane = DataPlane(network)
    let first = plane.arrival(key(to: IPv4Address(10, 0, 2, 20)), through: gateway, now: .start)
    #expect(first.nextHop == .interface(shop.postgres))
    #expect(first.isSlowPath)
    #expect(plane.decision(first.decision).place == .gateway(gateway))
    #expect(plane.decision(first.decision).interface == nil)
    #expect(plane.decision(first.decision).reasons.map(\.code) == [.mapping])
    let second = plane.arrival(key(to: IPv4Address(10, 0, 2, 20)), through: gateway, now: .start)
    #expect(!second.isSlowPath)
    #expect(second.decision == first.decision)
    try plane.update { (network) throws(VirtualNetworkError) in
      network.removeInterface(shop.postgres)
    }
    let third = plane.arrival(key(to: IPv4Address(10, 0, 2, 20)), through: gateway, now: .start)
    #expect(third.isSlowPath)
    #expect(third.verdict == .reject)
    // After half a minute of silence the routes are asked again.
    let late = plane.arrival(key(to: IPv4Address(10, 0, 2, 20)), through: gateway, now: seconds(31))
    #expect(late.isSlowPath)
  }

  @Test(arguments: [
    (IPv4Address(10, 0, 2, 99), ExplanationCode.noPossibleDestination),
    (IPv4Address(10, 1, 0, 9), .localRouteRestriction),
    (IPv4Address(8, 8, 8, 8), .localRouteRestriction),
  ])
  func `A gateway is no way to others`(destination: IPv4Address, code: ExplanationCode) throws {
    var network = try Shop().network
    let gateway = try network.addGateway(.peering, name: "pcx")
    var plane = DataPlane(network)
    let arrival = plane.arrival(key(to: destination), through: gateway, now: .start)
    #expect(arrival.verdict == .reject)
    #expect(plane.decision(arrival.decision).reasons.map(\.code) == [code])
  }

  @Test func `A gateway's route table sends it to a middlebox`() throws {
    let shop = try Shop()
    var network = shop.network
    let gateway = try network.addGateway(.internet, name: "igw")
    let edge = try network.addRouteTable(name: "edge")
    let box = try network.addInterface(
      name: "box", in: shop.privateA, checksSourceAndDestination: false)
    try network.addRoute(Route(to: prefix(10, 0, 2, 0, 24), via: .networkInterface(box)), to: edge)
    try network.setGatewayRouteTable(edge, of: gateway)
    var plane = DataPlane(network)
    #expect(
      plane.arrival(key(to: IPv4Address(10, 0, 2, 20)), through: gateway, now: .start).nextHop
        == .interface(box))
    #expect(
      plane.arrival(key(to: IPv4Address(10, 0, 1, 4)), through: gateway, now: .start).nextHop
        == .interface(shop.eni))
  }

  @Test func `A transit gateway enters a subnet, whose route table decides`() throws {
    let shop = try Shop()
    var network = shop.network
    let transit = try network.addGateway(.transit, name: "tgw")
    let table = try network.addRouteTable(name: "inspection")
    let subnet = try network.addSubnet(
      name: "tgw-a", cidr: prefix(10, 0, 3, 0, 28), zone: "use1-az1", routeTable: table)
    let attachment = try network.addInterface(name: "tgw-a", in: subnet, type: .transitGateway)
    try network.setAttachments([attachment], of: transit)
    let nat = try network.addInterface(name: "nat", in: shop.privateA, type: .natGateway)
    try network.addRoute(Route(to: .everything(.v4), via: .networkInterface(nat)), to: table)
    var plane = DataPlane(network)
    for isSlow in [true, false] {
      let out = plane.arrival(
        key(to: IPv4Address(8, 8, 8, 8)), through: transit, at: attachment, now: .start)
      #expect(out.nextHop == .interface(nat))
      #expect(out.isSlowPath == isSlow)
      let local = plane.arrival(
        key(to: IPv4Address(10, 0, 2, 20)), through: transit, at: attachment, now: .start)
      #expect(local.nextHop == .interface(shop.postgres))
    }
    // Without the attachment it is like any gateway.
    #expect(
      plane.arrival(key(to: IPv4Address(8, 8, 8, 8)), through: transit, now: .start).verdict
        == .reject)
    let second = try network.addInterface(name: "tgw-b", in: subnet, type: .transitGateway)
    #expect(
      throws: VirtualNetworkError.attachmentNotAllowed(
        gateway: "tgw", interface: "tgw-b", zone: "use1-az1")
    ) { try network.setAttachments([attachment, second], of: transit) }
    #expect(throws: VirtualNetworkError.self) {
      try network.setAttachments([shop.eni], of: transit)
    }
  }
}
