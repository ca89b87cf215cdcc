public import PacketFormats

/// A gateway endpoint: the way to S3 or DynamoDB without the internet, by routes whose destination is
/// the service's prefix list (PrivateLink guide, "Gateway endpoints").
///
/// It has no interface. The source stays the private address, and only TCP and ICMP echo pass.
public struct GatewayEndpoint: Hashable, Sendable {
  public let name: String
  /// What the service is called, such as `s3`.
  public let service: String
  /// The service's addresses, as its prefix list has them.
  public let prefixes: [IPPrefix]

  /// How long packets through it may be.
  ///
  /// Documented for interface endpoints; assumed to hold here too.
  public var limit: PathLimit { .endpoint }

  public init(name: String, service: String, prefixes: [IPPrefix]) {
    self.name = name
    self.service = service
    self.prefixes = prefixes
  }

  /// What becomes of a packet to the service.
  public func outbound(_ packet: GatewayPacket) -> GatewayOutcome {
    guard contains(packet.destination) else {
      return .drop(.outsidePrefixList(packet.destination, service: service))
    }
    return Self.carries(packet, echo: (8, 128))
      ? .pass(packet) : .drop(.endpointProtocol(packet.protocol))
  }

  /// What becomes of a packet from the service.
  public func inbound(_ packet: GatewayPacket) -> GatewayOutcome {
    guard contains(packet.source) else {
      return .drop(.outsidePrefixList(packet.source, service: service))
    }
    return Self.carries(packet, echo: (0, 129))
      ? .pass(packet) : .drop(.endpointProtocol(packet.protocol))
  }

  private func contains(_ address: IPAddress) -> Bool {
    prefixes.contains { $0.contains(address) }
  }

  private static func carries(
    _ packet: GatewayPacket, echo types: (icmp: UInt8, icmpv6: UInt8)
  ) -> Bool {
    switch packet.protocol {
    case .tcp: true
    case .icmp: packet.icmpType == types.icmp
    case .icmpv6: packet.icmpType == types.icmpv6
    default: false
    }
  }
}
