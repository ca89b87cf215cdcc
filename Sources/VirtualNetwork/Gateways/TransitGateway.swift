public import PacketFormats

/// A transit gateway: a router between attachments, each with a route table of its choice (Transit
/// Gateway guide, "How transit gateways work").
public struct TransitGateway: Hashable, Sendable {
  /// What is attached, such as a VPC.
  public struct Attachment: Hashable, Sendable {
    /// What is attached: the name of a VPC.
    public let name: String
    /// The addresses behind it, which it propagates.
    public let blocks: [IPPrefix]
    /// The Availability Zones in which it has a subnet; packets of other zones find no way.
    public let zones: [String]
    /// The table that decides about packets from it; `nil` for none.
    public internal(set) var table: TransitTableIndex?
  }

  /// A route table of the transit gateway.
  public struct Table: Hashable, Sendable {
    public let name: String
    /// Longest prefix first, and at equal length static before propagated.
    public internal(set) var routes: [Route] = []
  }

  /// One line of a route table.
  public struct Route: Hashable, Sendable {
    public let destination: IPPrefix
    public let target: Target
    /// Whether it was made by hand and not learned from an attachment.
    public let isStatic: Bool
  }

  /// Where a route leads.
  public enum Target: Hashable, Sendable {
    case attachment(TransitAttachmentIndex)
    case blackhole
  }

  public let name: String
  public private(set) var attachments: [Attachment] = []
  public private(set) var tables: [Table] = []

  /// How long packets through it may be.
  public var limit: PathLimit { .transitGateway }

  public init(name: String) { self.name = name }

  /// Adds a route table.
  public mutating func addTable(name: String) throws(GatewayError) -> TransitTableIndex {
    guard table(named: name) == nil else {
      throw .transitTableExists(gateway: self.name, table: name)
    }
    tables.append(Table(name: name))
    return TransitTableIndex(tables.count - 1)
  }

  /// Attaches something, which no table yet decides for.
  ///
  /// - Parameters:
  ///   - name: What is attached.
  ///   - blocks: The addresses behind it.
  ///   - zones: The Availability Zones in which it has a subnet.
  /// - Returns: The attachment.
  /// - Throws: If the name is taken, or there is no zone.
  public mutating func attach(
    name: String, blocks: [IPPrefix], zones: [String]
  ) throws(GatewayError) -> TransitAttachmentIndex {
    guard attachment(named: name) == nil else {
      throw .attachmentExists(gateway: self.name, attachment: name)
    }
    guard !zones.isEmpty else {
      throw .attachmentWithoutZone(gateway: self.name, attachment: name)
    }
    attachments.append(Attachment(name: name, blocks: blocks, zones: zones))
    return TransitAttachmentIndex(attachments.count - 1)
  }

  /// Lets `table` decide about packets from `attachment`.
  public mutating func associate(
    _ attachment: TransitAttachmentIndex, with table: TransitTableIndex
  ) {
    precondition(tables.indices.contains(table.position), "no such transit gateway route table")
    attachments[attachment.position].table = table
  }

  /// Has `attachment` announce its addresses to `table`.
  ///
  /// Of two attachments with the same block the first counts; AWS does not say which does.
  public mutating func propagate(
    _ attachment: TransitAttachmentIndex, to table: TransitTableIndex
  ) {
    for block in attachments[attachment.position].blocks {
      insert(
        Route(destination: block, target: .attachment(attachment), isStatic: false), into: table)
    }
  }

  /// Adds a static route.
  public mutating func addRoute(
    to destination: IPPrefix, via target: Target, in table: TransitTableIndex
  ) throws(GatewayError) {
    guard
      !tables[table.position].routes.contains(where: {
        $0.isStatic && $0.destination == destination
      })
    else {
      throw .transitRouteExists(table: tables[table.position].name, destination)
    }
    if case .attachment(let attachment) = target {
      precondition(attachments.indices.contains(attachment.position), "no such attachment")
    }
    insert(Route(destination: destination, target: target, isStatic: true), into: table)
  }

  private mutating func insert(_ route: Route, into table: TransitTableIndex) {
    let routes = tables[table.position].routes
    let place = routes.firstIndex {
      route.destination.length > $0.destination.length
        || route.destination.length == $0.destination.length && route.isStatic && !$0.isStatic
    }
    tables[table.position].routes.insert(route, at: place ?? routes.endIndex)
  }

  /// The attachment called `name`.
  public func attachment(named name: String) -> TransitAttachmentIndex? {
    attachments.firstIndex { $0.name == name }.map { TransitAttachmentIndex($0) }
  }

  /// The route table called `name`.
  public func table(named name: String) -> TransitTableIndex? {
    tables.firstIndex { $0.name == name }.map { TransitTableIndex($0) }
  }

  /// The route of `table` that a packet to `address` takes; `nil` if there is none.
  public func route(to address: IPAddress, in table: TransitTableIndex) -> Route? {
    // Sorted by length, so the first match is the longest one.
    tables[table.position].routes.first { $0.destination.contains(address) }
  }

  /// What becomes of a packet from `attachment`.
  ///
  /// - Parameters:
  ///   - packet: The packet.
  ///   - attachment: Where it comes from.
  ///   - zone: The Availability Zone of its sender.
  /// - Returns: the attachment that it goes to, or why it dies.
  public func outcome(
    of packet: GatewayPacket, from attachment: TransitAttachmentIndex, zone: String
  ) -> TransitOutcome {
    let origin = attachments[attachment.position]
    guard origin.zones.contains(zone) else {
      return .drop(.zoneNotAttached(zone: zone, attachment: origin.name))
    }
    guard let index = origin.table else {
      return .drop(.noTransitTable(attachment: origin.name))
    }
    let table = tables[index.position]
    guard let route = route(to: packet.destination, in: index) else {
      return .drop(.noTransitRoute(table: table.name, packet.destination))
    }
    switch route.target {
    case .blackhole: return .drop(.transitBlackhole(table: table.name, packet.destination))
    case .attachment(let target):
      return target == attachment
        ? .drop(.transitReflection(table: table.name, packet.destination)) : .pass(to: target)
    }
  }
}

public typealias TransitAttachmentIndex = ResourceIndex<TransitGateway.Attachment>
public typealias TransitTableIndex = ResourceIndex<TransitGateway.Table>

/// Where a transit gateway sends a packet.
public enum TransitOutcome: Hashable, Sendable {
  case pass(to: TransitAttachmentIndex)
  /// It goes no further, and nobody is told.
  case drop(GatewayRefusal)
}
