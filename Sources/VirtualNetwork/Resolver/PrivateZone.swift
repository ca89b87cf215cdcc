public import PacketFormats

/// A private hosted zone: names that only the VPCs it belongs to can resolve.
public struct PrivateZone: Sendable {
  public let name: ZoneName
  /// How long answers may be kept, in seconds.
  ///
  /// Assumed: 60, as for the names that EC2 itself gives interfaces.
  public let timeToLive: UInt32

  /// Only ever asked for one name, never walked: the order changes with every run.
  private var addresses: [ZoneName: [IPv4Address]] = [:]
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
  /// The first name that an address is given is also what its PTR record says.
  public mutating func add(
    _ host: ZoneName, address: IPv4Address
  ) throws(VirtualNetworkError) {
    guard host.isInside(name) else { throw .nameOutsideZone(host.text, zone: name.text) }
    if addresses[host, default: []].contains(address) { return }
    addresses[host, default: []].append(address)
    if pointers[address] == nil { pointers[address] = host }
    var node = host
    while node != name, nodes.insert(node).inserted, let parent = node.parent { node = parent }
  }

  /// The addresses of `host`.
  ///
  /// - Returns: ``ResolverAnswer/notPrivate`` if the zone is not concerned.
  public func addresses(of host: ZoneName) -> ResolverAnswer {
    guard host.isInside(name) else { return .notPrivate }
    if let found = addresses[host] { return .addresses(found, timeToLive: timeToLive) }
    return nodes.contains(host) ? .noData : .noSuchName
  }

  /// Whether the zone has a record or names below `host`.
  public func contains(_ host: ZoneName) -> Bool { nodes.contains(host) }

  /// The name of `address`, if the zone gave it one.
  public func pointer(of address: IPv4Address) -> ZoneName? { pointers[address] }
}
