/// Everything that distinguishes one decision from another while the configuration stays as it is.
///
/// The flow itself is no part of it: flows that meet the same rule and the same route share a decision.
struct DecisionShape: Hashable {
  var interface: InterfaceIndex
  var direction: TrafficDirection
  var filter: Filter
  var path: Path
  /// Whether a connection begins with a packet so judged, if it is one that can begin one.
  var tracks: Bool

  /// What the security groups had to say.
  enum Filter: Hashable {
    case notAsked
    /// The other end is a service that they do not apply to.
    case exempt(LinkLocalService)
    /// The packet belongs to a connection that was let through by that decision.
    case tracked(since: DecisionIndex)
    case matched(SecurityGroupIndex, rule: Int)
    case refused
  }

  /// Where the packet goes.
  enum Path: Hashable {
    /// Into the host, as every packet that comes in.
    case intoHost
    case service(LinkLocalService)
    /// To an interface of the same subnet, without asking the route table.
    case neighbour(InterfaceIndex)
    /// Along the route at that position of the subnet's table.
    case routed(Int, NextHop)

    /// Nowhere yet: the security groups have refused the packet.
    case notAsked
    /// The judging interface has been deleted.
    case deleted
    /// The packet is not the interface's own.
    case foreign
    /// The subnet has nobody at that address.
    case noNeighbour
    /// The `local` route at that position matches, but nobody has the address.
    case nobody(Int)
    case noRoute
    case blackhole(Int)
    /// No route ever applies to such an address.
    case unroutable
  }

  var verdict: PathVerdict {
    if filter == .refused { return .reject }
    return switch path {
    case .intoHost, .service, .neighbour, .routed: .accept
    case .notAsked, .deleted, .foreign, .noNeighbour, .nobody, .noRoute, .blackhole, .unroutable:
      .reject
    }
  }

  var nextHop: NextHop {
    guard verdict == .accept else { return .none }
    return switch path {
    case .service(let service): .service(service)
    case .neighbour(let interface): .interface(interface)
    case .routed(_, let hop): hop
    default: .none
    }
  }
}
