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
}
