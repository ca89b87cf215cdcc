/// The flows that a Top knows, by the fingerprint of the tuple in the direction that it sees.
///
/// Open addressing with linear probing; what is removed is closed up, so that nothing is ever
/// marked as deleted. A fingerprint has 64 bits: two flows that share one would be taken for the
/// same, which spares the second a look-up and does nothing else.
package struct FlowCache: Sendable {
  /// Zero is an empty place.
  private var places: [UInt64] = []
  package private(set) var count = 0

  package init() {}

  package func contains(_ fingerprint: UInt64) -> Bool {
    guard !places.isEmpty else { return false }
    return places[position(of: Self.key(fingerprint))] != 0
  }

  /// Adds a flow.
  ///
  /// - Returns: whether it is new.
  @discardableResult
  package mutating func insert(_ fingerprint: UInt64) -> Bool {
    if count * 2 >= places.count { grow() }
    let place = position(of: Self.key(fingerprint))
    guard places[place] == 0 else { return false }
    places[place] = Self.key(fingerprint)
    count += 1
    return true
  }

  /// Removes a flow, if it is there.
  package mutating func remove(_ fingerprint: UInt64) {
    guard !places.isEmpty else { return }
    var hole = position(of: Self.key(fingerprint))
    guard places[hole] != 0 else { return }
    places[hole] = 0
    count -= 1
    // Whatever would have stood in the hole moves there (Knuth, section 6.4, algorithm R).
    let mask = places.count - 1
    var place = hole
    while true {
      place = (place + 1) & mask
      let key = places[place]
      if key == 0 { return }
      let home = Self.home(of: key, mask)
      guard (place - home) & mask >= (place - hole) & mask else { continue }
      places[hole] = key
      places[place] = 0
      hole = place
    }
  }

  package mutating func removeAll() {
    places = []
    count = 0
  }

  private static func key(_ fingerprint: UInt64) -> UInt64 { max(fingerprint, 1) }

  private static func home(of key: UInt64, _ mask: Int) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 20) & mask
  }

  /// Where `key` is, or the empty place where it would be.
  private func position(of key: UInt64) -> Int {
    let mask = places.count - 1
    var place = Self.home(of: key, mask)
    while places[place] != 0, places[place] != key { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let old = places
    places = Array(repeating: 0, count: max(64, old.count * 2))
    for key in old where key != 0 { places[position(of: key)] = key }
  }
}
