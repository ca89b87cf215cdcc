extension Inspector {
  /// Taps from the inside out, those of one point by label.
  borrowing func tapOrder() -> [Int] {
    let taps = taps
    let labels = labels
    return taps.indices.sorted { left, right in
      if taps[left].rank != taps[right].rank { return taps[left].rank < taps[right].rank }
      if labels[left] != labels[right] { return labels[left] < labels[right] }
      return left < right
    }
  }

  /// Position of each tap in ``tapOrder()``.
  private borrowing func tapPositions() -> [Int] {
    var positions = [Int](repeating: 0, count: taps.count)
    for (position, tap) in tapOrder().enumerated() { positions[tap] = position }
    return positions
  }

  borrowing func flowResults() -> [Flow] {
    let positions = tapPositions()
    let entries = flows.entries
    let taps = taps
    let labels = labels
    let names = points.map(\.name)
    // Entries were made in the order of time, which decides between those at one point.
    return entries.indices.sorted { left, right in
      let leftTap = positions[entries[left].key.tap]
      let rightTap = positions[entries[right].key.tap]
      if leftTap != rightTap { return leftTap < rightTap }
      if entries[left].firstTime != entries[right].firstTime {
        return entries[left].firstTime < entries[right].firstTime
      }
      return left < right
    }.map { position in
      let tap = entries[position].key.tap
      return Self.flow(entries[position], point: names[taps[tap].point], label: labels[tap])
    }
  }

  private static func flow(_ entry: FlowEntry, point: String, label: String) -> Flow {
    Flow(
      point: point, label: label, protocol: entry.key.protocol,
      initiator: entry.beganDownward ? entry.key.destination : entry.key.source,
      responder: entry.beganDownward ? entry.key.source : entry.key.destination,
      firstTime: entry.firstTime, lastTime: entry.lastTime,
      forward: FlowDirection(entry.beganDownward ? entry.downward : entry.upward),
      backward: FlowDirection(entry.beganDownward ? entry.upward : entry.downward))
  }

  borrowing func translationResults(_ files: [FileSummary]) -> [Translation] {
    let positions = tapPositions()
    let entries = translations.entries
    let ranks = points.map(\.rank)
    let order = entries.indices.sorted { left, right in
      let a = entries[left]
      let b = entries[right]
      if a.pair != b.pair {
        let (aInner, bInner) = (ranks[a.pair.inner], ranks[b.pair.inner])
        return aInner != bInner ? aInner < bInner : ranks[a.pair.outer] < ranks[b.pair.outer]
      }
      if a.firstTime != b.firstTime { return a.firstTime < b.firstTime }
      let (aTap, bTap) = (positions[a.inside.tap], positions[b.inside.tap])
      return aTap != bTap ? aTap < bTap : left < right
    }
    var results: [Translation] = []
    results.reserveCapacity(order.count)
    for position in order {
      let entry = entries[position]
      let environment =
        entry.environment == Passage.noEnvironment ? nil : labels[Int(entry.environment)]
      results.append(
        Translation(
          crossing: Crossing(
            inner: points[entry.pair.inner].name, outer: points[entry.pair.outer].name),
          environment: environment == "" ? nil : environment, method: method(of: entry),
          protocol: entry.inside.protocol,
          inside: entry.inside.source, outside: entry.outside.source,
          remote: entry.inside.destination, outsideRemote: entry.outside.destination,
          firstTime: entry.firstTime, lastTime: entry.lastTime, outwardCount: entry.outwardCount,
          inwardCount: entry.inwardCount, firstFrame: FrameReference(entry.firstFrame, in: files)))
    }
    return results
  }

  borrowing func dropResults(_ files: [FileSummary]) -> [Drop] {
    let positions = tapPositions()
    var results: [(position: Int, drop: Drop)] = []
    for (reference, incident) in incidents.sorted(by: { $0.key < $1.key }) {
      let entry = flows.entries[reference.entry]
      let tuple = reference.isDownward ? entry.key.reversed : entry.key
      for (evidence, occurrences) in [
        (Drop.Evidence.verdict, incident.dropped), (.vanished, incident.vanished),
      ] where occurrences.count > 0 {
        results.append(
          (
            positions[tuple.tap],
            Drop(
              evidence: evidence, point: points[taps[tuple.tap].point].name,
              label: labels[tuple.tap],
              direction: flows.way(of: reference), protocol: tuple.protocol,
              source: tuple.source, destination: tuple.destination, count: occurrences.count,
              firstTime: occurrences.firstTime, lastTime: occurrences.lastTime,
              firstFrame: FrameReference(occurrences.first, in: files))
          ))
      }
    }
    return results.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      if a.position != b.position { return a.position < b.position }
      if a.drop.firstTime != b.drop.firstTime { return a.drop.firstTime < b.drop.firstTime }
      return left.offset < right.offset
    }.map(\.element.drop)
  }
}

extension FlowDirection {
  init(_ direction: FlowEntry.Direction) {
    packetCount = direction.packetCount
    byteCount = direction.byteCount
    synCount = direction.synCount
    synAckCount = direction.synAckCount
    finCount = direction.finCount
    rstCount = direction.rstCount
    retransmissionCount = direction.retransmissionCount
  }
}
