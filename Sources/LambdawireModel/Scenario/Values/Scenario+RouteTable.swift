public import PacketFormats

extension Scenario {
  /// A route table of a VPC; the one named `main` holds for subnets that name none.
  public struct RouteTable: Hashable, Sendable {
    public package(set) var name: String
    /// Without the `local` routes, which are always there.
    public package(set) var routes: [Route]
    /// Names of virtual private gateways whose networks are propagated to it.
    public package(set) var propagating: [String]
  }

  /// One line of a route table.
  public struct Route: Hashable, Sendable {
    public package(set) var destination: Destination
    public package(set) var target: Target

    public enum Destination: Hashable, Sendable {
      case prefix(IPPrefix)
      /// A prefix list of the scenario, or of a service with gateway endpoints: `s3`, `dynamodb`.
      case prefixList(String)
    }

    public enum Target: Hashable, Sendable {
      /// A gateway of the VPC, of any kind.
      case gateway(String)
      /// A peering connection.
      case peering(String)
      case transitGateway(String)
      /// The network interface of a host of the VPC.
      case host(String)
      /// What the route led to is gone.
      case blackhole
    }
  }
}
