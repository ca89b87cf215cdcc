import SimulatedTime

/// What a run came to.
public struct RunSummary: Sendable {
  public var name: String
  public var title: String
  public var seed: UInt64
  /// The era of each function.
  public var networking: [String]
  /// Virtual time that passed.
  public var duration: Duration
  public var packetCount: UInt64
  public var recordCount: UInt64
  public var eventCount: UInt64
  public var mostFramesInFlight: Int
  public var invocations: InvocationCounts
  public var translationsMade: Int
  public var translationsEnded: Int
  /// Shared interfaces that were ordered, added or replaced, in order of time.
  public var interfaceChanges: [Happening] = []
  /// What broke, was mended or was changed, in order of time.
  public var faults: [Happening] = []
  /// What hosts did of their own accord.
  public var tasks = TaskCounts()
  /// Packets that died, by where and why.
  public var drops: [DropCount]
  /// Files written, relative to the folder.
  public var files: [String]
  public var omittedGuests: Int
  /// What was written to flow logs; `nil` if there are none.
  public var flowLogs: FlowLogCount?
  /// Which lines `events.jsonl` has, and how many it therefore does not have.
  public var events = RunOptions.Events.all
  public var omittedEvents = 0
  public var isInterrupted = false
  public var isIncomplete = false

  /// What was written to flow logs.
  public struct FlowLogCount: Hashable, Sendable {
    public var records: Int
    public var files: Int

    public init(records: Int, files: Int) {
      self.records = records
      self.files = files
    }
  }

  public struct InvocationCounts: Hashable, Sendable {
    public var all: Int
    public var finished: Int
    public var failed: Int
    public var throttled: Int
    public var refused: Int
    public var coldStarts: Int
    /// Why those that failed did.
    public var failures: [FailureCount]
  }

  /// Something that happened to the network.
  public struct Happening: Hashable, Sendable {
    public var time: Duration
    /// What happened, such as `fail hyperplane-top/3`.
    public var act: String
    /// What came of it, or empty.
    public var effect: String

    public init(time: Duration, act: String, effect: String) {
      self.time = time
      self.act = act
      self.effect = effect
    }
  }

  /// What hosts did of their own accord.
  public struct TaskCounts: Hashable, Sendable {
    public var all = 0
    public var finished = 0
    public var failed = 0
    /// Why they failed and how often, in the order of the first of each kind.
    public var failures: [FailureCount] = []

    public init(all: Int = 0, finished: Int = 0, failed: Int = 0, failures: [FailureCount] = []) {
      self.all = all
      self.finished = finished
      self.failed = failed
      self.failures = failures
    }
  }

  public struct FailureCount: Hashable, Sendable {
    /// In a few words, such as `timed out`.
    public var reason: String
    public var count: Int

    public init(reason: String, count: Int) {
      self.reason = reason
      self.count = count
    }
  }

  public struct DropCount: Hashable, Sendable {
    public var place: String
    public var code: String
    public var detail: String
    public var count: Int

    public init(place: String, code: String, detail: String, count: Int) {
      self.place = place
      self.code = code
      self.detail = detail
      self.count = count
    }
  }
}

extension RunSummary {
  init(
    _ report: WorldReport, name: String, scenario: Scenario, options: RunOptions,
    files: [String], omittedGuests: Int, logs: [EventLog]
  ) {
    self.init(
      name: name, title: scenario.title, seed: scenario.seed,
      networking: report.networking, duration: report.duration,
      packetCount: report.packetCount, recordCount: report.recordCount,
      eventCount: report.eventCount, mostFramesInFlight: report.mostFramesInFlight,
      invocations: report.invocations,
      translationsMade: logs.reduce(0) { $0 + $1.translationsMade },
      translationsEnded: logs.reduce(0) { $0 + $1.translationsEnded },
      interfaceChanges: Self.merged(logs.map(\.interfaceChanges)),
      faults: Self.merged(logs.map(\.faults)), tasks: report.tasks,
      drops: Self.merged(logs.map(\.drops)),
      files: files, omittedGuests: omittedGuests)
    events = options.events
    omittedEvents = logs.reduce(0) { $0 + $1.omittedCount }
  }

  /// What happened in several partitions, in order of time, and at one instant of the partitions.
  private static func merged(_ lists: [[Happening]]) -> [Happening] {
    lists.count == 1
      ? lists[0]
      : lists.flatMap(\.self).enumerated()
        .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
  }

