import CaptureFiles
import CaptureInspection
import PacketFormats

/// Frames and where they were seen, to be written as captures.
struct Recording {
  var records: [Record] = []

  struct Record {
    var point: String
    var label = ""
    /// Nanoseconds since the Unix epoch.
    var time: Int64
    var flags = PacketFlags.none
    var packetID: UInt64?
    var verdict: PacketVerdict?
    var bytes: [UInt8]
    /// What the bytes say, for an analysis that does not read them.
    var packet: Packet?
  }

  /// All in one file, with an interface per point and label, in the order of the records.
  func write(to path: String, filter: String? = nil) throws {
    var writer = try PcapngWriter(path: path)
    var interfaces: [String: UInt32] = [:]
    // Interfaces first, as in a run's files.
    for record in records where interfaces["\(record.point)/\(record.label)"] == nil {
      interfaces["\(record.point)/\(record.label)"] = writer.add(
        InterfaceDescription(
          name: record.point, description: record.label == "" ? nil : record.label,
          filter: filter))
    }
    for record in records {
      let interface = interfaces["\(record.point)/\(record.label)"] ?? 0
      unsafe writer.write(
        record.bytes.span.bytes, interface: interface, time: record.time,
        originalByteCount: record.bytes.count, flags: record.flags, packetID: record.packetID,
        comment: RawSpan(), verdict: record.verdict)
    }
    try writer.finish()
  }

  /// One file per point, and per label for `guest`, as a run writes them.
  func writeTaps(to folder: TemporaryFolder) throws -> [String] {
    var names: [String] = []
    var byFile: [String: Recording] = [:]
    for record in records {
      let name = record.point == "guest" ? "guest-\(record.label).pcapng" : "\(record.point).pcapng"
      if byFile[name] == nil { names.append(name) }
      byFile[name, default: Recording()].records.append(record)
    }
    var paths: [String] = []
    for name in names {
      let path = folder.file(name)
      try byFile[name]?.write(to: path)
      paths.append(path)
    }
    return paths
  }

  /// One classic pcap per point, without packet ids, flags or verdicts.
  func writePlain(_ points: [String], to folder: TemporaryFolder) throws -> [String] {
    try points.map { point in
      let path = folder.file("\(point).pcap")
      var writer = try PcapWriter(path: path)
      for record in records where record.point == point {
        unsafe writer.write(
          record.bytes.span.bytes, time: record.time, originalByteCount: record.bytes.count)
      }
      try writer.finish()
      return path
    }
  }

  /// What verification says about the records in one file.
  func verify(
    _ settings: InspectionSettings = InspectionSettings(),
    expectations: [ExpectedTranslation]? = nil
  ) throws -> Verification {
    let folder = TemporaryFolder()
    let path = folder.file("all.pcapng")
    try write(to: path)
    return Verification(files: [path], settings: settings, expectations: expectations)
  }

  /// What analysis finds in the records in one file.
  func analyze(
    _ settings: InspectionSettings = InspectionSettings()
  ) throws -> CaptureAnalysis {
    let folder = TemporaryFolder()
    let path = folder.file("all.pcapng")
    try write(to: path)
    return CaptureAnalysis(files: [path], settings: settings)
  }
}
