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
  /// The zones in which a VPC has functions, in the order of ``zones``.
  private let zonesOfVPC: [String: [String]]

  var cellCount: Int { zones.count * cellsPerZone }
  var topCount: Int { cellCount * topsPerCell }
  var pairCount: Int { cellCount * pairsPerCell }

  init(vpcs: [Scenario.VPC], functions: [Scenario.Function], settings: ModelSettings) {
    var zones: [String] = []
    for subnet in vpcs.flatMap(\.subnets) where !zones.contains(subnet.zone) {
      zones.append(subnet.zone)
    }
    self.zones = zones
    cellsPerZone = settings.hyperplaneCells
    topsPerCell = settings.hyperplaneFleet
    pairsPerCell = settings.hyperplaneFlowMasters
    handSize = settings.hyperplaneHand
    var used: [String: [String]] = [:]
    for vpc in vpcs {
      let subnets = functions.filter { $0.vpc == vpc.name }.flatMap(\.subnets)
      let own = subnets.compactMap { vpc.subnet(named: $0)?.zone }
      used[vpc.name] = zones.filter(own.contains)
    }
    zonesOfVPC = used
  }

  func zones(of vpc: String) -> [String] { zonesOfVPC[vpc] ?? [] }

  /// How many components of a kind there are to choose from.
  func count(of component: Scenario.Component) -> Int {
    switch component {
    case .top(_, let vpc): vpc.map { zones(of: $0).count * handSize } ?? topCount
    case .flowMaster(_, _, let vpc): vpc.map { zones(of: $0).count } ?? pairCount
    case .cell(_, let vpc): vpc.map { zones(of: $0).count } ?? cellCount
    case .zone: zones.count
    }
  }
}
