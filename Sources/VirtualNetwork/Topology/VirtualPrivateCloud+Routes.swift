public import PacketFormats

extension VirtualPrivateCloud {
  /// Adds a route table that holds only the `local` routes.
  public mutating func addRouteTable(name: String) throws(VirtualNetworkError) -> RouteTableIndex {
    try claim(.routeTable, name: name, at: routeTables.count)
    routeTables.append(
      RouteTable(name: name, identifier: identifier(.routeTable, name), localTo: allBlocks))
    return RouteTableIndex(routeTables.count - 1)
  }

  /// Adds a route.
  ///
  /// Inside the VPC, only a route to exactly one subnet is allowed, for a middlebox (AWS, "Route
  /// table concepts").
  public mutating func addRoute(
    _ route: Route, to table: RouteTableIndex
  ) throws(VirtualNetworkError) {
    let name = routeTables[table.position].name
    let text = text(route.destination)
    if case .prefix(let prefix) = route.destination {
      guard route.target != .local, !allBlocks.contains(prefix) else {
        throw .localRouteIsFixed(table: name, prefix)
      }
    } else if route.target == .local {
      throw .routeTargetNotAllowed(table: name, destination: text, target: "local")
    }
    guard
      !routeTables[table.position].routes.contains(where: {
        $0.destination == route.destination && $0.origin == route.origin
      })
    else { throw .routeExists(table: name, destination: text) }
    if case .prefix(let prefix) = route.destination {
      let isInside = allBlocks.contains { $0.contains(prefix) }
      guard !isInside || subnets.contains(where: { $0.blocks.contains(prefix) }) else {
        throw .routeInsideVPC(table: name, prefix)
      }
    }
    try check(route, inTable: name, destination: text)
    if gateways.contains(where: { $0.routeTable == table }) { try checkEdge(route, table: name) }
    let limit =
      route.origin == .static
      ? quotas.routesPerRouteTable : quotas.propagatedRoutesPerRouteTable
    let count =
      weight(of: route)
      + routeTables[table.position].routes.reduce(0) {
        let counts =
          $1.target != .local && $1.origin == route.origin
          && family(of: $1.destination) == family(of: route.destination)
        return counts ? $0 + weight(of: $1) : $0
      }
    guard count <= limit else { throw .tooManyRoutes(table: name, count: count, limit: limit) }
    routeTables[table.position].insert(route)
  }

  /// Checks that packets of the destination's family can take the target.
  private func check(
    _ route: Route, inTable table: String, destination: String
  ) throws(VirtualNetworkError) {
    let target: String
    let isPossible: Bool
    switch route.target {
    case .local, .blackhole: return
    case .networkInterface(let index):
      precondition(interfaces.indices.contains(index.position), "no such network interface")
      let interface = interfaces[index.position]
      target = interface.name
      // NAT64 is not modelled, so that a NAT gateway takes IPv4 alone.
      isPossible = interface.type != .natGateway || family(of: route.destination) == .v4
    case .gateway(let index):
      precondition(gateways.indices.contains(index.position), "no such gateway")
      let gateway = gateways[index.position]
      target = gateway.name
      isPossible =
        switch gateway.kind {
        case .egressOnlyInternet: family(of: route.destination) == .v6
        case .regionalNAT: family(of: route.destination) == .v4
        case .gatewayEndpoint(_, let list): route.destination == .prefixList(list)
        case .internet, .peering, .transit, .virtualPrivate: true
        }
    }
    guard isPossible else {
      throw .routeTargetNotAllowed(table: table, destination: destination, target: target)
    }
    guard route.origin == .static || propagates(route.target) else {
      throw .routeTargetNotAllowed(table: table, destination: destination, target: target)
    }
  }

  /// Only a virtual private gateway tells route tables what it knows (VPC guide, "Route tables and
  /// route priority").
  private func propagates(_ target: RouteTarget) -> Bool {
    if case .gateway(let index) = target {
      gateways[index.position].kind == .virtualPrivate
    } else {
      false
    }
  }

  /// Removes the route to exactly `destination`.
  public mutating func removeRoute(
    to destination: Route.Destination, origin: Route.Origin = .static, from table: RouteTableIndex
  ) throws(VirtualNetworkError) {
    let name = routeTables[table.position].name
    if case .prefix(let prefix) = destination, allBlocks.contains(prefix) {
      throw .localRouteIsFixed(table: name, prefix)
    }
    let routes = routeTables[table.position].routes
    guard routes.contains(where: { $0.destination == destination && $0.origin == origin }) else {
      throw .routeNotFound(table: name, destination: text(destination))
    }
    routeTables[table.position].remove(to: destination, origin: origin)
  }

  /// Removes the route to exactly `destination`.
  public mutating func removeRoute(
    to destination: IPv4Prefix, from table: RouteTableIndex
  ) throws(VirtualNetworkError) {
    try removeRoute(to: .prefix(.v4(destination)), from: table)
  }

  func family(of destination: Route.Destination) -> IPFamily {
    switch destination {
    case .prefix(let prefix): prefix.family
    case .prefixList(let list): prefixLists[list.position].family
    }
  }

  /// How many routes it counts as: a prefix list counts as its maximum (VPC guide, "Managed prefix
  /// lists").
  private func weight(of route: Route) -> Int {
    switch route.destination {
    case .prefix: 1
    case .prefixList(let list): prefixLists[list.position].maximumEntryCount
    }
  }

  /// A destination as a scenario states it: a block, or the name of a prefix list.
  public func text(_ destination: Route.Destination) -> String {
    switch destination {
    case .prefix(let prefix): prefix.description
    case .prefixList(let list): text(list)
    }
  }
}

extension VirtualPrivateCloud {
  /// The route of `table` that a packet to `address` takes: the longest that matches, then static before
  /// propagated, then a block before a prefix list (lambda-vpc §7.5).
  ///
  /// - Returns: `nil` if no route matches.
  public func route(for address: IPAddress, in table: RouteTableIndex) -> Route? {
    let candidates = routeTables[table.position].routes.flatMap { route in
      let blocks: [IPPrefix] =
        switch route.destination {
        case .prefix(let block): [block]
        case .prefixList(let list): prefixLists[list.position].entries
        }
      return blocks.filter { $0.contains(address) }.map { (route: route, length: $0.length) }
    }
    func rank(_ candidate: (route: Route, length: Int)) -> (Int, UInt8, Int) {
      let isList = if case .prefixList = candidate.route.destination { 1 } else { 0 }
      return (-candidate.length, candidate.route.origin.rawValue, isList)
    }
    return candidates.min { rank($0) < rank($1) }?.route
  }
}
