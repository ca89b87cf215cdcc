import CaptureFiles
import EventSimulation
import LambdaService
import SimulatedTime

/// A world of its own and what it writes, on the way of a run with several.
///
/// Safe because one thread at a time has it: a ``ThreadCrew`` hands it from one to the next.
final class Partition: @unchecked Sendable {
  let number: Int
  let log: EventLog
  let flowLogs: FlowLogFolder
  private var world: World
  private let points: [CapturePoint]
  /// Lines on the way to the file.
  private var lines = EventBatch()
  /// Everything that happens before it has happened.
  private(set) var completedTime = Instant.start

  /// Builds the world of `plan`.
  init(
    _ plan: WorldPlan, points: TapPoints, captures: consuming CaptureSet, log: EventLog,
    flowLogs: FlowLogFolder
  ) throws(ModelError) {
    number = plan.partition.number
    self.log = log
    self.flowLogs = flowLogs
    self.points = points.all
    world = try World(
      plan, points: points, captures: captures, record: RunRecord { log.add($0) })
  }

  /// Lets events happen until `deadline`, or `limit` of them.
  ///
  /// - Parameters:
  ///   - deadline: The last instant to be simulated.
  ///   - limit: How many events may happen at most.
  ///   - reportingDelay: How late the end of a translation may be noticed.
  func run(until deadline: Instant, limit: Int, reportingDelay: Duration) {
    let handled = world.simulation.run(until: deadline, limit: limit)
    for drop in world.simulation.network.takeDrops() { log.add(drop) }
    world.writeFlowLogs(to: flowLogs)
    // What was cut short may have more to do at the instant that it has reached.
    completedTime =
      handled < limit ? deadline.advanced(byNanoseconds: 1) : world.simulation.network.now
    log.take(before: loggedTime(reportingDelay), into: &lines)
  }

  /// No line of an earlier time than that comes any more.
  func loggedTime(_ reportingDelay: Duration) -> Instant {
    completedTime.advanced(by: .zero - reportingDelay)
  }

  /// Writes what is left of the flow logs, and closes their files.
  func finishFlowLogs() throws(OutputError) {
    world.writeFlowLogs(to: flowLogs, isLast: true)
    try flowLogs.finish()
  }

  /// When the next event happens, or `nil` if nothing is left to do.
  var nextTime: Instant? { world.simulation.nextTime }
  var now: Instant { world.simulation.network.now }
  var isDone: Bool { world.isFrontendDone && world.simulation.network.frames.inUse == 0 }
  var packetCount: UInt64 { world.simulation.network.frames.madeCount }
  var eventCount: UInt64 { world.simulation.eventCount }
  var recordCount: UInt64 { world.simulation.network.captures.recordCount }

  /// Hands over what was captured for each of `files`.
  func giveCaptures(to files: [MergedFile]) {
    world.simulation.network.withCaptures { captures in
      for (index, file) in files.enumerated() {
        file.take(from: &captures, file: index, partition: number)
      }
    }
  }

  /// Hands over all lines, also those for which it is early.
  func giveLastLines(to batch: inout EventBatch) {
    log.take(before: Instant(nanoseconds: .max), into: &lines)
    batch.take(from: &lines)
  }

  /// Hands over the lines that are ready.
  func giveLines(to batch: inout EventBatch) {
    batch.take(from: &lines)
  }

  /// What the point with this number saw.
  func statistics(ofPoint number: Int) -> CaptureSet.Statistics {
    world.simulation.network.captures.statistics(of: points[number])
  }

  func report() -> WorldReport { world.report() }
}
