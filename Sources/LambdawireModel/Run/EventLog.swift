import AddressTranslation
import EventSimulation
import LambdaService
import SimulatedTime

/// The ground truth of a run: one JSON object a line, in order of time.
///
/// Reports may be a little late or early: the end of a translation is noticed after the fact, and
/// the parts of a cold start are known before they happen. Lines wait until nothing earlier can
/// come any more.
final class EventLog {
  /// All in one place, which a report reaches once and not for every word.
  private var contents: LoggedEvents
  /// Where the lines go, or `nil` if others take them.
  private let file: EventFile?

  /// A log that writes to `file`.
  ///
  /// - Parameters:
  ///   - file: Where the lines go; `nil` for nowhere.
  ///   - selection: Which lines there are.
  ///   - epoch: The date of the start of a run, which the first line says; `nil` if it comes to be
  ///     known later.
  init(
    to file: EventFile?, selecting selection: RunOptions.Events = .all, epoch: CalendarTime? = nil
  ) {
    self.file = file
    contents = LoggedEvents(selection, epoch: epoch)
  }

  /// The log of one of several partitions, whose lines are merged with those of the others.
  init(of partition: ScenarioPartition, selecting selection: RunOptions.Events) {
    file = nil
    contents = LoggedEvents(
      selection, epoch: partition.scenario.start, partition: partition.number, of: partition.count,
      account: partition.accounts.joined(separator: " "))
  }

  // MARK: - Adding lines

  /// Adds what a node reported.
  func add(_ event: RunEvent) { contents.add(event) }

  /// Adds a packet that died.
  func add(_ drop: Drop) { contents.add(drop) }

  /// Adds what became of a translation.
  func add(_ event: TranslationEvent) { contents.add(event, translator: "") }

  /// Adds a line of another kind.
  func add(_ event: StaticString, at time: Instant, _ describe: (inout EventLines) -> Void) {
    contents.add(event, at: time, .control, describe)
  }

  // MARK: - What it has come to

  /// Lines that were left out.
  var omittedCount: Int { contents.omittedCount }
  /// Packets that died, by where and why, in the order of first deaths.
  var drops: [(first: Instant, count: RunSummary.DropCount)] { contents.drops }
  /// What broke and was mended, in order.
  var faults: [RunSummary.Happening] { contents.faults }
  /// Shared interfaces that were ordered, added or replaced while functions used them.
  var interfaceChanges: [RunSummary.Happening] { contents.interfaceChanges }
  var translationsMade: Int { contents.translationsMade }
  var translationsEnded: Int { contents.translationsEnded }

  // MARK: - Writing

  /// Writes every line whose time is before `time`.
  func flush(before time: Instant) {
    guard let file else { return }
    unsafe contents.lines.take(before: time) { unsafe file.append($0) }
  }

  /// Moves every line whose time is before `time` to `batch`.
  func take(before time: Instant, into batch: inout EventBatch) {
    contents.lines.take(before: time, into: &batch)
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
