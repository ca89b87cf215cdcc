import PacketFormats
public import SimulatedTime

extension FlowLogRecorder {
  /// Ends every window whose time is over.
  @inline(never)
  mutating func closeWindows(until now: Int64) {
    while nextEnd <= now {
      let end = nextEnd
      // Of two that end together the short one comes first.
      if minutes.end == end {
        collect(from: minutes, until: end)
        minutes.advance()
      }
      if tenMinutes.end == end {
        collect(from: tenMinutes, until: end)
        tenMinutes.advance()
      }
      nextEnd = min(minutes.end, tenMinutes.end)
    }
  }

  /// Makes records of what a window has, and of who has had no traffic in it.
  private mutating func collect(from window: FlowLogWindow, until end: Int64) {
    for entry in window.aggregates.entries where entry.isLogged {
      pending.append(
        PendingRecord(
          interval: window.interval, subject: entry.subject, first: entry.first, last: entry.last,
          entry: entry))
    }
    for (number, subject) in subjects.enumerated() where !window.hasTraffic[number] {
      let life = lives[number].clamped(to: window.begin..<max(end, window.begin))
      guard !life.isEmpty else { continue }
      let isWanted = logs.indices.contains {
        logs[$0].covers(subject) && logs[$0].interval(of: subject) == window.interval
          && firstTraffic[$0] < life.upperBound
      }
      guard isWanted else { continue }
      pending.append(
        PendingRecord(
          interval: window.interval, subject: number, first: life.lowerBound,
          last: life.upperBound - 1))
    }
  }

  /// Takes what the windows have come to that were over at `now`.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - dataPlane: What has judged the packets, and knows their addresses.
  /// - Returns: Records that were not taken before.
  public mutating func takeBatch(
    at now: Instant, of dataPlane: borrowing DataPlane
  ) -> FlowLogBatch {
    if isOn, now.nanoseconds >= nextEnd { closeWindows(until: now.nanoseconds) }
    var records: [FlowLogRecord] = []
    records.reserveCapacity(pending.count)
    for record in pending { records.append(finished(record, dataPlane)) }
    pending.removeAll(keepingCapacity: true)
    return FlowLogBatch(
      records: records, subjects: subjects, logs: logs, firstTraffic: firstTraffic, scope: scope,
      vpc: vpc, region: region,
      openSince: (scope.epoch.nanosecondsSince1970 + min(minutes.begin, tenMinutes.begin))
        / 1_000_000_000)
  }

  /// Takes what is left when the run is over, windows that are not over included.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - dataPlane: What has judged the packets, and knows their addresses.
  /// - Returns: Records that were not taken before.
  public mutating func takeLastBatch(
    at now: Instant, of dataPlane: borrowing DataPlane
  ) -> FlowLogBatch {
    if isOn {
      if now.nanoseconds >= nextEnd { closeWindows(until: now.nanoseconds) }
      // A packet of this very instant belongs to what is left.
      collect(from: minutes, until: now.nanoseconds + 1)
      collect(from: tenMinutes, until: now.nanoseconds + 1)
      minutes.aggregates.removeAll()
      tenMinutes.aggregates.removeAll()
    }
    return takeBatch(at: now, of: dataPlane)
  }

  private func finished(
    _ record: PendingRecord, _ dataPlane: borrowing DataPlane
  ) -> FlowLogRecord {
    var traffic: FlowLogRecord.Traffic?
    if let entry = record.entry { traffic = self.traffic(entry, dataPlane) }
    return FlowLogRecord(
      subject: record.subject, interval: record.interval,
      first: Instant(nanoseconds: record.first), last: Instant(nanoseconds: record.last),
      traffic: traffic)
  }

  private func traffic(
    _ entry: FlowAggregates.Entry, _ dataPlane: borrowing DataPlane
  ) -> FlowLogRecord.Traffic {
    let fate = fates[entry.decision.position]
    return FlowLogRecord.Traffic(
      direction: entry.direction, verdict: entry.verdict, rejectReason: fate.rejectReason,
      protocol: entry.key.protocol, source: dataPlane.source(of: entry.key),
      destination: dataPlane.destination(of: entry.key), sourcePort: entry.key.sourcePort,
      destinationPort: entry.key.destinationPort,
      flags: TCPHeader.Flags(rawValue: entry.flags), packetCount: entry.packetCount,
      byteCount: entry.byteCount, path: fate.path,
      nextHop: fate.nextHop >= 0 ? Int(fate.nextHop) : nil)
  }
}
