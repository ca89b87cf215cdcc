/// Guesses what somebody meant who wrote a word that does not exist.
package enum Suggestion {
  /// The candidate nearest to `word`.
  ///
  /// - Returns: `nil` if none is near: fewer than one letter in three may differ.
  package static func nearest(to word: String, among candidates: [String]) -> String? {
    let lowercased = word.lowercased()
    if let sameLetters = candidates.first(where: { $0.lowercased() == lowercased }) {
      return sameLetters
    }
    let limit = max(1, word.count / 3)
    // Comparing something very long with every name would take long and find nothing.
    guard word.count <= 64 else { return nil }
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let distance = Self.distance(Array(lowercased), Array(candidate.lowercased()))
      if distance <= limit, distance < best?.distance ?? .max, distance < candidate.count {
        best = (candidate, distance)
      }
    }
    return best?.candidate
  }

  /// How many letters have to be inserted, removed, replaced, or swapped with their neighbour.
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var row = [i + 1]
      for (j, y) in b.enumerated() {
        var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (x == y ? 0 : 1))
        if i > 0, j > 0, x == b[j - 1], a[i - 1] == y {
          cost = min(cost, beforePrevious[j - 1] + 1)
        }
        row.append(cost)
      }
      (beforePrevious, previous) = (previous, row)
    }
    return previous[b.count]
  }
}
