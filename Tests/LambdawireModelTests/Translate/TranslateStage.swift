import CaptureFiles
import Foundation
import LambdawireModel
import PacketFormats
import Testing

/// A folder in which a capture is sent through a translator.
final class TranslateStage {
  let folder: URL

  /// A frame of an output, with what is said about it.
  struct Seen: Equatable {
    var interface: String
    var time: Int64
    var packetID: UInt64?
    var comment: String
    var isDropped: Bool
    var originalByteCount: Int
    var bytes: [UInt8]
  }

  /// A frame of an input.
  struct Sent {
    var bytes: [UInt8]
    /// After the first, in nanoseconds.
    var time: Int64
    /// How much the capture holds, or `nil` for everything.
    var captured: Int?

    init(_ bytes: [UInt8], at time: Int64 = 0, captured: Int? = nil) {
      self.bytes = bytes
      self.time = time
      self.captured = captured
    }
  }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "lambdawire-nat-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  func path(_ name: String) -> String { folder.appending(path: name).path }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
  }

  /// Writes a capture.
  func write(
    _ frames: [Sent], to name: String = "in.pcapng", linkType: LinkType = .ethernet
  ) throws {
    var writer = try PcapngWriter(path: path(name), overwrite: true)
    let interface = writer.add(InterfaceDescription(name: "lan", linkType: linkType))
    for frame in frames {
      let captured = min(frame.captured ?? .max, frame.bytes.count)
      unsafe writer.write(
        frame.bytes.span.bytes.extracting(0..<captured), interface: interface,
        time: Traffic.start + frame.time, originalByteCount: frame.bytes.count)
    }
    try writer.finish()
  }

  func options(
    _ profile: String = "aws-natgw", set overrides: [String] = [], inside: String = "10.0.0.0/16",
    outside: String = "203.0.113.7", input: String = "in.pcapng", output: String = "out.pcapng",
    mappings: String? = nil, replaces: Bool = true
  ) throws -> TranslateOptions {
    TranslateOptions(
      input: path(input), output: path(output),
      choice: try BehaviorChoice(profile: profile, overrides: overrides),
      inside: try TranslateOptions.networks(inside),
      outside: try TranslateOptions.addresses(outside), mappings: mappings.map(path),
      replaces: replaces)
  }

  /// Writes a capture, sends it through, and reads what came out.
  func translate(
    _ frames: [Sent], _ options: TranslateOptions? = nil, linkType: LinkType = .ethernet
  ) throws -> (summary: TranslateSummary, seen: [Seen]) {
    try write(frames, linkType: linkType)
    let summary = try CaptureTranslation(try options ?? self.options()).execute()
    return (summary, try read())
  }

  func read(_ name: String = "out.pcapng") throws -> [Seen] {
    var reader = try CaptureReader(path: path(name))
    var seen: [Seen] = []
    while let record = try reader.next() {
      let bytes: [UInt8] = reader.withPacketBytes { span in
        span.byteOffsets.map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
      }
      seen.append(
        Seen(
          interface: reader.interfaces[record.interface].name ?? "", time: record.time,
          packetID: record.packetID, comment: reader.comments().first ?? "",
          isDropped: record.verdict == .drop, originalByteCount: record.originalByteCount,
          bytes: bytes))
    }
    return seen
  }
}

/// Whether every checksum of a frame is right.
func checksumsAreRight(_ bytes: [UInt8], linkByteCount: Int = 14) throws -> Bool {
  let frame = try unsafe Dissection(network: bytes.span.bytes, at: linkByteCount)
  for verdict in unsafe [
    InternetChecksum.verifyNetwork(of: frame, in: bytes.span.bytes),
    InternetChecksum.verifyTransport(of: frame, in: bytes.span.bytes),
  ] {
    if case .bad = verdict { return false }
  }
  return true
}
