public import AddressTranslation
public import PacketFormats

/// A regional NAT gateway: no subnet and no interface, but addresses in each Availability Zone, by
/// which it reaches the internet itself (VPC guide, "Regional NAT gateways for automatic multi-AZ
/// expansion").
public struct RegionalNATGateway: Hashable, Sendable {
  /// What the gateway has in one Availability Zone.
  public struct Zone: Hashable, Sendable {
    /// The zone's identifier, such as `use1-az1`.
    public let name: String
    /// Its public addresses there.
    public let addresses: [IPv4Address]

    public init(name: String, addresses: [IPv4Address]) {
      self.name = name
      self.addresses = addresses
    }
  }

  public let name: String
  public let zones: [Zone]

  /// How long packets through it may be: an internet gateway comes behind it.
  public var limit: PathLimit { .internetGateway }
  /// How it translates; as a zonal one, assumed.
  public var behavior: Behavior { NATGateway.behavior }

  /// Most addresses in one zone (VPC guide, "Regional NAT gateways …": documented).
  public static let addressLimit = 32

  public init(name: String, zones: [Zone]) throws(GatewayError) {
    for (place, zone) in zones.enumerated() {
      guard (1...Self.addressLimit).contains(zone.addresses.count) else {
        throw .regionalNATGatewayAddressCount(
          gateway: name, zone: zone.name, count: zone.addresses.count)
      }
      guard !zones[..<place].contains(where: { $0.name == zone.name }) else {
        throw .zoneRepeated(gateway: name, zone: zone.name)
      }
    }
    self.name = name
    self.zones = zones
  }

  /// What becomes of a packet that begins a flow through the gateway.
  ///
  /// Of several addresses a hash of the flow chooses (N-10); here stands the first.
  ///
  /// - Parameters:
  ///   - packet: The packet.
  ///   - zone: The Availability Zone of its sender.
  /// - Returns: whether it goes on, and from which address.
  public func outbound(_ packet: GatewayPacket, fromZone zone: String) -> GatewayOutcome {
    guard case .v4(let destination) = packet.destination else {
      return .drop(.addressFamily(packet.destination))
    }
    guard NATGateway.translates(packet.protocol) else {
      return .drop(.untranslatable(packet.protocol))
    }
    guard let zone = zones.first(where: { $0.name == zone }) else {
      return .drop(.zoneWithoutAddress(zone: zone))
    }
    guard !IPv4Block.isPrivateOrShared(destination) else {
      return .drop(.privateDestination(destination))
    }
    return .pass(source: .v4(zone.addresses[0]), destination: packet.destination)
  }

  /// The zone that has a public address.
  public func zone(of address: IPv4Address) -> Zone? {
    zones.first { $0.addresses.contains(address) }
  }
}
