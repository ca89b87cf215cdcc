/// A part of the VPC that has a say in what becomes of a packet.
public enum NetworkComponent: Hashable, Sendable {
  case networkInterface(InterfaceIndex)
  case securityGroup(SecurityGroupIndex)
  case subnet(SubnetIndex)
  case networkACL(NetworkACLIndex)
  case routeTable(RouteTableIndex)
  case mappingService
  case service(LinkLocalService)

  /// The first word after DROP in a capture's comments.
  public var kind: String {
    switch self {
    case .networkInterface: "network-interface"
    case .securityGroup: "security-group"
    case .subnet: "subnet"
    case .networkACL: "network-acl"
    case .routeTable: "route-table"
    case .mappingService: "mapping-service"
    case .service: "service"
    }
  }
}
