/// Which capture points a run writes.
struct TapSelection {
  /// Names of points, or of single guests; empty for all.
  private let wanted: Set<String>
  private var leavesOutGuests = false

  /// Checks what was asked for.
  ///
  /// - Throws: ``ModelError/unknownTap(_:available:)``.
  init(_ names: [String], _ layouts: [TapLayout]) throws(ModelError) {
    let available = TapLayout.names(of: layouts)
    let others = names.filter { !available.contains($0) }
    if !others.isEmpty {
      let guests = Set(layouts.flatMap { $0.guests.map(\.qualifiedName) })
      for name in others where !guests.contains(name) {
        throw .unknownTap(name, available: available)
      }
    }
    wanted = Set(names)
  }

  func includes(_ tap: Tap) -> Bool {
    if tap.isSeenElsewhere { return false }
    if leavesOutGuests, tap.name == "guest" { return wanted.contains(tap.qualifiedName) }
    return wanted.isEmpty || wanted.contains(tap.name) || wanted.contains(tap.qualifiedName)
  }

  /// Leaves out guests that were not asked for by name, and says how many.
  mutating func omitGuests(_ layouts: [TapLayout]) -> Int {
    leavesOutGuests = true
    guard wanted.isEmpty || wanted.contains("guest") else { return 0 }
    return layouts.reduce(0) { sum, layout in
      sum + layout.guests.count { !wanted.contains($0.qualifiedName) }
    }
  }
}
