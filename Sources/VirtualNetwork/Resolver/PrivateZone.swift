public import PacketFormats

/// A private hosted zone: names that only the VPCs it belongs to can resolve.
public struct PrivateZone: Sendable {
  public let name: ZoneName
  /// How long answers may be kept, in seconds.
  ///
  /// Assumed: 60, as for the names that EC2 itself gives interfaces.
  public let timeToLive: UInt32

  /// Only ever asked for one name, never walked: the order changes with every run.
  private var addresses: [ZoneName: [IPAddress]] = [:]
  private var aliases: [ZoneName: ZoneName] = [:]
  private var pointers: [IPv4Address: ZoneName] = [:]
  /// Names that exist because others lie below them (RFC 8020, section 2).
  private var nodes: Set<ZoneName> = []

  public init(name: ZoneName, timeToLive: UInt32 = 60) {
    self.name = name
    self.timeToLive = timeToLive
    nodes.insert(name)
  }

  /// Gives `host` an address, one more if it has one already.
  ///
  /// The first name that an IPv4 address is given is also what its PTR record says. A name whose first
  /// label is an asterisk stands for all that do not exist at its place (RFC 4592, section 2.1.1).
  ///
  /// - Throws: If the name is outside the zone, or stands for another.
  public mutating func add(
    _ host: ZoneName, address: IPAddress
  ) throws(VirtualNetworkError) {
    guard host.isInside(name) else { throw .nameOutsideZone(host.text, zone: name.text) }
    guard aliases[host] == nil else { throw .aliasBesideOthers(host.text, zone: name.text) }
    if addresses[host, default: []].contains(address) { return }
    addresses[host, default: []].append(address)
    if case .v4(let address) = address, pointers[address] == nil { pointers[address] = host }
    note(host)
  }

  /// Gives `host` an IPv4 address, one more if it has one already.
  public mutating func add(
    _ host: ZoneName, address: IPv4Address
  ) throws(VirtualNetworkError) {
    try add(host, address: .v4(address))
  }

  /// Makes `host` another name for `target`: a CNAME record (RFC 1034, section 3.6.2).
  ///
  /// - Throws: If the name is outside the zone, or has other records, which a CNAME excludes.
  public mutating func add(
    _ host: ZoneName, aliasOf target: ZoneName
  ) throws(VirtualNetworkError) {
    guard host.isInside(name) else { throw .nameOutsideZone(host.text, zone: name.text) }
    guard addresses[host] == nil, aliases[host] == nil, host != name else {
      throw .aliasBesideOthers(host.text, zone: name.text)
    }
    aliases[host] = target
    note(host)
  }

  private mutating func note(_ host: ZoneName) {
    var node = host
    while node != name, nodes.insert(node).inserted, let parent = node.parent { node = parent }
  }

  /// The zone that makes a service's public name lead to the interfaces of its endpoint: private DNS
  /// (PrivateLink guide, "Access an AWS service using an interface VPC endpoint").
  ///
  /// - Parameters:
  ///   - service: The public name, such as `sqs.us-east-1.amazonaws.com`.
  ///   - addresses: Those of the endpoint's interfaces.
  /// - Returns: The zone.
  public static func endpoint(_ service: ZoneName, addresses: [IPAddress]) -> Self {
    var zone = Self(name: service)
    zone.addresses[service] = addresses
    return zone
  }

  /// Where the records of `host` are: at its own name, or at the asterisk that stands for it.
  private func owner(of host: ZoneName) -> ZoneName? {
    if nodes.contains(host) { return host }
    var encloser = host
    while let parent = encloser.parent, encloser != name {
      encloser = parent
      guard nodes.contains(encloser) else { continue }
      // Only the closest name that exists may have the asterisk (RFC 4592, section 3.3.1).
      let asterisk = encloser.prepending("*")
      return asterisk.flatMap { nodes.contains($0) ? $0 : nil }
    }
    return nil
  }

  /// The addresses of `host`, or the name that it stands for.
  ///
  /// - Returns: ``ResolverAnswer/notPrivate`` if the zone is not concerned.
  public func addresses(of host: ZoneName, family: IPFamily = .v4) -> ResolverAnswer {
    guard host.isInside(name) else { return .notPrivate }
    guard let owner = owner(of: host) else { return .noSuchName }
    if let target = aliases[owner] {
      return .alias([target], addresses: [], timeToLive: timeToLive)
    }
    let found = addresses[owner, default: []].filter { $0.family == family }
    return found.isEmpty ? .noData : .addresses(found, timeToLive: timeToLive)
  }

  /// Whether the zone has a record or names below `host`.
  public func contains(_ host: ZoneName) -> Bool { owner(of: host) != nil }

  /// The name of `address`, if the zone gave it one.
  public func pointer(of address: IPv4Address) -> ZoneName? { pointers[address] }
}
