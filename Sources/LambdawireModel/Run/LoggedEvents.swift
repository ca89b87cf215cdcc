import EventSimulation
import SimulatedTime

/// What a log has been told: the lines that are still to be written, and what is counted of them.
struct LoggedEvents: ~Copyable {
  var lines = EventLines()
  /// Which lines there are.
  private let selection: RunOptions.Events
  /// Which of how many partitions it is about.
  private let partition: Int
  private let partitionCount: Int
  /// The accounts that the lines are about, where a run has others beside them; or empty.
  let account: String
  /// The date of the record's time zero.
  let epoch: CalendarTime
  private(set) var omittedCount = 0
  private(set) var drops: [(first: Instant, count: RunSummary.DropCount)] = []
  var faults: [RunSummary.Happening] = []
  var interfaceChanges: [RunSummary.Happening] = []
  var translationsMade = 0
  var translationsEnded = 0

  /// A record without lines, except for one about its beginning if the date of that is known.
  init(
    _ selection: RunOptions.Events, epoch: CalendarTime?, partition: Int = 0,
    of partitionCount: Int = 1, account: String = ""
  ) {
    self.selection = selection
    self.epoch = epoch ?? CalendarTime(nanosecondsSince1970: 0)
    self.partition = partition
    self.partitionCount = partitionCount
    self.account = account
    // The lines of all partitions end up in one file, which says it once.
    guard let epoch, partition == 0 else { return }
    add("capture-begins", at: .start, .control) {
      $0.add("epoch_ns", Int(epoch.nanosecondsSince1970))
    }
  }

  /// How much a line is about.
  enum Scope {
    /// What the control plane does, and what breaks.
    case control
    /// Single packets, translations and invocations.
    case traffic
  }

  /// Adds a line, unless lines of its scope are left out.
  ///
  /// - Parameters:
  ///   - event: What kind of event it is.
  ///   - time: When it happened.
  ///   - scope: How much it is about.
  ///   - describe: Adds what else there is to say.
  @inline(__always)
  mutating func add(
    _ event: StaticString, at time: Instant, _ scope: Scope = .traffic,
    _ describe: (inout EventLines) -> Void
  ) {
    guard selection == .all || selection == .control && scope == .control else {
      omittedCount += 1
      return
    }
    lines.begin(event, at: time)
    describe(&lines)
    lines.end()
  }

  /// The number of an invocation among those of all accounts, which take turns.
  func number(ofInvocation number: Int) -> Int { (number - 1) * partitionCount + partition + 1 }

  mutating func count(_ drop: Drop) {
    if let known = drops.firstIndex(where: {
      $0.count.place == drop.place && $0.count.code == drop.code && $0.count.detail == drop.detail
    }) {
      drops[known].count.count += 1
    } else {
      drops.append(
        (
          drop.time,
          RunSummary.DropCount(place: drop.place, code: drop.code, detail: drop.detail, count: 1)
        ))
    }
  }
}
