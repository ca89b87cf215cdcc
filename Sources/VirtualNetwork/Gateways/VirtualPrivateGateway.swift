public import PacketFormats

/// A virtual private gateway: the VPC's edge towards a customer's own network, over VPN or Direct
/// Connect.
///
/// What lies between is not modelled; on-premises hosts are right behind it.
public struct VirtualPrivateGateway: Hashable, Sendable {
  public let name: String
  /// The VPC's address blocks.
  public let blocks: [IPPrefix]
  /// What the customer's network announces: the routes that tables may have propagated to them.
  public let onPremises: [IPPrefix]

  /// How long packets through it may be.
  public var limit: PathLimit { .virtualPrivateGateway }

  public init(name: String, blocks: [IPPrefix], onPremises: [IPPrefix]) {
    self.name = name
    self.blocks = blocks
    self.onPremises = onPremises
  }

  /// What becomes of a packet to the customer's network.
  public func outbound(_ packet: GatewayPacket) -> GatewayOutcome {
    guard blocks.contains(where: { $0.contains(packet.source) }) else {
      return .drop(.notFromVPC(packet.source))
    }
    guard onPremises.contains(where: { $0.contains(packet.destination) }) else {
      return .drop(.noHost(packet.destination))
    }
    return .pass(packet)
  }

  /// What becomes of a packet from the customer's network.
  public func inbound(_ packet: GatewayPacket) -> GatewayOutcome {
    blocks.contains { $0.contains(packet.destination) }
      ? .pass(packet) : .drop(.notToVPC(packet.destination))
  }
}
