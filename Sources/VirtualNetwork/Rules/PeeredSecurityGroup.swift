public import PacketFormats

/// A security group of another VPC that rules of this one name as their peer.
///
/// Only who is in it is known here (VPC peering guide, "Update your security groups to reference peer
/// security groups"). Whoever joins the two VPCs keeps ``members`` up to date.
public struct PeeredSecurityGroup: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  /// The name of the VPC that it belongs to.
  public let vpc: String
  /// The account of that VPC.
  public let account: String
  /// The peering connection or transit gateway that joins the VPCs.
  public let gateway: GatewayIndex
  /// The private addresses of its interfaces, in ascending order.
  public internal(set) var members: [IPAddress]
}
