public import PacketFormats

/// A translation that captures should show, such as one that a translator's own log lists.
public struct ExpectedTranslation: Hashable, Sendable {
  /// Where it should happen, or `nil` for anywhere.
  public var crossing: Crossing?
  /// Which environment it should be for, or `nil` for any.
  public var environment: String?
  public var `protocol`: IPProtocol
  public var inside: Endpoint
  public var outside: Endpoint
  /// With whom, or `nil` for anybody: several translations may then fit.
  public var remote: Endpoint?

  public init(
    crossing: Crossing? = nil, environment: String? = nil, protocol: IPProtocol, inside: Endpoint,
    outside: Endpoint, remote: Endpoint? = nil
  ) {
    self.crossing = crossing
    self.environment = environment
    self.protocol = `protocol`
    self.inside = inside
    self.outside = outside
    self.remote = remote
  }

  /// Whether `translation` is one that this describes.
  public func matches(_ translation: Translation) -> Bool {
    guard inside == translation.inside, outside == translation.outside,
      `protocol` == translation.protocol
    else { return false }
    if let crossing, crossing != translation.crossing { return false }
    if let environment, environment != translation.environment { return false }
    if let remote, remote != translation.outsideRemote { return false }
    return true
  }
}

extension ExpectedTranslation: CustomStringConvertible {
  public var description: String {
    "\(`protocol`) \(inside) as \(outside)"
      + (remote.map { " to \($0)" } ?? "") + (crossing.map { ", \($0)" } ?? "")
  }
}
