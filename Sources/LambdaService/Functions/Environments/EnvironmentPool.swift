/// The environments of one function that can be had at once, and places for new ones.
///
/// Every operation takes the same time however many there are.
package struct EnvironmentPool {
  /// Warm ones, the one that worked last at the front.
  private var warm = IndexList()
  /// Places without environment, by subnet.
  private var vacant: [IndexList]
  /// The subnet whose turn it is.
  private var turn = 0

  /// A pool without any place.
  package init(subnetCount: Int) {
    vacant = Array(repeating: IndexList(), count: subnetCount)
  }

  /// Takes the environment that worked last.
  ///
  /// Assumed: what is reported is only that routing is sticky. Taking the last lets those
  /// that are too many grow idle and be reclaimed.
  package mutating func takeWarm(_ links: inout [IndexList.Link]) -> Int? {
    guard let first = warm.first else { return nil }
    warm.remove(first, &links)
    return first
  }

  /// The environment that has been idle for the longest time.
  package var longestIdle: Int? { warm.last }

  package mutating func addWarm(_ environment: Int, _ links: inout [IndexList.Link]) {
    warm.prepend(environment, &links)
  }

  package mutating func removeWarm(_ environment: Int, _ links: inout [IndexList.Link]) {
    warm.remove(environment, &links)
  }

  /// Takes the place that has been vacant for the longest time in the subnet whose turn it is, or
  /// in the next subnet that has one.
  package mutating func takeVacant(_ links: inout [IndexList.Link]) -> Int? {
    for step in vacant.indices {
      let subnet = (turn + step) % vacant.count
      guard let first = vacant[subnet].first else { continue }
      vacant[subnet].remove(first, &links)
      turn = (subnet + 1) % vacant.count
      return first
    }
    return nil
  }

  /// Whether there is a place for a new environment.
  package var hasVacant: Bool { vacant.contains { $0.count > 0 } }

  package mutating func addVacant(_ place: Int, subnet: Int, _ links: inout [IndexList.Link]) {
    vacant[subnet].append(place, &links)
  }

  package mutating func removeVacant(_ place: Int, subnet: Int, _ links: inout [IndexList.Link]) {
    vacant[subnet].remove(place, &links)
  }
}
