import CaptureFiles
import EventSimulation
import SimulatedTime

/// A capture file that the packets of several partitions are merged into.
///
/// Safe because one thread at a time has it: the run hands it from one to the next.
final class MergedFile: @unchecked Sendable {
  private var captures: CaptureSet
  private let target: CaptureFolder.OpenFile
  /// One to an interface, in order.
  private var points: [CapturePoint] = []
  private var merge: PacketMerge
  private let epoch: Int64

  init(
    _ captures: consuming CaptureSet, _ target: CaptureFolder.OpenFile, _ file: CaptureRoutes.File,
    sourceCount: Int, epoch: Int64
  ) {
    self.target = target
    self.epoch = epoch
    merge = PacketMerge(sourceCount: sourceCount)
    for (number, tap) in file.taps.enumerated() {
      let point = captures.addPoint(named: tap.name)
      if case .pcapng(let id) = target { captures.attach(point, to: id, interface: UInt32(number)) }
      points.append(point)
    }
    self.captures = captures
  }

  /// Why it could not be written, if so.
  var failure: CaptureFileError? { captures.failure }

  /// Takes over what a partition has collected for this file, which is number `file` there.
  func take(from captures: inout CaptureSet, file: Int, partition: Int) {
    captures.withCollected(file) { merge.take(from: &$0, source: partition) }
  }

  /// Writes every packet whose time is before `time`, in order.
  func write(before time: Instant) {
    let end = epoch.addingReportingOverflow(time.nanoseconds)
    let limit = end.overflow ? .max : end.partialValue
    switch target {
    case .pcapng(let id): captures.withFile(id) { merge.write(before: limit, to: &$0) }
    case .classic(let id): captures.withFile(id) { merge.write(before: limit, to: &$0) }
    }
  }

  /// Adds what a partition has counted at an interface.
  func add(_ statistics: CaptureSet.Statistics, interface: UInt32) {
    captures.add(statistics, to: points[Int(interface)])
  }

  /// Writes the counts and closes the file.
  func finish(at time: Instant) throws(CaptureFileError) {
    try captures.finish(at: time)
  }
}
