import CaptureFiles

extension CaptureMerge {
  /// Why it is no wonder that no packet of one file was found in another; to be asked at the end.
  ///
  /// - Returns: `nil` if there is nothing to be found: fewer than two files, or all from one point.
  func unpairedReason(_ counters: [TapCounters], _ settings: InspectionSettings) -> String? {
    let points = Set(tapsOfReader.joined().map { taps[$0].point })
    guard fileOfReader.count > 1, points.count > 1 else { return nil }
    for reader in fileOfReader.indices {
      let path = files[fileOfReader[reader]].path
      guard firstTimes[reader] != nil else { return "\(path) has no packets" }
      let carriesIP = tapsOfReader[reader].contains {
        counters[$0].packetCount > counters[$0].otherCount &+ counters[$0].malformedCount
      }
      if !carriesIP { return "\(path) has no packets that carry IP" }
    }
    let limit = keepsPacketIDs ? settings.packetLifetime : settings.matchingWindow
    if let gap = gap(longerThan: limit) { return gap }
    if keepsPacketIDs { return "no packet id stands in two of them" }
    return (someHavePacketIDs ? "not all of them have packet ids, and " : "")
      + "no payload with one end the same was seen at two points within "
      + "\(limit / 1_000_000_000) s"
  }

  /// Which file ends so long before the next one begins that no packet can be in both.
  private func gap(longerThan limit: Int64) -> String? {
    let order = fileOfReader.indices.sorted { (firstTimes[$0] ?? 0) < (firstTimes[$1] ?? 0) }
    var last = (time: Int64.min, reader: 0)
    for (position, reader) in order.enumerated() {
      let first = firstTimes[reader] ?? 0
      let rest = SaturatedTime.elapsed(from: last.time, to: first)
      if position > 0, rest > limit {
        return "\(files[fileOfReader[last.reader]].path) ends \(rest / 1_000_000_000) s before "
          + "\(files[fileOfReader[reader]].path) begins"
      }
      if position == 0 || heads[reader].lastTime > last.time {
        last = (heads[reader].lastTime, reader)
      }
    }
    return nil
  }

  /// The run that a file says it comes from.
  ///
  /// Nothing else is taken from comments. This has to be: packets of two runs may look the same.
  func run(of reader: Int) -> String? {
    guard let section = unsafe readers[reader].sections.first,
      section.application?.hasPrefix("Lambdawire ") == true,
      let comment = section.comments.first, comment.hasPrefix("scenario ")
    else { return nil }
    let parts = comment.split(separator: ", ").filter { !$0.hasPrefix("Lambdawire ") }
    return parts.joined(separator: ", ")
  }
}
