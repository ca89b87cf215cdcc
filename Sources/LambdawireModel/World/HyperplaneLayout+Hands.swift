import EventSimulation
import LambdaService

extension HyperplaneLayout {
  /// The nodes of Hyperplane that a VPC was dealt in a zone; all numbers from 0 on.
  struct Hand {
    var zone: String
    var cell: Int
    var tops: [Int]
    var flowMasters: [Int]
  }

  /// Deals a VPC its nodes in a zone.
  ///
  /// It depends on the VPC's name, the zone and the seed alone, whoever else is there.
  ///
  /// - Returns: `nil` if there is no such zone.
  func hand(of vpc: String, in zone: String, seed: UInt64) -> Hand? {
    guard let place = zones.firstIndex(of: zone) else { return nil }
    let sharding = ShuffleSharding(fleetSize: topsPerCell, handSize: handSize)
    var random = RandomStream(seed: seed, name: "hyperplane/\(vpc)/\(zone)")
    let cell = place * cellsPerZone + Int(random.next(below: UInt64(cellsPerZone)))
    let first = Int(random.next(below: UInt64(pairsPerCell)))
    return Hand(
      zone: zone, cell: cell, tops: sharding.deal(from: &random).map { cell * topsPerCell + $0 },
      flowMasters: (0..<pairHandSize).map { cell * pairsPerCell + (first + $0) % pairsPerCell })
  }
}
