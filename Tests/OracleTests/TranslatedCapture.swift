import AddressTranslation
import CaptureFiles
import PacketFormats

/// A file with what a translator let through, for others to look at.
struct TranslatedCapture: ~Copyable {
  /// The finished file.
  struct File {
    /// Keeps the file until nobody needs it.
    fileprivate let folder: TestFolder
    let path: String
    let packetCount: Int
  }

  private let folder: TestFolder
  private let path: String
  private var writer: PcapngWriter
  private let interface: UInt32
  private var count = 0

  init() throws {
    let folder = try TestFolder()
    let path = folder.path("translated.pcapng")
    var writer = try PcapngWriter(path: path)
    interface = writer.add(InterfaceDescription(name: "translated", linkType: .rawIP))
    self.folder = folder
    self.path = path
    self.writer = writer
  }

  /// Has a packet translated, and writes it down if it is let through.
  ///
  /// - Returns: what it became, or `nil` if it goes no further.
  @discardableResult
  mutating func record(
    _ packet: [UInt8], _ translate: (inout MutableRawSpan) -> Verdict
  ) -> [UInt8]? {
    var packet = packet
    let verdict = {
      var span = packet.mutableSpan
      var bytes = unsafe span.mutableBytes
      return translate(&bytes)
    }()
    switch verdict {
    case .translated, .hairpinned:
      write(packet)
      return packet
    case .refused(_, let answer):
      if let answer = Self.packet(answer, about: packet) { write(answer) }
      return nil
    case .passed, .held, .dropped, .resetSender:
      return nil
    }
  }

  private mutating func write(_ packet: [UInt8]) {
    writer.write(
      unsafe packet.span.bytes, interface: interface, time: Int64(count) * 1_000_000,
      originalByteCount: packet.count)
    count += 1
  }

  /// The ICMP error that the sender of an IPv4 packet is owed.
  static func packet(
    _ answer: ICMPAnswer, about packet: [UInt8], from source: IPv4Address = KernelRouter.inside
  ) -> [UInt8]? {
    var output = [UInt8](repeating: 0, count: ICMPAnswer.maximumByteCount)
    var span = output.mutableSpan
    var bytes = unsafe span.mutableBytes
    let count = answer.write(
      answering: unsafe packet.span.bytes, at: 0, from: source, to: &bytes, at: 0)
    return count.map { Array(output[..<$0]) }
  }

  consuming func finish() throws -> File {
    let file = File(folder: folder, path: path, packetCount: count)
    try writer.finish()
    return file
  }
}
