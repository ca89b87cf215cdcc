/// Everything that distinguishes one decision from another while the configuration stays as it is.
///
/// The flow itself is no part of it: flows that meet the same rule and the same route share a decision.
struct DecisionShape: Hashable {
  var place: JudgingPlace
  var direction: TrafficDirection
  var filter: Filter
  var border: Border
  var path: Path
  /// The decision that let the connection through that the packet belongs to.
  var connection: DecisionIndex?
  /// Whether a connection begins with a packet so judged, if it is one that can begin one.
  var tracks: Bool
  /// Whether such a connection counts as two (AWS, "Security group connection tracking").
  var countsTwice = false

  /// What the security groups had to say.
  enum Filter: Hashable {
    case notAsked
    /// The interface has no security groups.
    case unfiltered
    /// The other end is a service that they do not apply to.
    case exempt(LinkLocalService)
    /// The packet belongs to a connection that was let through before.
    case tracked
    case matched(SecurityGroupIndex, rule: Int)
    case refused
    /// The interface tracks as many connections as it may.
    case tableFull
  }

  /// What the network ACL of the subnet had to say.
  enum Border: Hashable {
    /// The packet does not cross the border of the subnet, or was stopped before.
    case notAsked
    case allowed(NetworkACLIndex, rule: Int)
    /// By the rule at that place, or by the one that stands behind all others.
    case denied(NetworkACLIndex, rule: Int?)

    var denies: Bool { if case .denied = self { true } else { false } }
  }

  /// Where the packet goes.
  enum Path: Hashable {
    /// Into the host, as every packet that comes in.
    case intoHost
    case service(LinkLocalService)
    /// To an interface of the same subnet, without asking the route table.
    case neighbour(InterfaceIndex)
    /// Along the route at that position of the table.
    case routed(RouteTableIndex, Int, NextHop)
    /// From a gateway without a table of its own to the interface that has the address.
    case delivered(InterfaceIndex)

    /// Nowhere yet: the packet has been refused before.
    case notAsked
    /// The judging interface has been deleted.
    case deleted
    /// The packet is not the interface's own.
    case foreign
    /// The subnet has nobody at that address.
    case noNeighbour
    /// The `local` route at that position matches, but nobody has the address.
    case nobody(RouteTableIndex, Int)
    case noRoute(RouteTableIndex)
    case blackhole(RouteTableIndex, Int)
    /// No route ever applies to such an address.
    case unroutable(RouteTableIndex)
    /// A gateway without a table of its own brings a packet for an address of the VPC that nobody has.
    case nobodyInVPC
    /// A gateway brings a packet that is for no address of the VPC.
    case notOfVPC
  }

  var verdict: PathVerdict {
    if filter == .refused || filter == .tableFull || border.denies { return .reject }
    return switch path {
    case .intoHost, .service, .neighbour, .routed, .delivered: .accept
    default: .reject
    }
  }

  /// Turns an acceptance into the refusal to track one more connection.
  mutating func refuseForLackOfRoom() {
    filter = .tableFull
    (border, path, tracks, countsTwice) = (.notAsked, .notAsked, false, false)
  }

  var nextHop: NextHop {
    guard verdict == .accept else { return .none }
    return switch path {
    case .service(let service): .service(service)
    case .neighbour(let interface), .delivered(let interface): .interface(interface)
    case .routed(_, _, let hop): hop
    default: .none
    }
  }
}
