public import PacketFormats

/// All VPCs of a run with what joins them, as configured: enough to say what becomes of a packet without
/// simulating time.
///
/// Plain data. What a VPC itself knows is taken from it: internet gateways with their public addresses,
/// egress-only gateways, zonal NAT gateways and gateway endpoints need not be told. What joins VPCs is.
public struct CloudNetwork: Sendable {
  public internal(set) var vpcs: [VirtualPrivateCloud] = []
  /// The hosts outside; any other public address is taken for one that answers if a query names it.
  public var internet = Internet()
  public internal(set) var transitGateways: [TransitGateway] = []
  /// What each gateway of each VPC leads to, if that is not the VPC's own knowledge.
  var edges: [[Edge?]] = []
  /// What hosts do with packets that are not their own, by VPC and interface.
  var appliances: [[InterfaceIndex: Appliance]] = []

  /// What is on the other side of a gateway.
  enum Edge: Sendable {
    case regionalNAT(RegionalNATGateway)
    case peering(PeeringConnection, PeeringConnection.Role, to: Entrance)
    case transit(Int, TransitAttachmentIndex)
    case onPremises([IPPrefix])
  }

  /// A gateway of a VPC.
  struct Entrance: Hashable, Sendable {
    var vpc: VPCIndex
    var gateway: GatewayIndex
  }

  /// What a host does with packets that are not its own.
  public enum Appliance: UInt8, Hashable, Sendable {
    /// Sends them on as they are.
    case forwards
    /// Sends them on with its own address as their source.
    case masquerades
  }

  public init() {}

  /// Adds a VPC, complete.
  public mutating func add(_ vpc: VirtualPrivateCloud) -> VPCIndex {
    vpcs.append(vpc)
    edges.append(Array(repeating: nil, count: vpc.gateways.count))
    appliances.append([:])
    return VPCIndex(vpcs.count - 1)
  }

  /// Adds a transit gateway.
  ///
  /// - Returns: Its number.
  public mutating func add(_ gateway: TransitGateway) -> Int {
    transitGateways.append(gateway)
    return transitGateways.count - 1
  }

  /// Joins two VPCs by a peering connection.
  ///
  /// - Parameters:
  ///   - connection: The connection.
  ///   - requester: The gateway of the requester's VPC that stands for it.
  ///   - accepter: The gateway of the accepter's VPC that stands for it.
  public mutating func connect(
    _ connection: PeeringConnection, requester: (vpc: VPCIndex, gateway: GatewayIndex),
    accepter: (vpc: VPCIndex, gateway: GatewayIndex)
  ) {
    set(
      .peering(
        connection, .requester, to: Entrance(vpc: accepter.vpc, gateway: accepter.gateway)),
      at: requester.gateway, of: requester.vpc)
    set(
      .peering(
        connection, .accepter, to: Entrance(vpc: requester.vpc, gateway: requester.gateway)),
      at: accepter.gateway, of: accepter.vpc)
  }

  /// Lets a gateway of a VPC stand for its attachment to a transit gateway.
  ///
  /// - Parameters:
  ///   - gateway: The gateway of the VPC.
  ///   - vpc: The VPC.
  ///   - attachment: The attachment.
  ///   - transit: The number of the transit gateway.
  public mutating func connect(
    _ gateway: GatewayIndex, of vpc: VPCIndex, to attachment: TransitAttachmentIndex,
    of transit: Int
  ) {
    precondition(transitGateways.indices.contains(transit), "no such transit gateway")
    set(.transit(transit, attachment), at: gateway, of: vpc)
  }

  /// Says what a regional NAT gateway has in each zone.
  public mutating func set(
    _ regional: RegionalNATGateway, at gateway: GatewayIndex, of vpc: VPCIndex
  ) {
    set(.regionalNAT(regional), at: gateway, of: vpc)
  }

  /// Says which addresses are behind a virtual private gateway.
  public mutating func setOnPremises(
    _ blocks: [IPPrefix], behind gateway: GatewayIndex, of vpc: VPCIndex
  ) {
    set(.onPremises(blocks), at: gateway, of: vpc)
  }

  /// Says that the host behind an interface sends on what is not its own.
  public mutating func set(
    _ appliance: Appliance, at interface: InterfaceIndex, of vpc: VPCIndex
  ) {
    appliances[vpc.position][interface] = appliance
  }

  private mutating func set(_ edge: Edge, at gateway: GatewayIndex, of vpc: VPCIndex) {
    precondition(edges[vpc.position].indices.contains(gateway.position), "no such gateway")
    edges[vpc.position][gateway.position] = edge
  }

  func edge(_ gateway: GatewayIndex, of vpc: VPCIndex) -> Edge? {
    edges[vpc.position][gateway.position]
  }
}

public typealias VPCIndex = ResourceIndex<VirtualPrivateCloud>
