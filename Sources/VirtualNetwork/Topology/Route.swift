public import PacketFormats

/// One line of a route table.
public struct Route: Hashable, Sendable {
  public var destination: IPv4Prefix
  public var target: RouteTarget

  public init(to destination: IPv4Prefix, via target: RouteTarget) {
    self.destination = destination
    self.target = target
  }
}
