public import PacketFormats

/// What the resolver of a VPC knows by itself: the private zones that belong to the VPC, and whom it asks
/// about other names.
///
/// It answers at the VPC's lowest address plus two, at 169.254.169.253 and at fd00:ec2::253, see
/// ``VirtualPrivateCloud/service(at:)-(IPAddress)``. The server that speaks DNS is built on top of it.
public struct PrivateResolver: Sendable {
  /// The zones, longest name first.
  public private(set) var zones: [PrivateZone] = []

  /// The forwarding rules, longest domain first.
  public private(set) var rules: [ResolverRule] = []

  public init() {}

  /// Adds a forwarding rule, or replaces the one for the same domain.
  public mutating func add(_ rule: ResolverRule) {
    rules.removeAll { $0.domain == rule.domain }
    let length = rule.domain.text.utf8.count
    let place = rules.firstIndex { $0.domain.text.utf8.count < length } ?? rules.endIndex
    rules.insert(rule, at: place)
  }

  /// Whom a question about `host` is passed on to, unless a private zone is at least as specific.
  private func forwarding(_ host: ZoneName) -> ResolverAnswer? {
    guard let rule = rules.first(where: { host.isInside($0.domain) }) else { return nil }
    // Among those that hold the name, the longer domain is the more specific one.
    if let zone = zone(of: host), zone.name.text.utf8.count > rule.domain.text.utf8.count {
      return nil
    }
    return .forward(to: rule.targets)
  }

  private func zone(of host: ZoneName) -> PrivateZone? { zones.first { host.isInside($0.name) } }

  /// Adds a zone, or replaces the one of the same name.
  public mutating func add(_ zone: PrivateZone) {
    zones.removeAll { $0.name == zone.name }
    let length = zone.name.text.utf8.count
    let place = zones.firstIndex { $0.name.text.utf8.count < length } ?? zones.endIndex
    zones.insert(zone, at: place)
  }

  /// The answer to a question about addresses: A or AAAA.
  ///
  /// The zone with the longest name that the question ends in answers alone (AWS, "Working with
  /// private hosted zones"), and a forwarding rule comes before it if its domain is as long or longer.
  /// Another name for something is followed as long as private zones know it.
  public func addresses(of host: ZoneName, family: IPFamily = .v4) -> ResolverAnswer {
    var chain: [ZoneName] = []
    var name = host
    // A chain that is longer than any sensible one runs in a circle.
    while chain.count < 16 {
      if let forward = forwarding(name) {
        return chain.isEmpty ? forward : .alias(chain, addresses: [], timeToLive: lifetime(host))
      }
      let answer = zone(of: name)?.addresses(of: name, family: family) ?? .notPrivate
      switch answer {
      case .alias(let next, _, _):
        guard let target = next.first, !chain.contains(target), target != host else {
          return .noData
        }
        chain.append(target)
        name = target
      case .addresses(let found, let timeToLive):
        return chain.isEmpty ? answer : .alias(chain, addresses: found, timeToLive: timeToLive)
      default:
        return chain.isEmpty ? answer : .alias(chain, addresses: [], timeToLive: lifetime(host))
      }
    }
    return .noData
  }

  private func lifetime(_ host: ZoneName) -> UInt32 { zone(of: host)?.timeToLive ?? 0 }

  /// The answer to a PTR question.
  ///
  /// - Parameter question: A name such as `20.2.0.10.in-addr.arpa`.
  /// - Returns: ``ResolverAnswer/notPrivate`` unless a zone named the address or a rule is for it.
  public func pointer(of question: ZoneName) -> ResolverAnswer {
    if let forward = forwarding(question) { return forward }
    guard let address = question.reversedAddress else { return .notPrivate }
    for zone in zones {
      if let name = zone.pointer(of: address) {
        return .pointer(name, timeToLive: zone.timeToLive)
      }
    }
    return .notPrivate
  }

  /// The answer to a question of a type that no private zone holds, such as MX.
  public func other(_ host: ZoneName) -> ResolverAnswer {
    if let forward = forwarding(host) { return forward }
    guard let zone = zones.first(where: { host.isInside($0.name) }) else { return .notPrivate }
    return zone.contains(host) ? .noData : .noSuchName
  }
}
