public import AddressTranslation
public import PacketFormats

/// A NAT gateway in one subnet: a network interface that sends on what others route to it, with its
/// own address as the source (VPC guide, "NAT gateway basics").
///
/// A public one has a public address for each private one, by which the internet gateway takes its
/// packets; a private one has none, and what it sends to the internet dies there. The translation
/// itself is a `Translator` with ``behavior``.
public struct NATGateway: Hashable, Sendable {
  /// Whether a NAT gateway has public addresses.
  public enum Connectivity: String, Hashable, Sendable, CaseIterable {
    case `public`
    case `private`
  }

  public let name: String
  public let connectivity: Connectivity
  /// Its private addresses, the interface's primary one first: one to eight (VPC guide, "NAT
  /// gateway basics").
  public let addresses: [IPv4Address]

  /// How long packets through it may be.
  public var limit: PathLimit { .natGateway }
  /// How it translates.
  ///
  /// Links keep the order of packets, so that a fragment that comes before the first of its packet
  /// belongs to one that was lost, and need not wait.
  public var behavior: Behavior { Self.behavior }

  static let behavior = {
    var behavior = Behavior.awsNATGateway
    behavior.fragments.udp = .inOrder
    return behavior
  }()

  /// Most addresses of one NAT gateway (VPC guide, "NAT gateway basics": documented).
  public static let addressLimit = 8

  public init(
    name: String, connectivity: Connectivity, addresses: [IPv4Address]
  ) throws(GatewayError) {
    guard (1...Self.addressLimit).contains(addresses.count) else {
      throw .natGatewayAddressCount(gateway: name, count: addresses.count)
    }
    self.name = name
    self.connectivity = connectivity
    self.addresses = addresses
  }

  /// Whether a packet that reached the gateway is an answer to what it sent.
  public func isInbound(_ packet: GatewayPacket) -> Bool {
    guard case .v4(let destination) = packet.destination else { return false }
    return addresses.contains(destination)
  }

  /// What becomes of a packet that begins a flow through the gateway.
  ///
  /// Of several addresses a hash of the flow chooses (N-10); here stands the first.
  public func outbound(_ packet: GatewayPacket) -> GatewayOutcome {
    guard case .v4 = packet.destination else { return .drop(.addressFamily(packet.destination)) }
    guard Self.translates(packet.protocol) else {
      return .drop(.untranslatable(packet.protocol))
    }
    return .pass(source: .v4(addresses[0]), destination: packet.destination)
  }

  /// TCP, UDP and ICMP (VPC guide, "NAT gateway basics").
  static func translates(_ number: IPProtocol) -> Bool {
    number == .tcp || number == .udp || number == .icmp
  }
}
