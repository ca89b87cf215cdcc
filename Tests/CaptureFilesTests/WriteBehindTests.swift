import CaptureFiles
import Glibc
import Testing

@Suite struct WriteBehindTests {
  /// Writes 20,000 packets in many small buffers.
  private func write(
    to path: String, behind thread: WriteBehind?
  ) throws(CaptureFileError) -> UInt64 {
    var writer = try PcapngWriter(path: path, overwrite: true, bufferByteCount: 10_000)
    writer.write(behind: thread)
    let interface = writer.add(InterfaceDescription(name: "a"))
    let bytes = [UInt8](repeating: 7, count: 1_001)
    for id in 0..<20_000 as Range<UInt64> {
      unsafe writer.write(
        bytes.span.bytes, interface: interface, time: Int64(id), originalByteCount: 1_001,
        packetID: id)
    }
    let count = writer.packetCount
    try writer.finish()
    return count
  }

  @Test func `Another thread writes the same bytes`() throws {
    let paths = (0..<2).map { "/tmp/lambdawire-behind-\(getpid())-\($0).pcapng" }
    defer { for path in paths { unsafe unlink(path) } }
    #expect(try write(to: paths[0], behind: nil) == 20_000)
    #expect(try write(to: paths[1], behind: WriteBehind()) == 20_000)
    var direct = try PcapngBlockReader(path: paths[0])
    var behind = try PcapngBlockReader(path: paths[1])
    var blocks = 0
    while let block = try direct.next() {
      let other = try behind.next()
      #expect(other?.type == block.type)
      blocks += 1
    }
    #expect(blocks == 20_002)
    let sizes = paths.map { path in
      var status = stat()
      return unsafe stat(path, &status) == 0 ? status.st_size : -1
    }
    #expect(sizes[0] == sizes[1] && sizes[0] > 20_000_000)
  }

  @Test func `A full disk is told at the end at the latest`() throws {
    #expect {
      try write(to: "/dev/full", behind: WriteBehind())
    } throws: { error in
      guard case .cannotWrite(_, let code, let safe, _) = error as? CaptureFileError else {
        return false
      }
      return code == ENOSPC && safe == 0
    }
  }
}
