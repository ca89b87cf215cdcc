import CaptureFiles
import CaptureInspection
import PacketFormats
import Testing

/// A good capture, into which one defect is planted.
struct PlantedDefect {
  var recording = Recording()

  /// Reads a capture whose interfaces have names.
  init(of path: String) throws {
    var reader = try CaptureReader(path: path)
    while let record = try reader.next() {
      let bytes: [UInt8] = reader.withPacketBytes { span in
        span.byteOffsets.map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
      }
      let interface = reader.interfaces[record.interface]
      recording.records.append(
        Recording.Record(
          point: interface.name ?? "", label: interface.description ?? "", time: record.time,
          flags: record.flags ?? .none, packetID: record.packetID, verdict: record.verdict,
          bytes: bytes))
    }
  }

  /// The number of the frame that shows a packet at a point.
  func frame(of packetID: UInt64, at point: String) throws -> Int {
    try #require(
      recording.records.firstIndex { $0.packetID == packetID && $0.point == point },
      "no packet \(packetID) at \(point)")
  }

  /// Changes one frame.
  ///
  /// - Parameters:
  ///   - packetID: Which packet.
  ///   - point: Where.
  ///   - mending: Whether checksums are put right afterwards, so that the change is the only defect.
  ///   - change: What to do to the frame; an IPv4 header without options starts behind 14 bytes.
  /// - Returns: The number of the frame, as Wireshark counts.
  /// - Throws: That there is no such frame.
  mutating func change(
    _ packetID: UInt64, at point: String, mending: Bool = true, _ change: (inout [UInt8]) -> Void
  ) throws -> UInt64 {
    let index = try frame(of: packetID, at: point)
    change(&recording.records[index].bytes)
    if mending { try Self.mend(&recording.records[index].bytes) }
    return UInt64(index + 1)
  }

  /// Verifies the capture and expects `rule` to be broken, and no other, in this very frame.
  func expect(
    _ rule: Rule, in frame: UInt64, also others: Set<Rule> = [],
    _ settings: InspectionSettings = InspectionSettings(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = TemporaryFolder()
    let path = folder.file("planted.pcapng")
    try recording.write(to: path)
    let verification = Verification(files: [path], settings: settings)
    let findings = verification.results.flatMap(\.findings)
    let broken = Set(verification.results.filter { $0.verdict == .failed }.map(\.rule))
    #expect(broken == others.union([rule]), "\(findings)", sourceLocation: sourceLocation)
    let finding = try #require(
      verification[rule].findings.first, sourceLocation: sourceLocation)
    #expect(
      finding.frame == FrameReference(file: path, frameNumber: frame), "\(finding)",
      sourceLocation: sourceLocation)
    #expect(
      finding.description.hasPrefix("\(path):\(frame) ("), sourceLocation: sourceLocation)
    #expect(verification[rule].violationCount == 1, "\(findings)", sourceLocation: sourceLocation)
    #expect(!verification.hasPassed, sourceLocation: sourceLocation)
  }

  /// Expects nothing to be wrong.
  func expectNothing(
    _ settings: InspectionSettings = InspectionSettings(),
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = TemporaryFolder()
    let path = folder.file("sound.pcapng")
    try recording.write(to: path)
    let verification = Verification(files: [path], settings: settings)
    #expect(
      verification.hasPassed, "\(verification.results.flatMap(\.findings))",
      sourceLocation: sourceLocation)
  }

  /// Puts the frame's IPv4 and transport checksums right.
  static func mend(_ bytes: inout [UInt8]) throws {
    let frame = try unsafe Dissection(ethernet: bytes.span.bytes)
    let network = unsafe InternetChecksum.verifyNetwork(of: frame, in: bytes.span.bytes)
    if case .bad(_, let expected) = network {
      bytes.put(expected, at: frame.networkOffset + 10)
    }
    let transport = unsafe InternetChecksum.verifyTransport(of: frame, in: bytes.span.bytes)
    guard case .bad(_, let expected) = transport, let start = frame.transportOffset else { return }
    let offsets: [UInt8: Int] = [1: 2, 6: 16, 17: 6]
    bytes.put(expected, at: start + (offsets[frame.protocol.rawValue] ?? 0))
  }
}

extension [UInt8] {
  /// Writes a number of 16 bits in network order.
  mutating func put(_ value: UInt16, at offset: Int) {
    self[offset] = UInt8(value >> 8)
    self[offset + 1] = UInt8(value & 0xff)
  }
}
