import CaptureFiles
import EventSimulation
import SimulatedTime

/// Runs several partitions side by side and merges what they write.
///
/// Virtual time passes in windows. In each, the threads bring every partition to the window's end,
/// and meanwhile write the files of the window before. How long a window is depends on how much
/// happens, never on how fast it goes; and what the files hold does not depend on the windows at
/// all, since it is merged by time and partition.
final class PartitionedRun {
  private let partitions: [Partition]
  private let files: [MergedFile]
  private let events: MergedEvents?
  private let crew: ThreadCrew
  private let reportingDelay: Duration
  /// How much time a window has, in nanoseconds.
  private var pace: Int64 = 1 << 20
  /// Everything before it has happened in every partition.
  private(set) var time = Instant.start
  /// Everything before it is in the files, as far as captures are concerned.
  private var writable = Instant.start
  /// The same for lines of events.
  private var writableLines = Instant.start

  /// How many events a window should have in each partition: few enough that what they write stays
  /// in caches, and enough that threads seldom wait for each other.
  private static let usualEventCount = 10_000
  /// How many it may have at most.
  private static let largestEventCount = 50_000

  init(
    _ partitions: [Partition], files: [MergedFile], events: MergedEvents?, threads: Int,
    reportingDelay: Duration
  ) {
    self.partitions = partitions
    self.files = files
    self.events = events
    self.reportingDelay = reportingDelay
    crew = ThreadCrew(count: min(threads, partitions.count))
  }

  // MARK: - What it has come to

  var packetCount: UInt64 { partitions.reduce(0) { $0 + $1.packetCount } }
  var eventCount: UInt64 { partitions.reduce(0) { $0 + $1.eventCount } }
  var recordCount: UInt64 { partitions.reduce(0) { $0 + $1.recordCount } }
  var isDone: Bool { partitions.allSatisfy(\.isDone) }
  var nextTime: Instant? { partitions.compactMap(\.nextTime).min() }
  var hasFailed: Bool {
    files.contains { $0.failure != nil } || events?.failure != nil
      || partitions.contains { $0.flowLogs.failure != nil }
  }

  // MARK: - Windows

  /// Lets events happen until `deadline`.
  ///
  /// - Parameters:
  ///   - deadline: The last instant to be simulated.
  ///   - isStopped: Asked after each window whether to stop.
  /// - Returns: whether it was stopped.
  func run(until deadline: Instant, _ isStopped: () -> Bool) -> Bool {
    repeat {
      let begin = max(time, nextTime ?? deadline)
      let end = min(deadline, begin.advanced(byNanoseconds: pace))
      let before = eventCount
      runWindow(until: end)
      collect()
      let completed = partitions.map(\.completedTime).min() ?? deadline
      let isComplete = completed > end
      time = isComplete ? end : completed
      writable = completed
      writableLines = completed.advanced(by: .zero - reportingDelay)
      adapt(eventCount - before, isComplete)
      if isStopped() { return true }
    } while time < deadline
    return false
  }

  /// Simulates a window on all threads, and writes what the one before has left.
  private func runWindow(until end: Instant) {
    let (partitions, files, events) = (partitions, files, events)
    let (writable, writableLines, delay) = (writable, writableLines, reportingDelay)
    let writeCount = files.count + 1
    crew.run(writeCount + partitions.count) { number in
      if number < files.count {
        files[number].write(before: writable)
      } else if number < writeCount {
        events?.write(before: writableLines)
      } else {
        partitions[number - writeCount].run(
          until: end, limit: Self.largestEventCount, reportingDelay: delay)
      }
    }
  }

  /// Takes what the partitions have to write.
  private func collect() {
    for partition in partitions {
      partition.giveCaptures(to: files)
      events?.take(from: partition)
    }
  }

  /// Makes the next window longer or shorter.
  private func adapt(_ handled: UInt64, _ isComplete: Bool) {
    let usual = UInt64(Self.usualEventCount * partitions.count)
    if !isComplete {
      pace = max(1, pace / 8)
    } else if handled > 2 * usual {
      pace = max(1, pace / 2)
    } else if handled < usual / 2 {
      pace = min(pace * 2, 1 << 40)
    }
  }

  // MARK: - The end

  /// Writes what is left and closes the files.
  ///
  /// - Parameter isInterrupted: Whether partitions may have come to different times; the files then
  ///   end where the slowest of them is.
  /// - Returns: The first failure.
  func finish(isInterrupted: Bool) -> (any Error)? {
    let end = isInterrupted ? writable : Instant(nanoseconds: .max)
    let (files, events) = (files, events)
    if !isInterrupted {
      for partition in partitions { events?.takeLast(from: partition) }
    }
    crew.run(files.count + 1) { number in
      if number < files.count {
        files[number].write(before: end)
      } else {
        events?.write(before: end)
      }
    }
    var failure: (any Error)?
    for file in files {
      do { try file.finish(at: time) } catch { failure = failure ?? error }
    }
    do { try events?.finish() } catch { failure = failure ?? error }
    for partition in partitions {
      do { try partition.finishFlowLogs() } catch { failure = failure ?? error }
    }
    return failure
  }

  /// Adds up what the points of the partitions have counted, by where they write.
  func count(_ routes: CaptureRoutes) {
    for partition in partitions {
      for (number, route) in routes.routes[partition.number].enumerated() where route.isWritten {
        let statistics = partition.statistics(ofPoint: number)
        if route.file >= 0 {
          files[Int(route.file)].add(statistics, interface: route.interface)
        }
        if route.mergedFile >= 0 {
          files[Int(route.mergedFile)].add(statistics, interface: route.mergedInterface)
        }
      }
    }
  }

  /// What the partitions have done, added up.
  func report() -> WorldReport {
    var reports = partitions.map { $0.report() }
    var sum = reports.removeFirst()
    for report in reports { sum.add(report) }
    sum.duration = Instant.start.duration(to: time)
    return sum
  }

  /// What the logs of the partitions have counted.
  var logs: [EventLog] { partitions.map(\.log) }
  /// What the partitions have written to flow logs.
  var flowLogs: [FlowLogFolder] { partitions.map(\.flowLogs) }
}
