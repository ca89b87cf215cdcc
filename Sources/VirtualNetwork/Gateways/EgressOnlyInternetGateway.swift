public import PacketFormats

/// An egress-only internet gateway: IPv6 out of the VPC, and only answers in (VPC guide, "Enable
/// outbound IPv6 traffic using an egress-only internet gateway").
///
/// It is stateful and changes no address. The state is kept by who moves packets; the rule is here.
public struct EgressOnlyInternetGateway: Hashable, Sendable {
  public let name: String
  /// The VPC's IPv6 blocks.
  public let ipv6Blocks: [IPv6Prefix]

  /// How long packets through it may be; as through an internet gateway.
  public var limit: PathLimit { .internetGateway }

  public init(name: String, ipv6Blocks: [IPv6Prefix]) {
    self.name = name
    self.ipv6Blocks = ipv6Blocks
  }

  /// What becomes of a packet on its way out of the VPC.
  public func outbound(_ packet: GatewayPacket) -> GatewayOutcome {
    guard case .v6(let source) = packet.source else {
      return .drop(.addressFamily(packet.source))
    }
    return ipv6Blocks.contains { $0.contains(source) }
      ? .pass(packet) : .drop(.noPublicAddress(packet.source))
  }

  /// What becomes of a packet from the internet.
  ///
  /// - Parameters:
  ///   - packet: The packet.
  ///   - isAnswer: Whether it belongs to a flow that somebody in the VPC has begun.
  /// - Returns: whether it goes on.
  public func inbound(_ packet: GatewayPacket, isAnswer: Bool) -> GatewayOutcome {
    guard case .v6(let destination) = packet.destination else {
      return .drop(.addressFamily(packet.destination))
    }
    guard ipv6Blocks.contains(where: { $0.contains(destination) }) else {
      return .drop(.unknownPublicAddress(packet.destination))
    }
    return isAnswer ? .pass(packet) : .drop(.unsolicited)
  }
}
