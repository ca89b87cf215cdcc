import SimulatedTime

/// The stretch of time that is being added up, for one length of windows.
struct FlowLogWindow {
  let interval: FlowLog.Interval
  var aggregates = FlowAggregates()
  /// In nanoseconds since the run began; the first window begins with the run.
  private(set) var begin: Int64 = 0
  private(set) var end: Int64
  /// Whether each subject has had traffic in it that is written down.
  var hasTraffic: [Bool] = []

  /// The first window.
  init(_ interval: FlowLog.Interval, epoch: CalendarTime) {
    self.interval = interval
    // The calendar decides where windows end, not the run (assumed, A-86).
    end = Self.length(interval) - epoch.nanosecondsSince1970 % Self.length(interval)
  }

  private static func length(_ interval: FlowLog.Interval) -> Int64 {
    interval.seconds * 1_000_000_000
  }

  /// Adds the first packet of a flow.
  mutating func begin(_ entry: FlowAggregates.Entry) {
    aggregates.insert(entry)
    if entry.isLogged { hasTraffic[entry.subject] = true }
  }

  /// Makes it the next window.
  mutating func advance() {
    aggregates.removeAll()
    begin = end
    end += Self.length(interval)
    for subject in hasTraffic.indices { hasTraffic[subject] = false }
  }
}
