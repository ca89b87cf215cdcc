public import PacketFormats

extension Scenario {
  /// Something that routes of a VPC lead to, other than an interface of a host.
  public struct Gateway: Hashable, Sendable {
    public package(set) var name: String
    public package(set) var kind: Kind
    /// Name of the route table that packets which come in through it go by; only of internet gateways
    /// and virtual private gateways (VPC guide, "Gateway route tables").
    public package(set) var routeTable: String?

    /// The kinds of gateways, named as EC2 names them.
    public enum Kind: Hashable, Sendable {
      case internetGateway
      case egressOnlyInternetGateway
      case natGateway(NATGateway)
      case gatewayEndpoint(EndpointService)
      case interfaceEndpoint(InterfaceEndpoint)
      case virtualPrivateGateway(VirtualPrivateGateway)
    }
  }

  /// A NAT gateway (VPC guide, "NAT gateways").
  public struct NATGateway: Hashable, Sendable {
    /// Its subnet; `nil` for a regional one, which is in none.
    public package(set) var subnet: String?
    public package(set) var connectivity: Connectivity
    /// How many addresses it translates to, 1 to 8; of a regional one, in each zone.
    public package(set) var addressCount: Int
    /// Its Elastic IP addresses as far as they are given; the others are made up.
    public package(set) var elasticAddresses: [IPv4Address]

    /// Where a NAT gateway leads to (EC2 API, `ConnectivityType`).
    public enum Connectivity: String, Hashable, Sendable, CaseIterable {
      case `public`, `private`
    }
  }

  /// Services that have gateway endpoints (VPC guide, "Gateway endpoints").
  public enum EndpointService: String, Hashable, Sendable, CaseIterable {
    case s3, dynamodb
  }

  /// An interface endpoint (PrivateLink guide).
  public struct InterfaceEndpoint: Hashable, Sendable {
    /// The service, such as `sqs`.
    public package(set) var service: String
    /// One network interface in each, in different zones.
    public package(set) var subnets: [String]
    public package(set) var securityGroups: [String]
    /// The public name of the service.
    public package(set) var domainName: String
    /// Whether that name resolves to the endpoint's interfaces inside the VPC.
    public package(set) var hasPrivateDNS: Bool
    /// What the service speaks.
    public package(set) var services: [Service]
  }

  /// The VPC's end of a VPN or Direct Connect connection, with what is behind it.
  public struct VirtualPrivateGateway: Hashable, Sendable {
    /// The networks behind it, which are propagated to route tables that ask for it.
    public package(set) var networks: [IPv4Prefix]
    /// Machines in these networks.
    public package(set) var hosts: [OutsideHost]
  }
}
