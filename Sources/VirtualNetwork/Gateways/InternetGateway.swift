public import PacketFormats

/// An internet gateway: it exchanges private IPv4 addresses for public ones, one for one and without
/// state, and lets IPv6 through (VPC guide, "Enable internet access for a VPC using an internet
/// gateway").
///
/// A packet from an address without a public one dies here. Nobody is told, which is why a function in
/// a public subnet hangs (lambda-vpc §3.5).
public struct InternetGateway: Hashable, Sendable {
  public let name: String
  /// The pairs, in ascending order of the private address.
  public let associations: [PublicAddressAssociation]
  /// The same, in ascending order of the public address.
  private let byPublicAddress: [PublicAddressAssociation]
  /// The VPC's IPv6 blocks, whose addresses are public as they are.
  public let ipv6Blocks: [IPv6Prefix]

  /// How long packets through it may be.
  public var limit: PathLimit { .internetGateway }

  public init(
    name: String, associations: [PublicAddressAssociation], ipv6Blocks: [IPv6Prefix] = []
  ) {
    self.name = name
    self.associations = associations.sorted { $0.privateAddress < $1.privateAddress }
    byPublicAddress = associations.sorted { $0.publicAddress < $1.publicAddress }
    self.ipv6Blocks = ipv6Blocks
  }

  /// The public address that stands for a private one.
  public func publicAddress(of address: IPv4Address) -> IPv4Address? {
    let pairs = associations.span
    let place = Self.lowerBound(pairs.count) { pairs[$0].privateAddress < address }
    guard place < pairs.count, pairs[place].privateAddress == address else { return nil }
    return pairs[place].publicAddress
  }

  /// The private address that a public one stands for.
  public func privateAddress(of address: IPv4Address) -> IPv4Address? {
    let pairs = byPublicAddress.span
    let place = Self.lowerBound(pairs.count) { pairs[$0].publicAddress < address }
    guard place < pairs.count, pairs[place].publicAddress == address else { return nil }
    return pairs[place].privateAddress
  }

  /// What becomes of a packet on its way out of the VPC.
  public func outbound(_ packet: GatewayPacket) -> GatewayOutcome {
    switch (packet.source, packet.destination) {
    case (.v4(let source), .v4(let destination)):
      guard let address = publicAddress(of: source) else {
        return .drop(.noPublicAddress(packet.source))
      }
      guard !IPv4Block.isPrivateOrShared(destination) else {
        return .drop(.privateDestination(destination))
      }
      return .pass(source: .v4(address), destination: packet.destination)
    case (.v6(let source), .v6):
      return ipv6Blocks.contains { $0.contains(source) }
        ? .pass(packet) : .drop(.noPublicAddress(packet.source))
    default: return .drop(.addressFamily(packet.destination))
    }
  }

  /// What becomes of a packet from the internet.
  public func inbound(_ packet: GatewayPacket) -> GatewayOutcome {
    switch (packet.source, packet.destination) {
    case (.v4(let source), .v4(let destination)):
      guard !IPv4Block.isPrivateOrShared(source) else { return .drop(.privateSource(source)) }
      guard let address = privateAddress(of: destination) else {
        return .drop(.unknownPublicAddress(packet.destination))
      }
      return .pass(source: packet.source, destination: .v4(address))
    case (.v6, .v6(let destination)):
      return ipv6Blocks.contains { $0.contains(destination) }
        ? .pass(packet) : .drop(.unknownPublicAddress(packet.destination))
    default: return .drop(.addressFamily(packet.destination))
    }
  }

  /// The first of `count` places at which `isBefore` no longer holds.
  private static func lowerBound(_ count: Int, where isBefore: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
