import CaptureFiles
import EventSimulation
import LambdaService
public import SimulatedTime

/// A scenario about to be run.
public struct Run {
  public var scenario: Scenario
  /// What the scenario is called in files.
  public var name: String
  public var options: RunOptions

  public init(_ scenario: Scenario, name: String, options: RunOptions = RunOptions()) {
    self.scenario = scenario
    self.name = name
    self.options = options
  }

  /// How far a run has come.
  public struct Progress: Sendable {
    public var time: Instant
    /// About when it ends.
    public var end: Instant
    public var packetCount: UInt64
    public var recordCount: UInt64
    public var eventCount: UInt64
  }

  /// Events handled between two looks at the clock, the files and the user.
  private static let slice = 50_000
  /// How late the end of a translation may be noticed.
  private static let reportingDelay = Duration.seconds(5)
  /// A run is over when all invocations are and nobody has sent anything for so long.
  private static let quietTime = Duration.seconds(1)

  /// Runs the scenario and writes what it saw into a new folder.
  ///
  /// If writing fails or `shouldStop` says so, the run ends early, its files are completed as far
  /// as they go, and the folder still takes its name.
  ///
  /// - Parameters:
  ///   - path: The folder to make.
  ///   - replacing: Whether one that is there is replaced.
  ///   - observe: Told now and then how far the run has come.
  ///   - shouldStop: Asked now and then whether the user has had enough.
  /// - Returns: What the run came to.
  /// - Throws: ``OutputError``, ``ModelError`` or `CaptureFileError`.
  public func execute(
    in path: String, replacing: Bool = false, observe: (Progress) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> RunSummary {
    let plan = try WorldPlan(scenario, networking: options.networking)
    let folder = try OutputFolder.make(path, replacing: replacing)
    // It holds until the run is over, and keeps room on the disk for the summary.
    try folder.write(RunSummary.incompleteMark + "\n", to: RunFolder.summaryName)
    let layout = TapLayout(plan, scenario.settings)
    let log = try EventLog(
      path: "\(folder.workingPath)/events.jsonl", shownPath: "\(folder.path)/events.jsonl",
      epoch: scenario.start)
    let files: CaptureFolder
    do {
      files = try CaptureFolder(
        layout, options, plan,
        run: RunIdentity(
          scenario: name, seed: scenario.seed, networking: options.networking?.rawValue ?? ""),
        epoch: scenario.start.nanosecondsSince1970, in: folder)
    } catch {
      throw folder.renaming(error)
    }
    let fileNames = files.files
    let omittedGuests = files.omittedGuests
    let points = files.points
    var world = try World(
      plan, scenario, points: points, captures: files.takeCaptures(),
      record: RunRecord { log.add($0) })

    let isInterrupted = simulate(&world, log, observe, shouldStop)
    for drop in world.simulation.network.takeDrops() { log.add(drop) }
    var summary = RunSummary(
      world.report(), name: name, scenario: scenario, options: options, files: fileNames,
      omittedGuests: omittedGuests, log: log)
    summary.isInterrupted = isInterrupted
    var failure: (any Error)?
    do { try world.simulation.network.finishCaptures() } catch { failure = error }
    do { try log.finish() } catch { failure = failure ?? error }
    summary.isIncomplete = failure != nil
    if failure != nil { summary.files = folder.removeEmptyFiles(of: summary.files) }
    do { try folder.write(summary.text, to: RunFolder.summaryName) } catch {
      if failure == nil {
        // Half a summary would not say that it is half a one.
        try? folder.write(RunSummary.incompleteMark + "\n", to: RunFolder.summaryName)
      }
      failure = failure ?? error
    }
    let shownFailure = failure.map { folder.renaming($0) }
    try folder.complete()
    if let shownFailure { throw shownFailure }
    return summary
  }

  /// Lets events happen until the run is over.
  ///
  /// - Returns: whether it was stopped before that.
  private func simulate(
    _ world: inout World, _ log: EventLog, _ observe: (Progress) -> Void, _ shouldStop: () -> Bool
  ) -> Bool {
    let end = Instant.start.advanced(by: scenario.duration)
    let expectedEnd = Instant.start.advanced(
      by: scenario.expectedEnd(networking: options.networking))
    var packetsBefore: UInt64 = 0
    var deadline = Instant.start
    while true {
      let handled = world.simulation.run(until: deadline, limit: Self.slice)
      let now = world.simulation.network.now
      for drop in world.simulation.network.takeDrops() { log.add(drop) }
      log.flush(before: now.advanced(by: .zero - Self.reportingDelay))
      let packets = world.simulation.network.frames.madeCount
      observe(
        Progress(
          time: now, end: expectedEnd, packetCount: packets,
          recordCount: world.simulation.network.captures.recordCount,
          eventCount: world.simulation.eventCount))
      if shouldStop() { return true }
      if world.simulation.network.captures.failure != nil || log.failure != nil { return true }
      guard handled < Self.slice else { continue }
      guard now < end, let next = world.simulation.nextTime else { return false }
      // Timers of translators and closed connections still run, but nobody will ever see them.
      if world.isFrontendDone, packets == packetsBefore,
        world.simulation.network.frames.inUse == 0
      {
        return false
      }
      packetsBefore = packets
      deadline = min(end, max(next, now.advanced(by: Self.quietTime)))
    }
  }
}
