import EventSimulation
import SimulatedTime

/// The lines of several partitions on their way into one file: by time, and at one instant by the
/// number of the partition.
///
/// Safe because one thread at a time has it: the run hands it from one to the next.
final class MergedEvents: @unchecked Sendable {
  private let file: EventFile
  private var batches: Slab<EventBatch>

  init(to file: EventFile, partitionCount: Int) {
    self.file = file
    batches = Slab()
    for _ in 0..<partitionCount { _ = batches.append(EventBatch()) }
  }

  var failure: OutputError? { file.failure }

  /// Takes over the lines that a partition has ready.
  func take(from partition: Partition) {
    partition.giveLines(to: &batches[partition.number])
  }

  /// Takes over all lines of a partition.
  func takeLast(from partition: Partition) {
    partition.giveLastLines(to: &batches[partition.number])
  }

  /// Writes every line whose time is before `end`, in order.
  func write(before end: Instant) {
    let limit = end.nanoseconds
    while true {
      // The first and the second of those that have a line to give.
      var first: (time: Int64, number: Int)?
      var second: (time: Int64, number: Int)?
      for number in 0..<batches.count {
        guard let time = batches[number].nextTime, time < limit else { continue }
        if first.map({ (time, number) < $0 }) ?? true {
          second = first
          first = (time, number)
        } else if second.map({ (time, number) < $0 }) ?? true {
          second = (time, number)
        }
      }
      guard let first else { return }
      // Lines of the first as long as they are before those of the second.
      unsafe batches[first.number].read { time in
        guard time < limit else { return false }
        guard let second else { return true }
        return (time, first.number) < second
      } _: {
        unsafe file.append($0)
      }
    }
  }

  /// Completes the file.
  func finish() throws(OutputError) {
    try file.finish()
  }
}
