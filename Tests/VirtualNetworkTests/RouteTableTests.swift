import PacketFormats
import Testing
import VirtualNetwork

@Suite struct RouteTableTests {
  @Test func `The local route is there from the beginning and cannot be touched`() throws {
    var network = try Shop().network
    let main = VirtualPrivateCloud.mainRouteTable
    let block = prefix(10, 0, 0, 0, 16)
    #expect(network.routeTables[0].routes == [Route(to: block, via: .local)])
    let error = VirtualNetworkError.localRouteIsFixed(table: "main", .v4(block))
    #expect(throws: error) { try network.removeRoute(to: block, from: main) }
    #expect(throws: error) { try network.addRoute(Route(to: block, via: .blackhole), to: main) }
    #expect(
      throws: VirtualNetworkError.localRouteIsFixed(table: "main", .v4(prefix(192, 168, 0, 0, 16)))
    ) {
      try network.addRoute(Route(to: prefix(192, 168, 0, 0, 16), via: .local), to: main)
    }
  }

  @Test func `The longest prefix wins, in whatever order routes are added`() throws {
    let destinations = [
      prefix(0, 0, 0, 0, 0), prefix(192, 168, 0, 0, 16), prefix(192, 168, 7, 0, 24),
      prefix(192, 168, 7, 9, 32), prefix(192, 0, 0, 0, 8),
    ]
    for rotation in destinations.indices {
      var network = try Shop().network
      let order = destinations[rotation...] + destinations[..<rotation]
      var targets: [IPv4Prefix: RouteTarget] = [:]
      for destination in order {
        let gateway = try network.addGateway(.transit, name: "\(destination)")
        targets[destination] = .gateway(gateway)
        try network.addRoute(
          Route(to: destination, via: .gateway(gateway)),
          to: VirtualPrivateCloud.mainRouteTable)
      }
      for (address, expected) in [
        (IPv4Address(192, 168, 7, 9), destinations[3]),
        (IPv4Address(192, 168, 7, 8), destinations[2]),
        (IPv4Address(192, 168, 8, 8), destinations[1]),
        (IPv4Address(192, 1, 1, 1), destinations[4]),
        (IPv4Address(8, 8, 8, 8), destinations[0]),
      ] {
        #expect(
          network.route(for: .v4(address), in: VirtualPrivateCloud.mainRouteTable)?.target
            == targets[expected])
      }
      #expect(
        network.route(for: .v4(IPv4Address(10, 0, 77, 1)), in: VirtualPrivateCloud.mainRouteTable)?
          .target == .local)
    }
  }

  @Test func `Without a default route there is no way out`() throws {
    let network = try Shop().network
    let main = VirtualPrivateCloud.mainRouteTable
    #expect(network.route(for: .v4(IPv4Address(8, 8, 8, 8)), in: main) == nil)
  }

  @Test func `A destination has one route, which can be removed once`() throws {
    var network = try Shop().network
    let main = VirtualPrivateCloud.mainRouteTable
    let everything = prefix(0, 0, 0, 0, 0)
    #expect(throws: VirtualNetworkError.routeNotFound(table: "main", destination: "0.0.0.0/0")) {
      try network.removeRoute(to: everything, from: main)
    }
    try network.addRoute(Route(to: everything, via: .blackhole), to: main)
    #expect(throws: VirtualNetworkError.routeExists(table: "main", destination: "0.0.0.0/0")) {
      try network.addRoute(Route(to: everything, via: .blackhole), to: main)
    }
    try network.removeRoute(to: everything, from: main)
    #expect(network.routeTables[0].routes.count == 1)
  }

  @Test func `Inside the VPC only exactly one subnet can be routed elsewhere`() throws {
    let shop = try Shop()
    var network = shop.network
    let main = VirtualPrivateCloud.mainRouteTable
    let half = prefix(10, 0, 2, 0, 25)
    #expect(throws: VirtualNetworkError.routeInsideVPC(table: "main", .v4(half))) {
      try network.addRoute(Route(to: half, via: .networkInterface(shop.eni)), to: main)
    }
    try network.addRoute(
      Route(to: prefix(10, 0, 2, 0, 24), via: .networkInterface(shop.eni)), to: main)
    #expect(
      network.route(for: .v4(IPv4Address(10, 0, 2, 20)), in: main)?.target
        == .networkInterface(shop.eni))
  }

  @Test func `Deleting an interface turns the routes to it into blackholes`() throws {
    let shop = try Shop()
    var network = shop.network
    let everything = prefix(0, 0, 0, 0, 0)
    try network.addRoute(
      Route(to: everything, via: .networkInterface(shop.eni)),
      to: VirtualPrivateCloud.mainRouteTable)
    network.removeInterface(shop.eni)
    #expect(network.routeTables[0].route(to: everything)?.target == .blackhole)
  }

  // MARK: - Order among equals

  @Test func `Static wins over propagated, and a block over a prefix list`() throws {
    var network = try Shop().network
    let main = VirtualPrivateCloud.mainRouteTable
    let block = IPPrefix.v4(prefix(192, 168, 0, 0, 16))
    let address = IPAddress.v4(IPv4Address(192, 168, 7, 7))
    let learned = try network.addGateway(.virtualPrivate, name: "vgw")
    let transit = try network.addGateway(.transit, name: "tgw")
    let peering = try network.addGateway(.peering, name: "pcx")
    let list = try network.addPrefixList(name: "list", entries: [block])
    func target() -> RouteTarget? { network.route(for: address, in: main)?.target }
    try network.addRoute(Route(to: block, via: .gateway(learned), origin: .propagated), to: main)
    #expect(target() == .gateway(learned))
    try network.addRoute(Route(to: .prefixList(list), via: .gateway(peering)), to: main)
    #expect(target() == .gateway(peering))
    try network.addRoute(Route(to: block, via: .gateway(transit)), to: main)
    #expect(target() == .gateway(transit))
    try network.removeRoute(to: .prefix(block), from: main)
    #expect(target() == .gateway(peering))
    try network.setEntries(of: list, [.v4(prefix(192, 168, 7, 0, 24))])
    #expect(target() == .gateway(peering))
    try network.removeRoute(to: .prefix(block), origin: .propagated, from: main)
    try network.setEntries(of: list, [])
    #expect(target() == nil)
  }

  // MARK: - What AWS refuses

  @Test func `A target that cannot carry the destination is refused`() throws {
    let shop = try Shop()
    var network = shop.network
    let main = VirtualPrivateCloud.mainRouteTable
    let s3 = try network.addPrefixList(name: "s3", entries: [.v4(prefix(52, 216, 0, 0, 15))])
    let other = try network.addPrefixList(name: "other", entries: [.v4(prefix(52, 0, 0, 0, 15))])
    let endpoint = try network.addGateway(.gatewayEndpoint(.s3, s3), name: "s3")
    let egressOnly = try network.addGateway(.egressOnlyInternet, name: "eigw")
    let regional = try network.addGateway(.regionalNAT, name: "rnat")
    let nat = try network.addInterface(name: "nat", in: shop.privateA, type: .natGateway)
    let refused: [(Route, String, String)] = [
      (Route(to: .prefixList(other), via: .gateway(endpoint)), "other", "s3"),
      (Route(to: .everything(.v4), via: .gateway(endpoint)), "0.0.0.0/0", "s3"),
      (Route(to: .everything(.v4), via: .gateway(egressOnly)), "0.0.0.0/0", "eigw"),
      (Route(to: .everything(.v6), via: .gateway(regional)), "::/0", "rnat"),
      (Route(to: .everything(.v6), via: .networkInterface(nat)), "::/0", "nat"),
      (Route(to: .prefixList(other), via: .local), "other", "local"),
      (
        Route(to: .everything(.v4), via: .gateway(regional), origin: .propagated), "0.0.0.0/0",
        "rnat"
      ),
    ]
    for (route, destination, target) in refused {
      let error = #expect(throws: VirtualNetworkError.self) {
        try network.addRoute(route, to: main)
      }
      guard case .routeTargetNotAllowed("main", let text, target)? = error else {
        Issue.record("\(route): \(String(describing: error))")
        continue
      }
      #expect(text.hasPrefix(destination))
    }
    try network.addRoute(Route(to: .prefixList(s3), via: .gateway(endpoint)), to: main)
    try network.addRoute(Route(to: .everything(.v6), via: .gateway(egressOnly)), to: main)
    #expect(network.routeTables[0].routes.count == 3)
  }

  @Test
  func `A table has as many routes as the quota allows, a prefix list counting as its maximum`()
    throws
  {
    var quotas = NetworkQuotas()
    quotas.routesPerRouteTable = 5
    var network = try VirtualPrivateCloud(
      name: "v", blocks: [prefix(10, 0, 0, 0, 16)], seed: 7, quotas: quotas)
    let main = VirtualPrivateCloud.mainRouteTable
    let list = try network.addPrefixList(
      name: "list", entries: [.v4(prefix(9, 0, 0, 0, 8))], maximumEntryCount: 4)
    try network.addRoute(Route(to: .prefixList(list), via: .blackhole), to: main)
    try network.addRoute(Route(to: prefix(8, 0, 0, 0, 8), via: .blackhole), to: main)
    #expect(throws: VirtualNetworkError.tooManyRoutes(table: "main", count: 6, limit: 5)) {
      try network.addRoute(Route(to: prefix(7, 0, 0, 0, 8), via: .blackhole), to: main)
    }
    // The families are counted apart.
    try network.addRoute(Route(to: .everything(.v6), via: .blackhole), to: main)
  }

  @Test func `A gateway's table stays inside the VPC`() throws {
    let shop = try Shop()
    var network = shop.network
    let internet = try network.addGateway(.internet, name: "igw")
    let transit = try network.addGateway(.transit, name: "tgw")
    let edge = try network.addRouteTable(name: "edge")
    try network.addRoute(
      Route(to: prefix(10, 0, 2, 0, 24), via: .networkInterface(shop.eni)), to: edge)
    #expect(throws: VirtualNetworkError.gatewayTakesNoRouteTable(.transitGateway, name: "tgw")) {
      try network.setGatewayRouteTable(edge, of: transit)
    }
    try network.setGatewayRouteTable(edge, of: internet)
    let error = VirtualNetworkError.gatewayRouteLeavesVPC(table: "edge", destination: "0.0.0.0/0")
    #expect(throws: error) {
      try network.addRoute(Route(to: .everything(.v4), via: .networkInterface(shop.eni)), to: edge)
    }
    try network.setGatewayRouteTable(nil, of: internet)
    try network.addRoute(Route(to: .everything(.v4), via: .gateway(transit)), to: edge)
    #expect(throws: error) { try network.setGatewayRouteTable(edge, of: internet) }
  }

  @Test func `A VPC has one internet gateway and one virtual private gateway`() throws {
    var network = try Shop().network
    _ = try network.addGateway(.internet, name: "igw")
    #expect(
      throws: VirtualNetworkError.secondGateway(
        vpc: "shop", .internetGateway, name: "other", other: "igw")
    ) { try network.addGateway(.internet, name: "other") }
    _ = try network.addGateway(.virtualPrivate, name: "vgw")
    #expect(throws: VirtualNetworkError.self) { try network.addGateway(.virtualPrivate, name: "b") }
    _ = try network.addGateway(.peering, name: "a")
    _ = try network.addGateway(.peering, name: "b")
  }
}
