/// What the resolver of a VPC knows by itself: the private zones that belong to the VPC.
///
/// It answers at the VPC's lowest address plus two and at 169.254.169.253, see
/// ``VirtualPrivateCloud/service(at:)``. The server that speaks DNS is built on top of it.
public struct PrivateResolver: Sendable {
  /// The most packets that the resolver takes from one network interface, per second.
  ///
  /// Documented; the rest is dropped and the limit cannot be raised (lambda-vpc §7.1).
  public static let packetsPerSecondPerInterface = 1024

  /// The zones, longest name first.
  public private(set) var zones: [PrivateZone] = []

  public init() {}

  /// Adds a zone, or replaces the one of the same name.
  public mutating func add(_ zone: PrivateZone) {
    zones.removeAll { $0.name == zone.name }
    let length = zone.name.text.utf8.count
    let place = zones.firstIndex { $0.name.text.utf8.count < length } ?? zones.endIndex
    zones.insert(zone, at: place)
  }

  /// The answer to an A question.
  ///
  /// The zone with the longest name that the question ends in answers alone (AWS, "Working with
  /// private hosted zones").
  public func addresses(of host: ZoneName) -> ResolverAnswer {
    zones.first { host.isInside($0.name) }?.addresses(of: host) ?? .notPrivate
  }

  /// The answer to a PTR question.
  ///
  /// - Parameter question: A name such as `20.2.0.10.in-addr.arpa`.
  /// - Returns: ``ResolverAnswer/notPrivate`` unless a zone named the address.
  public func pointer(of question: ZoneName) -> ResolverAnswer {
    guard let address = question.reversedAddress else { return .notPrivate }
    for zone in zones {
      if let name = zone.pointer(of: address) {
        return .pointer(name, timeToLive: zone.timeToLive)
      }
    }
    return .notPrivate
  }

  /// The answer to a question of a type that no private zone holds, such as AAAA.
  public func other(_ host: ZoneName) -> ResolverAnswer {
    guard let zone = zones.first(where: { host.isInside($0.name) }) else { return .notPrivate }
    return zone.contains(host) ? .noData : .noSuchName
  }
}
