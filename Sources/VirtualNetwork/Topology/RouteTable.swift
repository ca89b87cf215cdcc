public import PacketFormats

/// A route table: where packets that leave a subnet, or come in through a gateway, go.
///
/// The `local` routes, one for each of the VPC's address blocks, are always present and cannot be
/// removed. The longest matching prefix wins; of two equally long ones a static route wins over a
/// propagated one, and a block over a prefix list (lambda-vpc §7.5).
public struct RouteTable: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  /// The routes: those to blocks, longest prefix first and, at equal length, lowest address first;
  /// then those to prefix lists.
  public private(set) var routes: [Route]

  init(name: String, identifier: ResourceIdentifier, localTo blocks: [IPPrefix]) {
    self.name = name
    self.identifier = identifier
    routes = []
    for block in blocks { insert(Route(to: block, via: .local)) }
  }

  /// The route to exactly `destination`, static before propagated.
  public func route(to destination: Route.Destination) -> Route? {
    let found = routes.filter { $0.destination == destination }
    return found.min { $0.origin.rawValue < $1.origin.rawValue }
  }

  /// The route to exactly `destination`.
  public func route(to destination: IPv4Prefix) -> Route? { route(to: .prefix(.v4(destination))) }

  mutating func insert(_ route: Route) {
    let place = routes.firstIndex { Self.comesFirst(route, before: $0) } ?? routes.endIndex
    routes.insert(route, at: place)
  }

  mutating func remove(to destination: Route.Destination, origin: Route.Origin) {
    routes.removeAll { $0.destination == destination && $0.origin == origin }
  }

  /// Whether a route leads to `interface`.
  func leads(to interface: InterfaceIndex) -> Bool {
    routes.contains { $0.target == .networkInterface(interface) }
  }

  /// Marks the routes to `interface` as leading nowhere, as EC2 does when a target is deleted.
  mutating func blackhole(_ interface: InterfaceIndex) {
    for position in routes.indices where routes[position].target == .networkInterface(interface) {
      routes[position].target = .blackhole
    }
  }

  private static func comesFirst(_ a: Route, before b: Route) -> Bool {
    switch (a.destination, b.destination) {
    case (.prefix, .prefixList): return true
    case (.prefixList, .prefix): return false
    case (.prefixList(let a), .prefixList(let b)): return a.rawValue < b.rawValue
    case (.prefix(let left), .prefix(let right)):
      if left.length != right.length { return left.length > right.length }
      if left.address != right.address { return left.address < right.address }
      return a.origin.rawValue < b.origin.rawValue
    }
  }
}
