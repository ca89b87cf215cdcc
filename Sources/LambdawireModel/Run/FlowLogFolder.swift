import SimulatedTime
import VirtualNetwork

/// The folder `flow-logs/` of a run, as far as the VPCs of one partition write to it.
///
/// Every object belongs to one flow log, hence to one VPC and one partition: nothing is merged.
///
/// Safe because one thread at a time has it: it goes with its partition.
final class FlowLogFolder: @unchecked Sendable {
  /// What the folder is called in that of the run.
  static let name = "flow-logs"

  private let path: String
  private let shownPath: String
  private let seed: UInt64
  /// In the order of the partition's VPCs.
  private let logs: [[Scenario.FlowLog]]
  private var objects: [Object] = []
  /// Folders that are there.
  private var folders: Set<String> = []
  private(set) var recordCount = 0
  private(set) var fileCount = 0
  /// Why something could not be written, if so.
  private(set) var failure: OutputError?

  /// An object that may get more records.
  private struct Object {
    var vpc: Int
    var log: Int
    /// From when on its records end, in seconds since 1970.
    var start: Int64
    var part: Int
    var file: FlowLogFile
  }

  /// Plans the objects of a partition's flow logs.
  ///
  /// - Parameters:
  ///   - vpcs: The partition's VPCs.
  ///   - seed: The seed of the run.
  ///   - folder: The folder of the run.
  init(of vpcs: [Scenario.VPC], seed: UInt64, in folder: borrowing OutputFolder) {
    logs = vpcs.map(\.flowLogs)
    self.seed = seed
    path = "\(folder.workingPath)/\(Self.name)"
    shownPath = "\(folder.path)/\(Self.name)"
  }

  /// Whether there is any flow log.
  var isNeeded: Bool { logs.contains { !$0.isEmpty } }

  /// Whether a VPC has flow logs.
  func isNeeded(_ vpc: Int) -> Bool { !logs[vpc].isEmpty }

  /// Writes the records of a VPC's flow logs.
  func write(_ batch: FlowLogBatch, of vpc: Int) {
    for (number, log) in logs[vpc].enumerated() {
      let format = batch.logs[number].format
      for record in batch.records(of: number) {
        let end = batch.seconds(of: record).upperBound
        let object = object(
          vpc, number, start: end - end % FlowLogKey.period, batch, log.destination)
        let file = objects[object].file
        log.destination.fileFormat.append(record, batch, as: format, to: &file.text)
        file.relieve()
        recordCount += 1
        if file.writtenByteCount >= FlowLogKey.sizeLimit { replace(object, batch, log.destination) }
      }
    }
    // No later record ends before the windows begin that are still open.
    complete(of: vpc, before: batch.openSince)
  }

  /// Completes every object.
  ///
  /// - Throws: the first failure to write.
  func finish() throws(OutputError) {
    for object in objects { complete(object) }
    objects.removeAll()
    if let failure { throw failure }
  }

  /// The object that a record goes into, which is begun if it is the first.
  private func object(
    _ vpc: Int, _ log: Int, start: Int64, _ batch: FlowLogBatch,
    _ destination: Scenario.FlowLog.Destination
  ) -> Int {
    if let known = objects.lastIndex(where: {
      $0.vpc == vpc && $0.log == log && $0.start == start
    }) {
      return known
    }
    objects.append(
      Object(
        vpc: vpc, log: log, start: start, part: 0,
        file: makeFile(log, start, part: 0, batch, destination)))
    return objects.count - 1
  }

  /// Completes an object that has become too large, and begins the next one of its time.
  private func replace(
    _ place: Int, _ batch: FlowLogBatch, _ destination: Scenario.FlowLog.Destination
  ) {
    complete(objects[place])
    let (log, start) = (objects[place].log, objects[place].start)
    objects[place].part += 1
    objects[place].file = makeFile(log, start, part: objects[place].part, batch, destination)
  }

  private func makeFile(
    _ log: Int, _ start: Int64, part: Int, _ batch: FlowLogBatch,
    _ destination: Scenario.FlowLog.Destination
  ) -> FlowLogFile {
    let key = FlowLogKey(
      account: batch.scope.account, region: batch.region,
      identifier: batch.logs[log].identifier, destination: destination, seed: seed)
    let folder = key.folder(start)
    if folders.insert(folder).inserted {
      do throws(OutputError) {
        try OutputFolder.makeFolders("\(path)/\(folder)")
      } catch {
        failure = failure ?? error
      }
    }
    let name = "\(folder)/\(key.name(start, part: part))"
    let file = FlowLogFile(
      path: "\(path)/\(name)", shownPath: "\(shownPath)/\(name)",
      isCompressed: destination.fileFormat == .plainText)
    destination.fileFormat.appendHeader(batch.logs[log].format, to: &file.text)
    fileCount += 1
    return file
  }

  /// Completes the objects of a VPC whose time is over.
  private func complete(of vpc: Int, before seconds: Int64) {
    objects.removeAll { object in
      guard object.vpc == vpc, object.start + FlowLogKey.period <= seconds else { return false }
      complete(object)
      return true
    }
  }

  private func complete(_ object: Object) {
    object.file.finish()
    failure = failure ?? object.file.failure
  }
}

extension Scenario.FlowLog.FileFormat {
  /// Adds the line of field names (VPC guide, "Flow log files": text begins with one, documented).
  fileprivate func appendHeader(_ format: FlowLogFormat, to text: inout [UInt8]) {
    let names =
      self == .plainText
      ? format.fields.map(\.rawValue).joined(separator: " ")
      : format.fields.map(\.columnName).joined(separator: ",")
    text.append(contentsOf: names.utf8)
    text.append(UInt8(ascii: "\n"))
  }

  /// Adds the line of a record.
  fileprivate func append(
    _ record: FlowLogRecord, _ batch: FlowLogBatch, as format: FlowLogFormat,
    to text: inout [UInt8]
  ) {
    switch self {
    case .plainText: batch.append(record, as: format, to: &text)
    case .csv: batch.append(record, as: format, separator: ",", absence: "", to: &text)
    }
    text.append(UInt8(ascii: "\n"))
  }
}

extension RunSummary.FlowLogCount {
  /// What several partitions have written.
  ///
  /// - Returns: `nil` if none has a flow log.
  init?(_ folders: [FlowLogFolder]) {
    guard folders.contains(where: \.isNeeded) else { return nil }
    self.init(
      records: folders.reduce(0) { $0 + $1.recordCount },
      files: folders.reduce(0) { $0 + $1.fileCount })
  }
}
