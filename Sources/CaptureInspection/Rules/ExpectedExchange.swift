/// An exchange of addresses that captures may show in any number of flows, or in none.
public struct ExpectedExchange: Hashable, Sendable {
  /// Name of the capture point behind it, as seen from the inside.
  public var outerPoint: String
  public var inside: NetworkAddress
  public var outside: NetworkAddress

  public init(outerPoint: String, inside: NetworkAddress, outside: NetworkAddress) {
    self.outerPoint = outerPoint
    self.inside = inside
    self.outside = outside
  }

  /// Whether `translation` exchanges these addresses, and nothing else.
  public func matches(_ translation: Translation) -> Bool {
    translation.crossing.outer == outerPoint && translation.inside.address == inside
      && translation.outside.address == outside
      && translation.inside.port == translation.outside.port
  }
}

extension ExpectedExchange: CustomStringConvertible {
  public var description: String { "\(inside) as \(outside), whatever the port, at \(outerPoint)" }
}
