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
  /// What broke and was mended, in order of time.
  public var faults: [Happening] = []
  /// Packets that died, by where and why.
  public var drops: [DropCount]
  /// Files written, relative to the folder.
  public var files: [String]
  public var omittedGuests: Int
  public var isInterrupted = false
  public var isIncomplete = false

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
    files: [String], omittedGuests: Int, log: EventLog
  ) {
    self.init(
      name: name, title: scenario.title, seed: scenario.seed,
      networking: report.networking, duration: report.duration,
      packetCount: report.packetCount, recordCount: report.recordCount,
      eventCount: report.eventCount, mostFramesInFlight: report.mostFramesInFlight,
      invocations: report.invocations,
      translationsMade: log.translationsMade, translationsEnded: log.translationsEnded,
      interfaceChanges: log.interfaceChanges, faults: log.faults, drops: log.drops, files: files,
      omittedGuests: omittedGuests)
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
    line("networking", networking.joined(separator: ", "))
    line("virtual time", duration.inSeconds)
    line("packets", "\(packetCount) (\(mostFramesInFlight) at once at most)")
    line("records", "\(recordCount) in \(files.count) capture files")
    line(
      "invocations",
      "\(invocations.all): \(invocations.finished) finished, \(invocations.failed) failed, "
        + "\(invocations.throttled) throttled, \(invocations.refused) refused")
    for failure in invocations.failures {
      lines.append("  \(failure.count) failed: \(failure.reason)")
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
