extension Inspector {
  /// Holds the first sighting of a packet against where packets can begin.
  ///
  /// In the middle of the path nobody sends packets of their own, except for resets and ICMP
  /// errors. At its ends the flow decides, which is known only later: others of the flow have come
  /// from farther away, so this one should have.
  @inline(__always)
  mutating func checkOrigin(
    _ sighting: Sighting, _ way: PathDirection, _ flow: FlowTable.Reference?, _ tap: Tap,
    mayStartAnywhere: Bool
  ) {
    let isAtStart = way == .outward ? tap.rank == innermostRank : tap.rank == outermostRank
    guard !isAtStart, isComplete else { return }
    if mayStartAnywhere {
      madeOnTheWayCount &+= 1
      return
    }
    guard verifies else { return }
    let point = points[tap.point]
    // Of the innermost point, not every interface need have been captured.
    if way == .outward ? point.isStrictOutward : point.isStrictInward,
      let previous = previousPoint(tap, way), previous.rank != innermostRank || way == .inward
    {
      rules.violate(
        .origin, sighting, found: "a packet never seen before, going \(way)",
        expected: "one that came by \(previous.name)")
    } else if let flow {
      incidents[flow, default: Incident()].appeared.add(
        sighting.frame, time: sighting.time, packetID: sighting.packetID)
    }
  }

  /// The nearest captured point before this one, as a packet goes.
  private func previousPoint(_ tap: Tap, _ way: PathDirection) -> PointTable.Point? {
    var best: PointTable.Point?
    for point in points {
      if way == .outward {
        if point.rank < tap.rank, point.rank > best?.rank ?? .min { best = point }
      } else {
        if point.rank > tap.rank, point.rank < best?.rank ?? .max { best = point }
      }
    }
    return best
  }

  /// Holds a packet that was seen at one point only, and has no id, against its flow.
  mutating func checkAppearance(_ passage: Passage, _ way: PathDirection?) {
    guard verifies, let way, let flow = passage.lastFlow, !passage.mayStartAnywhere, isComplete
    else { return }
    let tap = taps[Int(passage.lastTap)]
    let isAtStart = way == .outward ? tap.rank == innermostRank : tap.rank == outermostRank
    guard !isAtStart else { return }
    // It may have passed the earlier point before that was captured.
    let margin = hops.maximum ?? 0
    guard passage.firstTime > SaturatedTime.sum(completeFrom, margin) else { return }
    incidents[flow, default: Incident()].appeared.add(
      passage.firstFrame, time: passage.firstTime, packetID: nil)
  }

  /// Decides about packets that turned up where others of their flow only came by.
  mutating func checkAppearances() {
    guard verifies else { return }
    for (flow, incident) in incidents.sorted(by: { $0.key < $1.key })
    where incident.appeared.count > 0 {
      let entry = flows.entries[flow.entry]
      let way = flows.way(of: flow)
      let comesFromElsewhere =
        way == .outward ? entry.continuesInner : way == .inward ? entry.continuesOuter : false
      guard let way, comesFromElsewhere else { continue }
      var sighting = Sighting.none
      sighting.frame = incident.appeared.first
      sighting.tap = entry.key.tap
      sighting.time = incident.appeared.firstTime
      sighting.packetID = incident.appeared.firstPacketID
      let count = incident.appeared.count
      rules.violate(
        .origin, sighting,
        found: "a packet never seen before, going \(way)"
          + (count > 1 ? ", the first of \(count)" : ""),
        expected: "one that came by an earlier point, like others of \(entry.key)")
    }
  }
}
