package import EventSimulation

/// How customers share a fleet of nodes: each is dealt a hand of them, so that hardly two share all
/// and what one does to its nodes leaves the others most of theirs.
///
/// Reported: Hyperplane deals each customer a subset of a cell's nodes, 5 of 100 in the example of
/// a talk (lambda-vpc §6.1). The method is that of AWS's Builders' Library, "Workload isolation
/// using shuffle-sharding".
package struct ShuffleSharding: Hashable, Sendable {
  /// Nodes in all.
  package let fleetSize: Int
  /// Nodes of one customer; never more than there are.
  package let handSize: Int

  /// A fleet and the size of a hand of it.
  ///
  /// - Precondition: both are at least 1.
  package init(fleetSize: Int, handSize: Int) {
    precondition(fleetSize >= 1 && handSize >= 1, "a hand of nothing")
    self.fleetSize = fleetSize
    self.handSize = min(handSize, fleetSize)
  }

  /// Deals a hand: numbers of nodes from 0 on, in ascending order, every hand equally likely.
  package func deal(from random: inout RandomStream) -> [Int] {
    // Floyd's method: as many draws as there are nodes in the hand.
    var hand: Set<Int> = []
    for limit in fleetSize - handSize..<fleetSize {
      let node = Int(random.next(below: UInt64(limit) + 1))
      hand.insert(hand.contains(node) ? limit : node)
    }
    return hand.sorted()
  }

  /// How likely it is that two hands have exactly `count` nodes in common: the hypergeometric
  /// distribution.
  package func probability(ofSharing count: Int) -> Double {
    guard count >= 0, count <= handSize, handSize - count <= fleetSize - handSize else { return 0 }
    return Self.choices(count, of: handSize)
      * Self.choices(handSize - count, of: fleetSize - handSize)
      / Self.choices(handSize, of: fleetSize)
  }

  /// How many ways there are to choose `count` of `total`.
  private static func choices(_ count: Int, of total: Int) -> Double {
    (0..<count).reduce(1.0) { $0 * Double(total - $1) / Double($1 + 1) }
  }
}
