import EventSimulation
import LambdaService
import SimulatedTime

/// What can be read off a world when it stops.
struct WorldReport {
  var networking: [String]
  var duration: Duration
  var packetCount: UInt64
  var recordCount: UInt64
  var eventCount: UInt64
  var mostFramesInFlight: Int
  var invocations: RunSummary.InvocationCounts
  /// What hosts did of their own accord.
  var tasks: RunSummary.TaskCounts

  /// Adds what another partition has done, which was never faster or slower.
  ///
  /// The frames of all were not in flight at one time, so their sum is an upper bound.
  mutating func add(_ other: WorldReport) {
    for era in other.networking where !networking.contains(era) { networking.append(era) }
    packetCount += other.packetCount
    recordCount += other.recordCount
    eventCount += other.eventCount
    mostFramesInFlight += other.mostFramesInFlight
    invocations.add(other.invocations)
    tasks.add(other.tasks)
  }
}

extension RunSummary.InvocationCounts {
  fileprivate mutating func add(_ other: Self) {
    all += other.all
    finished += other.finished
    failed += other.failed
    throttled += other.throttled
    refused += other.refused
    coldStarts += other.coldStarts
    failures.add(other.failures)
  }
}

extension RunSummary.TaskCounts {
  fileprivate mutating func add(_ other: Self) {
    all += other.all
    finished += other.finished
    failed += other.failed
    failures.add(other.failures)
  }
}

extension [RunSummary.FailureCount] {
  fileprivate mutating func add(_ others: Self) {
    for failure in others {
      if let known = firstIndex(where: { $0.reason == failure.reason }) {
        self[known].count += failure.count
      } else {
        append(failure)
      }
    }
  }
}

extension World {
  /// Whether no invocation is under way or to come.
  var isFrontendDone: Bool {
    mutating get {
      let frontend = frontend
      return simulation.withNode(frontend) { $0.isDone }
    }
  }

  /// What the world has done so far.
  mutating func report() -> WorldReport {
    let frontend = frontend
    let invocations = simulation.withNode(frontend) {
      RunSummary.InvocationCounts(
        all: $0.invocationCount, finished: $0.finishedCount, failed: $0.failedCount,
        throttled: $0.throttledCount, refused: $0.refusedCount, coldStarts: $0.coldStartCount,
        failures: $0.failures.map { RunSummary.FailureCount(reason: $0.reason, count: $0.count) })
    }
    let tasks = simulation.withNode(frontend) {
      RunSummary.TaskCounts(
        all: $0.taskCounts.all, finished: $0.taskCounts.finished, failed: $0.taskCounts.failed,
        failures: $0.taskCounts.failures.map {
          RunSummary.FailureCount(reason: $0.reason, count: $0.count)
        })
    }
    var networking: [String] = []
    for function in plan.functions where !networking.contains(function.era.rawValue) {
      networking.append(function.era.rawValue)
    }
    return WorldReport(
      networking: networking,
      duration: Instant.start.duration(to: simulation.network.now),
      packetCount: simulation.network.frames.madeCount,
      recordCount: simulation.network.captures.recordCount, eventCount: simulation.eventCount,
      mostFramesInFlight: simulation.network.frames.mostInUse, invocations: invocations,
      tasks: tasks)
  }
}
