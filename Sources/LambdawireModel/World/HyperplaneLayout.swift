/// How many nodes Hyperplane has, and where, as far as a scenario decides it.
///
/// Cells are numbered zone by zone, in the order in which the file first names the zones; Tops and
/// pairs of Flow Masters are numbered cell by cell.
struct HyperplaneLayout {
  /// In the order of the file.
  let zones: [String]
  let cellsPerZone: Int
  let topsPerCell: Int
  let pairsPerCell: Int
  let handSize: Int
  /// Pairs of Flow Masters that a VPC is dealt in a cell.
  let pairHandSize: Int
  /// The zones in which a VPC has functions, in the order of ``zones``.
  private let zonesOfVPC: [String: [String]]

  var cellCount: Int { zones.count * cellsPerZone }
  var topCount: Int { cellCount * topsPerCell }
  var pairCount: Int { cellCount * pairsPerCell }

  init(
    vpcs: [Scenario.VPC], functions: [Scenario.Function], events: [Scenario.Event] = [],
    settings: ModelSettings
  ) {
    var zones: [String] = []
    for subnet in vpcs.flatMap(\.subnets) where !zones.contains(subnet.zone) {
      zones.append(subnet.zone)
    }
    self.zones = zones
    cellsPerZone = settings.hyperplaneCells
    topsPerCell = settings.hyperplaneFleet
    pairsPerCell = settings.hyperplaneFlowMasters
    handSize = settings.hyperplaneHand
    pairHandSize = min(settings.hyperplaneFlowMasterHand, settings.hyperplaneFlowMasters)
    var used: [String: [String]] = [:]
    for vpc in vpcs {
      let own = functions.filter { $0.vpc == vpc.name }
      let later = events.flatMap { event in
        guard case .update(let name, let subnets, _) = event.act,
          own.contains(where: { $0.name == name })
        else { return [String]() }
        return subnets
      }
      let subnets = own.flatMap(\.subnets) + later
      let places = subnets.compactMap { vpc.subnet(named: $0)?.zone }
      used[vpc.name] = zones.filter(places.contains)
    }
    zonesOfVPC = used
  }

  func zones(of vpc: String) -> [String] { zonesOfVPC[vpc] ?? [] }

  /// How many components of a kind there are to choose from.
  func count(of component: Scenario.Component) -> Int {
    switch component {
    case .top(_, let vpc): vpc.map { zones(of: $0).count * handSize } ?? topCount
    case .flowMaster(_, _, let vpc):
      vpc.map { zones(of: $0).count * pairHandSize } ?? pairCount
    case .cell(_, let vpc): vpc.map { zones(of: $0).count } ?? cellCount
    case .zone: zones.count
    case .ec2API: 1
    }
  }
}
