import EventSimulation
import LambdaService
import SimulatedTime

/// The ground truth of a run: one JSON object a line, in order of time.
///
/// Reports may be a little late or early: the end of a translation is noticed after the fact, and
/// the parts of a cold start are known before they happen. Lines wait until nothing earlier can
/// come any more.
final class EventLog {
  private var lines = EventLines()
  /// Where the lines go, or `nil` if others take them.
  private let file: EventFile?
  /// The date of the record's time zero.
  let epoch: CalendarTime
  /// Which lines there are.
  private let selection: RunOptions.Events
  /// What numbers of invocations are made of those of the accounts.
  private let partition: (number: Int, count: Int)
  /// The accounts that the lines are about, where a run has others beside them.
  let account: String
  /// Lines that were left out.
  private(set) var omittedCount = 0
  /// Packets that died, by where and why, in the order of first deaths.
  private(set) var drops: [(first: Instant, count: RunSummary.DropCount)] = []
  /// What broke and was mended, in order.
  var faults: [RunSummary.Happening] = []
  /// Shared interfaces that were ordered, added or replaced while functions used them.
  var interfaceChanges: [RunSummary.Happening] = []
  var translationsMade = 0
  var translationsEnded = 0

  /// A log that writes to `file`.
  ///
  /// - Parameters:
  ///   - file: The file, if there is one.
  ///   - selection: Which lines there are.
  ///   - epoch: The date of the start of a run, which the first line says; `nil` if it comes to be
  ///     known later.
  init(
    to file: EventFile?, selecting selection: RunOptions.Events = .all, epoch: CalendarTime? = nil
  ) {
    self.file = file
    self.selection = selection
    self.epoch = epoch ?? CalendarTime(nanosecondsSince1970: 0)
    partition = (0, 1)
    account = ""
    if let epoch { begin(epoch) }
  }

  /// The log of one of several partitions, whose lines are merged with those of the others.
  init(
    of partition: ScenarioPartition, selecting selection: RunOptions.Events, epoch: CalendarTime
  ) {
    file = nil
    self.selection = selection
    self.epoch = epoch
    self.partition = (partition.number, partition.count)
    account = partition.accounts.joined(separator: " ")
    if partition.number == 0 { begin(epoch) }
  }

  /// Says which date the run begins at.
  private func begin(_ epoch: CalendarTime) {
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

  /// Adds a line.
  ///
  /// - Parameters:
  ///   - event: What kind of event it is.
  ///   - time: When it happened.
  ///   - scope: How much it is about.
  ///   - describe: Adds what else there is to say.
  @inline(__always)
  func add(
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

  /// The number of an invocation among those of all accounts.
  func number(ofInvocation number: Int) -> Int {
    (number - 1) * partition.count + partition.number + 1
  }

  func count(_ drop: Drop) {
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

  /// Writes every line whose time is before `time`.
  func flush(before time: Instant) {
    guard let file else { return }
    unsafe lines.take(before: time) { unsafe file.append($0) }
  }

  /// Moves every line whose time is before `time` to `batch`.
  func take(before time: Instant, into batch: inout EventBatch) {
    lines.take(before: time, into: &batch)
  }

  /// Why the file could not be written, if so.
  var failure: OutputError? { file?.failure }

  /// Writes everything.
  ///
  /// - Throws: the first failure to write.
  func finish() throws(OutputError) {
    flush(before: Instant(nanoseconds: .max))
    try file?.finish()
  }
}
