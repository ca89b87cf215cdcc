public import PacketFormats

/// A route table: where packets that leave a subnet go.
///
/// The `local` routes, one for each of the VPC's address blocks, are always present and cannot be
/// removed. The longest matching prefix wins (lambda-vpc §7.5).
public struct RouteTable: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  /// The routes, longest prefix first and, at equal length, lowest address first.
  public private(set) var routes: [Route]

  init(name: String, identifier: ResourceIdentifier, localTo blocks: [IPv4Prefix]) {
    self.name = name
    self.identifier = identifier
    routes = []
    for block in blocks { insert(Route(to: block, via: .local)) }
  }

  /// The position of the route that a packet to `address` takes.
  func bestMatch(for address: IPv4Address) -> Int? {
    // Sorted by length, so the first match is the longest one.
    routes.firstIndex { $0.destination.contains(address) }
  }

  /// The route that a packet to `address` takes.
  ///
  /// - Returns: `nil` if no route matches.
  public func route(for address: IPv4Address) -> Route? {
    bestMatch(for: address).map { routes[$0] }
  }

  /// The route to exactly `destination`.
  public func route(to destination: IPv4Prefix) -> Route? {
    routes.first { $0.destination == destination }
  }

  mutating func insert(_ route: Route) {
    let place = routes.firstIndex { Self.comesFirst(route, before: $0) } ?? routes.endIndex
    routes.insert(route, at: place)
  }

  mutating func remove(to destination: IPv4Prefix) {
    routes.removeAll { $0.destination == destination }
  }

  /// Marks the routes to `interface` as leading nowhere, as EC2 does when a target is deleted.
  mutating func blackhole(_ interface: InterfaceIndex) {
    for position in routes.indices where routes[position].target == .networkInterface(interface) {
      routes[position].target = .blackhole
    }
  }

  private static func comesFirst(_ a: Route, before b: Route) -> Bool {
    a.destination.length != b.destination.length
      ? a.destination.length > b.destination.length
      : a.destination.address.rawValue < b.destination.address.rawValue
  }
}
