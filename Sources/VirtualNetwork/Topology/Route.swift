public import PacketFormats

/// One line of a route table.
public struct Route: Hashable, Sendable {
  public var destination: Destination
  public var target: RouteTarget
  public var origin: Origin

  /// What packets a route is for.
  public enum Destination: Hashable, Sendable {
    case prefix(IPPrefix)
    /// To every block of the list.
    case prefixList(PrefixListIndex)
  }

  /// Where a route comes from; at equal length the first wins (lambda-vpc §7.5).
  public enum Origin: UInt8, Hashable, Sendable {
    case `static`
    /// Learned from a virtual private gateway.
    case propagated
  }

  public init(
    to destination: Destination, via target: RouteTarget, origin: Origin = .static
  ) {
    self.destination = destination
    self.target = target
    self.origin = origin
  }

  public init(to destination: IPPrefix, via target: RouteTarget, origin: Origin = .static) {
    self.init(to: .prefix(destination), via: target, origin: origin)
  }

  public init(to destination: IPv4Prefix, via target: RouteTarget, origin: Origin = .static) {
    self.init(to: .prefix(.v4(destination)), via: target, origin: origin)
  }

  public init(to destination: IPv6Prefix, via target: RouteTarget, origin: Origin = .static) {
    self.init(to: .prefix(.v6(destination)), via: target, origin: origin)
  }
}
