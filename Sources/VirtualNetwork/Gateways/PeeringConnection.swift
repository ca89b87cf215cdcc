public import PacketFormats

/// A VPC peering connection: it joins two VPCs, and nothing beyond them (VPC peering guide, "How VPC
/// peering connections work").
///
/// It is not transitive, and neither VPC can use the other's internet gateway, NAT gateway, VPN,
/// Direct Connect or gateway endpoints: all of that follows from what addresses it carries.
public struct PeeringConnection: Hashable, Sendable {
  /// One of the two VPCs.
  public struct Side: Hashable, Sendable {
    public let vpc: String
    /// The VPC's Region, such as `us-east-1`.
    public let region: String
    /// The VPC's address blocks.
    public let blocks: [IPPrefix]

    public init(vpc: String, region: String, blocks: [IPPrefix]) {
      self.vpc = vpc
      self.region = region
      self.blocks = blocks
    }

    func contains(_ address: IPAddress) -> Bool { blocks.contains { $0.contains(address) } }
  }

  /// Which of the two VPCs, as AWS calls them.
  public enum Role: UInt8, Hashable, Sendable, CaseIterable {
    case requester
    case accepter

    public var other: Role { self == .requester ? .accepter : .requester }
  }

  public let name: String
  public let requester: Side
  public let accepter: Side

  /// How long packets through it may be.
  public var limit: PathLimit {
    isInterRegion ? .interRegionPeering : .vpc
  }

  /// Whether the VPCs are in different Regions.
  public var isInterRegion: Bool { requester.region != accepter.region }

  public init(name: String, requester: Side, accepter: Side) throws(GatewayError) {
    for block in requester.blocks {
      if let other = accepter.blocks.first(where: block.overlaps) {
        throw .peeredBlocksOverlap(
          connection: name, requester.vpc, block, accepter.vpc, other)
      }
    }
    self.name = name
    self.requester = requester
    self.accepter = accepter
  }

  public func side(_ role: Role) -> Side { role == .requester ? requester : accepter }

  /// What becomes of a packet out of the VPC in `role`.
  ///
  /// Documented is that the destination must be in the other VPC. That the source must be in this
  /// one follows from the check of the sender on arrival (lambda-vpc §7.2; A-70).
  public func outcome(of packet: GatewayPacket, from role: Role) -> GatewayOutcome {
    let (near, far) = (side(role), side(role.other))
    guard far.contains(packet.destination) else {
      return .drop(.destinationOutsidePeer(packet.destination, vpc: far.vpc))
    }
    guard near.contains(packet.source) else {
      return .drop(.sourceOutsidePeer(packet.source, vpc: near.vpc))
    }
    return .pass(packet)
  }
}