  /// Drops of several partitions, equal ones together, in the order of first deaths.
  private static func merged(_ lists: [[(first: Instant, count: DropCount)]]) -> [DropCount] {
    var all = lists.first ?? []
    for (first, drop) in lists.dropFirst().joined() {
      if let known = all.firstIndex(where: {
        $0.count.place == drop.place && $0.count.code == drop.code
          && $0.count.detail == drop.detail
      }) {
        all[known].count.count += drop.count
        all[known].first = min(all[known].first, first)
      } else {
        all.append((first, drop))
      }
    }
    guard lists.count > 1 else { return all.map(\.count) }
    return all.enumerated()
      .sorted { ($0.element.first, $0.offset) < ($1.element.first, $1.offset) }
      .map(\.element.count)
  }

  /// The first line of a summary whose run did not come to its end.
  static let incompleteMark =
    "INCOMPLETE: the run was stopped; files end with their last whole block"

  /// The summary as text, at most 80 columns wide where it can be.
  public var text: String {
    var lines: [String] = []
    func line(_ label: String, _ value: String) {
      lines.append(label + String(repeating: " ", count: max(1, 16 - label.count)) + value)
    }
    if isInterrupted || isIncomplete {
      lines.append(Self.incompleteMark)
    }
    line("scenario", name)
    if !title.isEmpty { line("title", title) }
    line("seed", "\(seed)")
    if !networking.isEmpty { line("networking", networking.joined(separator: ", ")) }
    line("virtual time", duration.inSeconds)
    line("packets", "\(packetCount) (\(mostFramesInFlight) at once at most)")
    line("records", "\(recordCount) in \(files.count) capture files")
    if let flowLogs {
      line("flow logs", "\(flowLogs.records) records in \(flowLogs.files) files of flow-logs/")
    }
    line(
      "invocations",
      "\(invocations.all): \(invocations.finished) finished, \(invocations.failed) failed, "
        + "\(invocations.throttled) throttled, \(invocations.refused) refused")
    for failure in invocations.failures {
      lines.append("  \(failure.count) failed: \(failure.reason)")
    }
    if tasks.all > 0 {
      line(
        "of hosts", "\(tasks.all): \(tasks.finished) finished, \(tasks.failed) failed")
      for failure in tasks.failures {
        lines.append("  \(failure.count) failed: \(failure.reason)")
      }
    }
    line("cold starts", "\(invocations.coldStarts)")
    line("translations", "\(translationsMade) made, \(translationsEnded) ended")
    lines += Self.list(interfaceChanges, called: "shared ENIs")
    lines += Self.list(faults, called: "events")
    if drops.isEmpty {
      line("drops", "none")
    } else {
      line("drops", "\(drops.reduce(0) { $0 + $1.count })")
      for drop in drops {
        let place = "  \(drop.count) at \(drop.place): \(drop.code)"
        if place.count + 2 + drop.detail.count <= Self.width {
          lines.append("\(place), \(drop.detail)")
        } else {
          lines += [place, "    \(drop.detail)"]
        }
      }
    }
    if omittedGuests > 0 {
      lines.append(
        "\(omittedGuests) guests are not captured: more than \(TapLayout.guestLimit) environments; "
          + "ask for one with --taps guest:NAME")
    }
    if omittedEvents > 0 {
      line(
        "left out",
        "\(omittedEvents) lines, for which there is "
          + (events == .none ? "no events.jsonl" : "no place in events.jsonl")
          + " (--events \(events.rawValue))")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension RunSummary {
  /// Columns of a terminal.
  private static let width = 80

  /// More happenings than a summary lists.
  private static let longestList = 20

  /// Lines for what happened to the network, none if nothing did.
  private static func list(_ happenings: [Happening], called label: String) -> [String] {
    guard !happenings.isEmpty else { return [] }
    var lines = [label + String(repeating: " ", count: 16 - label.count) + "\(happenings.count)"]
    for happening in happenings.prefix(longestList) {
      lines.append("  \(happening.time.inSeconds): \(happening.act)")
      if !happening.effect.isEmpty { lines.append("    \(happening.effect)") }
    }
    if happenings.count > longestList {
      lines.append("  and \(happenings.count - longestList) more, in events.jsonl")
    }
    return lines
  }
}

extension Duration {
  /// In seconds with as many decimals as there are, such as `2.051317 s`.
  var inSeconds: String {
    let (seconds, attoseconds) = components
    let nanoseconds = attoseconds / 1_000_000_000
    if nanoseconds == 0 { return "\(seconds) s" }
    var digits = String(nanoseconds)
    digits = String(repeating: "0", count: 9 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(seconds).\(digits) s"
  }
}
