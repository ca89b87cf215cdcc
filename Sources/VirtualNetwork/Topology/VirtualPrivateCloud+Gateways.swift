import PacketFormats

extension VirtualPrivateCloud {
  /// Adds a gateway for routes to point to.
  ///
  /// - Parameters:
  ///   - kind: What it is.
  ///   - name: A name that no other gateway of the kind has.
  ///   - identifier: The one it has in other VPCs, if it belongs to several.
  /// - Returns: The gateway.
  /// - Throws: If the name is taken, or the VPC has a gateway of a kind that it can have one of.
  public mutating func addGateway(
    _ kind: Gateway.Kind, name: String, identifier: ResourceIdentifier? = nil
  ) throws(VirtualNetworkError) -> GatewayIndex {
    let resource = kind.resourceKind
    if kind.isSingle, let other = gateways.first(where: { $0.kind == kind }) {
      throw .secondGateway(vpc: self.name, resource, name: name, other: other.name)
    }
    if case .gatewayEndpoint(_, let list) = kind {
      precondition(prefixLists.indices.contains(list.position), "no such prefix list")
    }
    try claim(resource, name: name, at: gateways.count)
    gateways.append(
      Gateway(
        name: name, identifier: identifier ?? self.identifier(resource, name), kind: kind,
        routeTable: nil))
    return GatewayIndex(gateways.count - 1)
  }

  /// Lets `table` decide where packets that come in through `gateway` go: a gateway route table.
  ///
  /// - Parameters:
  ///   - table: Its routes lead to network interfaces or are local; `nil` for the local routes alone.
  ///   - gateway: An internet gateway or a virtual private gateway.
  /// - Throws: If the gateway takes no table, or the table has a route that AWS refuses there (VPC
  ///   guide, "Gateway route tables").
  public mutating func setGatewayRouteTable(
    _ table: RouteTableIndex?, of gateway: GatewayIndex
  ) throws(VirtualNetworkError) {
    let edge = gateways[gateway.position]
    guard let table else {
      gateways[gateway.position].routeTable = nil
      return
    }
    precondition(routeTables.indices.contains(table.position), "no such route table")
    guard edge.kind.takesRouteTable else {
      throw .gatewayTakesNoRouteTable(edge.kind.resourceKind, name: edge.name)
    }
    for route in routeTables[table.position].routes {
      try checkEdge(route, table: routeTables[table.position].name)
    }
    gateways[gateway.position].routeTable = table
  }

  /// Checks a route of a table that belongs to a gateway.
  func checkEdge(_ route: Route, table: String) throws(VirtualNetworkError) {
    switch route.target {
    case .local, .networkInterface, .blackhole: break
    case .gateway: throw .gatewayRouteLeavesVPC(table: table, destination: text(route.destination))
    }
    guard case .prefix(let prefix) = route.destination,
      allBlocks.contains(where: { $0.contains(prefix) })
    else { throw .gatewayRouteLeavesVPC(table: table, destination: text(route.destination)) }
  }

  /// Says through which interfaces a transit gateway reaches into the VPC, one for each zone.
  ///
  /// - Throws: If an interface is not of the type ``InterfaceType/transitGateway``, or two are in one
  ///   zone (transit gateway guide, "VPC attachments": one subnet for each zone).
  public mutating func setAttachments(
    _ interfaces: [InterfaceIndex], of gateway: GatewayIndex
  ) throws(VirtualNetworkError) {
    var zones: [String] = []
    for index in interfaces {
      let interface = self.interfaces[index.position]
      let zone = subnets[interface.subnet.position].zone
      guard interface.type == .transitGateway, !zones.contains(zone) else {
        throw .attachmentNotAllowed(
          gateway: gateways[gateway.position].name, interface: interface.name, zone: zone)
      }
      zones.append(zone)
    }
    gateways[gateway.position].attachments = interfaces
  }
}
