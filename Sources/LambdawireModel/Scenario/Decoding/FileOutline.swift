/// The names that a file declares, gathered before anything is decoded.
///
/// Rules and routes may name what stands further down in the file, or in another VPC.
struct FileOutline {
  struct VPC {
    var name: String
    var gateways: [String]
    var routeTables: [String]
    var networkACLs: [String]
    var subnets: [String]
    var securityGroups: [String]
    var hosts: [String]
    var region: String
  }

  struct Peering {
    var name: String
    var requester: String?
    var accepter: String?

    func joins(_ vpc: String) -> Bool { requester == vpc || accepter == vpc }
  }

  var vpcs: [VPC]
  var prefixLists: [String]
  var internetHosts: [String]
  var peerings: [Peering]
  /// With the VPCs attached to each.
  var transitGateways: [(name: String, vpcs: [String])]

  /// The prefix lists that AWS keeps (VPC guide, "AWS-managed prefix lists").
  static let managedPrefixLists = Scenario.EndpointService.allCases.map(\.rawValue)

  init(_ root: SourceNode) {
    func names(_ node: SourceNode?) -> [String] { node?.entries?.map(\.key) ?? [] }
    vpcs = (root[Grammar.Root.vpcs.name]?.entries ?? []).map { entry in
      VPC(
        name: entry.key, gateways: names(entry.value[Grammar.VPC.gateways.name]),
        routeTables: names(entry.value[Grammar.VPC.routeTables.name]),
        networkACLs: names(entry.value[Grammar.VPC.networkACLs.name]),
        subnets: names(entry.value[Grammar.VPC.subnets.name]),
        securityGroups: names(entry.value[Grammar.VPC.securityGroups.name]),
        hosts: names(entry.value[Grammar.VPC.hosts.name]),
        region: entry.value[Grammar.VPC.region.name]?.text ?? "us-east-1")
    }
    prefixLists = names(root[Grammar.Root.prefixLists.name])
    internetHosts = names(
      root[Grammar.Root.internet.name]?[Grammar.Internet.hosts.name])
    peerings = (root[Grammar.Root.peeringConnections.name]?.entries ?? []).map { entry in
      Peering(
        name: entry.key,
        requester: entry.value[Grammar.PeeringConnection.requester.name]?.text,
        accepter: entry.value[Grammar.PeeringConnection.accepter.name]?.text)
    }
    transitGateways = (root[Grammar.Root.transitGateways.name]?.entries ?? []).map { entry in
      (entry.key, names(entry.value[Grammar.TransitGateway.attachments.name]))
    }
  }

  /// The VPC of that name.
  func vpc(_ name: String) -> VPC? { vpcs.first { $0.name == name } }

  /// Whether a peering connection joins two VPCs of the file.
  func isSound(_ peering: Peering) -> Bool {
    guard let requester = peering.requester, let accepter = peering.accepter else { return false }
    return requester != accepter && vpc(requester) != nil && vpc(accepter) != nil
  }

  /// The VPCs that peering connections join to `vpc`.
  func peers(of vpc: String) -> [String] {
    peerings.filter { $0.joins(vpc) }.compactMap {
      $0.requester == vpc ? $0.accepter : $0.requester
    }
  }
}
