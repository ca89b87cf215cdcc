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
    let plans = try WorldPlan.plans(of: scenario, networking: options.networking)
    let captures = try CaptureFolder(
      plans.map { TapLayout($0, scenario.settings) }, options, plans,
      run: RunIdentity(
        scenario: name, seed: scenario.seed, networking: options.networking?.rawValue ?? ""),
      epoch: scenario.start.nanosecondsSince1970)
    let folder = try OutputFolder.make(path, replacing: replacing)
    // It holds until the run is over, and keeps room on the disk for the summary.
    try folder.write(RunSummary.incompleteMark + "\n", to: RunFolder.summaryName)
    let outcome: Outcome
    do {
      try captures.makeFolders(in: folder)
      let file =
        options.events == .none
        ? nil
        : try EventFile(
          path: "\(folder.workingPath)/events.jsonl", shownPath: "\(folder.path)/events.jsonl")
      outcome =
        plans.count == 1
        ? try runAlone(plans[0], captures, file, in: folder, observe, shouldStop)
        : try runTogether(plans, captures, file, in: folder, observe, shouldStop)
    } catch {
      throw folder.renaming(error)
    }
    var summary = RunSummary(
      outcome.report, name: name, scenario: scenario, options: options, files: captures.files,
      omittedGuests: captures.omittedGuests, logs: outcome.logs)
    summary.flowLogs = outcome.flowLogs
    summary.isInterrupted = outcome.isInterrupted
    var failure = outcome.failure
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

  /// What a run came to, before anybody has put it into words.
  private struct Outcome {
    var report: WorldReport
    /// One to a partition.
    var logs: [EventLog]
    /// What was written to flow logs; `nil` if there are none.
    var flowLogs: RunSummary.FlowLogCount?
    var isInterrupted: Bool
    /// Why the output could not be written, if so.
    var failure: (any Error)?
  }

  /// Runs a scenario of one partition, which writes to its files at once.
  private func runAlone(
    _ plan: WorldPlan, _ captures: CaptureFolder, _ file: EventFile?,
    in folder: borrowing OutputFolder, _ observe: (Progress) -> Void, _ shouldStop: () -> Bool
  ) throws -> Outcome {
    let log = EventLog(to: file, selecting: options.events, epoch: scenario.start)
    var set = captures.makeCaptures()
    let points = try captures.open(&set, in: folder)
    var world = try World(
      plan, points: points, captures: set, record: RunRecord { log.add($0) })
    let flowLogs = FlowLogFolder(
      of: plan.partition.scenario.vpcs, seed: scenario.seed, in: folder)
    let isInterrupted = simulate(&world, log, flowLogs, observe, shouldStop)
    for drop in world.simulation.network.takeDrops() { log.add(drop) }
    world.writeFlowLogs(to: flowLogs, isLast: true)
    let report = world.report()
    var failure: (any Error)?
    // The captures' ends are written by another thread while this one writes the log's.
    world.simulation.network.endCaptures()
    var logFailure: (any Error)?
    do { try log.finish() } catch { logFailure = error }
    do { try world.simulation.network.finishCaptures() } catch { failure = error }
    failure = failure ?? logFailure
    do { try flowLogs.finish() } catch { failure = failure ?? error }
    return Outcome(
      report: report, logs: [log], flowLogs: RunSummary.FlowLogCount([flowLogs]),
      isInterrupted: isInterrupted, failure: failure)
  }

  /// Runs a scenario of several partitions, on as many threads as there are processors for them.
  private func runTogether(
    _ plans: [WorldPlan], _ captures: CaptureFolder, _ file: EventFile?,
    in folder: borrowing OutputFolder, _ observe: (Progress) -> Void, _ shouldStop: () -> Bool
  ) throws -> Outcome {
    let files = try captures.openMerged(in: folder)
    var partitions: [Partition] = []
    for plan in plans {
      var set = captures.makeCaptures()
      let points = try captures.collect(&set, for: plan.partition.number)
      let log = EventLog(of: plan.partition, selecting: options.events)
      let flowLogs = FlowLogFolder(
        of: plan.partition.scenario.vpcs, seed: scenario.seed, in: folder)
      partitions.append(
        try Partition(plan, points: points, captures: set, log: log, flowLogs: flowLogs))
    }
    let run = PartitionedRun(
      partitions, files: files,
      events: file.map { MergedEvents(to: $0, partitionCount: plans.count) },
      threads: options.threads ?? ThreadCrew.processorCount, reportingDelay: Self.reportingDelay)
    let isInterrupted = simulate(run, observe, shouldStop)
    run.count(captures.routes)
    let failure = run.finish(isInterrupted: isInterrupted)
    return Outcome(
      report: run.report(), logs: run.logs, flowLogs: RunSummary.FlowLogCount(run.flowLogs),
      isInterrupted: isInterrupted, failure: failure)
  }

  /// The last instant that may be simulated, and about when the run will be over.
  private var ends: (latest: Instant, expected: Instant) {
    (
      Instant.start.advanced(by: scenario.duration),
      Instant.start.advanced(by: scenario.expectedEnd(networking: options.networking))
    )
  }

  /// Lets events happen until the run is over.
  ///
  /// - Returns: whether it was stopped before that.
  private func simulate(
    _ world: inout World, _ log: EventLog, _ flowLogs: FlowLogFolder,
    _ observe: (Progress) -> Void, _ shouldStop: () -> Bool
  ) -> Bool {
    let (end, expectedEnd) = ends
    var packetsBefore: UInt64 = 0
    var deadline = Instant.start
    while true {
      let handled = world.simulation.run(until: deadline, limit: Self.slice)
      let now = world.simulation.network.now
      for drop in world.simulation.network.takeDrops() { log.add(drop) }
      log.flush(before: now.advanced(by: .zero - Self.reportingDelay))
      world.writeFlowLogs(to: flowLogs)
      let packets = world.simulation.network.frames.madeCount
      observe(
        Progress(
          time: now, end: expectedEnd, packetCount: packets,
          recordCount: world.simulation.network.captures.recordCount,
          eventCount: world.simulation.eventCount))
      if shouldStop() { return true }
      if world.simulation.network.captures.failure != nil || log.failure != nil
        || flowLogs.failure != nil
      {
        return true
      }
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

  /// The same for several partitions: the run is over when it is in all of them.
  private func simulate(
    _ run: PartitionedRun, _ observe: (Progress) -> Void, _ shouldStop: () -> Bool
  ) -> Bool {
    let (end, expectedEnd) = ends
    var packetsBefore: UInt64 = 0
    var deadline = Instant.start
    while true {
      let isStopped = run.run(until: deadline) {
        observe(
          Progress(
            time: run.time, end: expectedEnd, packetCount: run.packetCount,
            recordCount: run.recordCount, eventCount: run.eventCount))
        return shouldStop() || run.hasFailed
      }
      if isStopped { return true }
      guard deadline < end, let next = run.nextTime else { return false }
      let packets = run.packetCount
      if packets == packetsBefore, run.isDone { return false }
      packetsBefore = packets
      deadline = min(end, max(next, deadline.advanced(by: Self.quietTime)))
    }
  }
}
