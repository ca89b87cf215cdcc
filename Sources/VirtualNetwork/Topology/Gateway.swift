/// Something at the edge of the VPC that a route can point to and that packets come in through.
///
/// The VPC only knows that packets go there. What the gateway does with them is its own affair. NAT
/// gateways with a subnet and interface endpoints are network interfaces instead (see
/// ``InterfaceType``).
public struct Gateway: Hashable, Sendable {
  public let name: String
  /// A gateway that several VPCs share, such as a transit gateway, has one identifier in all.
  public let identifier: ResourceIdentifier
  public let kind: Kind

  /// The table that decides where packets that come in through the gateway go; `nil` for the local
  /// routes alone.
  ///
  /// AWS calls it a gateway route table (VPC guide, "Gateway route tables").
  public internal(set) var routeTable: RouteTableIndex?
  /// The interfaces through which a transit gateway reaches into the VPC, one for each zone.
  public internal(set) var attachments: [InterfaceIndex] = []

  /// What a gateway is.
  public enum Kind: Hashable, Sendable {
    case internet
    case egressOnlyInternet
    /// A NAT gateway that belongs to no subnet and has addresses in each zone.
    case regionalNAT
    case peering
    case transit
    case virtualPrivate
    /// Reached by routes whose destination is the service's prefix list.
    case gatewayEndpoint(GatewayEndpointService, PrefixListIndex)

    /// The prefix of its identifiers.
    public var resourceKind: ResourceKind {
      switch self {
      case .internet: .internetGateway
      case .egressOnlyInternet: .egressOnlyInternetGateway
      case .regionalNAT: .natGateway
      case .peering: .peeringConnection
      case .transit: .transitGateway
      case .virtualPrivate: .virtualPrivateGateway
      case .gatewayEndpoint: .endpoint
      }
    }

    /// The first word after DROP in a capture's comments.
    public var text: String {
      switch self {
      case .internet: "internet-gateway"
      case .egressOnlyInternet: "egress-only-internet-gateway"
      case .regionalNAT: "nat-gateway"
      case .peering: "peering-connection"
      case .transit: "transit-gateway"
      case .virtualPrivate: "virtual-private-gateway"
      case .gatewayEndpoint: "gateway-endpoint"
      }
    }

    /// Whether a VPC has at most one of the kind.
    ///
    /// AWS: one internet gateway can be attached (VPC guide, "Enable internet access"), and one
    /// virtual private gateway (Site-to-Site VPN guide, "Site-to-Site VPN quotas").
    var isSingle: Bool { self == .internet || self == .virtualPrivate }

    /// Whether a route table can be associated with it (VPC guide, "Gateway route tables").
    var takesRouteTable: Bool { self == .internet || self == .virtualPrivate }

    /// Whether connections through it are tracked whatever the rules are.
    ///
    /// AWS, "Security group connection tracking", list of automatically tracked connections, as of
    /// 2026 (lambda-vpc §7.4).
    var isAlwaysTracked: Bool {
      switch self {
      case .egressOnlyInternet, .regionalNAT, .gatewayEndpoint(.dynamodb, _): true
      default: false
      }
    }
  }
}

/// The services that have gateway endpoints (lambda-vpc §7.5).
public enum GatewayEndpointService: String, Hashable, Sendable, CaseIterable {
  case s3
  case dynamodb
}
