public import PacketFormats

extension Scenario {
  /// A VPC peering connection, which joins two VPCs and nothing behind them.
  public struct PeeringConnection: Hashable, Sendable {
    public package(set) var name: String
    /// Names of the two VPCs.
    public package(set) var requester: String
    public package(set) var accepter: String
  }

  /// A transit gateway with the VPCs that are attached to it.
  public struct TransitGateway: Hashable, Sendable {
    public package(set) var name: String
    public package(set) var attachments: [Attachment]
    /// The one named `default` holds for attachments that name none.
    public package(set) var routeTables: [RouteTable]

    /// The attachment of a VPC.
    public struct Attachment: Hashable, Sendable {
      public package(set) var vpc: String
      /// One subnet in each zone that it is reached from.
      public package(set) var subnets: [String]
      /// The table that packets from the VPC go by.
      public package(set) var routeTable: String
      /// The tables that learn the VPC's blocks.
      public package(set) var propagatesTo: [String]
    }

    public struct RouteTable: Hashable, Sendable {
      public package(set) var name: String
      public package(set) var routes: [Route]
    }

    /// A static route.
    public struct Route: Hashable, Sendable {
      public package(set) var destination: IPPrefix
      /// The VPC whose attachment it leads to; `nil` for a blackhole.
      public package(set) var attachment: String?
    }
  }
}
