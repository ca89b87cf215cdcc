import PacketFormats

extension Grammar {
  /// What is outside every VPC.
  enum Internet {
    static let hosts = Key<[SourceEntry]>(
      "hosts", .named(OutsideHost.section), .optional("no hosts"),
      "The machines on it by name; those with an address of a service's prefix list are behind "
        + "gateway endpoints too.")
    static let section = Section(
      name: "internet", documentation: "What is outside every VPC.", keys: [hosts.declaration])
  }

  enum PrefixList {
    static let entries = ValueType<[Located<IPPrefix>]>.oneOrMore(.block)
    static let named = ValueType<[SourceEntry]>.named(entries, called: "lists of blocks")
  }

  enum PeeringConnection {
    static let requester = Key<String>(
      "requester", .reference(to: "a VPC"), .required, "The VPC that asked for it.")
    static let accepter = Key<String>(
      "accepter", .reference(to: "a VPC"), .required, "The VPC that accepted it.")
    static let section = Section(
      name: "peering connection",
      documentation: "Joins two VPCs, and nothing behind either; both need routes to it.",
      keys: [requester.declaration, accepter.declaration])
  }

  enum TransitGateway {
    static let attachments = Key<[SourceEntry]>(
      "attachments", .named(Attachment.section), .required, "The VPCs attached to it, by name.")
    static let routeTables = Key<[SourceEntry]>(
      "route-tables", .named(TransitRouteTable.type, called: "lists of routes"),
      .optional("`default`, which learns every attachment"),
      "Its route tables by name, with their static routes.")
    static let section = Section(
      name: "transit gateway", documentation: "Joins VPCs by route tables of its own.",
      keys: [attachments.declaration, routeTables.declaration])
  }

  enum Attachment {
    static let subnets = Key<[Located<String>]>(
      "subnets", .oneOrMore(.reference(to: "a subnet of the VPC")), .required,
      "One subnet in each zone that it is reached from.")
    static let routeTable = Key<String>(
      "route-table", .reference(to: "a route table of the transit gateway"),
      .defaulted("default"), "The table that packets from the VPC go by (association).")
    static let propagatesTo = Key<[Located<String>]>(
      "propagates-to", .oneOrMore(.reference(to: "a route table of the transit gateway")),
      .optional("`default`, if there is one"), "The tables that learn the VPC's blocks.")
    static let section = Section(
      name: "attachment", documentation: "A VPC at a transit gateway, named by its key.",
      keys: [subnets.declaration, routeTable.declaration, propagatesTo.declaration])
  }

  enum TransitRoute {
    static let to = Key<IPPrefix>("to", .block, .required, "Which packets take it.")
    static let via = Key<String>(
      "via", .reference(to: "an attached VPC, or `blackhole`"), .required, "Where they go.")
    static let section = Section(
      name: "transit gateway route", documentation: "A static route of a transit gateway.",
      keys: [to.declaration, via.declaration])
  }

  enum TransitRouteTable {
    static let type = ValueType<[SourceNode]>.list(of: TransitRoute.section)
  }
}
