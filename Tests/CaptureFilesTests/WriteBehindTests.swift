import CaptureFiles
import EventSimulation
import Glibc
import TestSupport
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

  /// What `bytes` of packets look like in a file, read back.
  private func sizes(of path: String) throws -> [Int] {
    var reader = try CaptureReader(path: path)
    var sizes: [Int] = []
    while let record = try reader.next() {
      sizes.append(record.originalByteCount)
    }
    return sizes
  }

  private func finish(_ writer: consuming PcapngWriter) -> CaptureFileError? {
    do throws(CaptureFileError) {
      try writer.finish()
      return nil
    } catch {
      return error
    }
  }

  /// Forty files take turns with packets of many sizes, through fewer buffers than there are files,
  /// one of which nobody can write.
  @Test(arguments: [(1, 1), (3, 2), (60, 12)])
  func `Files that share buffers keep apart`(bufferCount: Int, wakeCount: Int) throws {
    let paths = (0..<40).map { "/tmp/lambdawire-behind-\(getpid())-\(bufferCount)-\($0).pcapng" }
    defer { for path in paths { unsafe unlink(path) } }
    let thread = try #require(
      WriteBehind(bufferCount: bufferCount, bufferByteCount: 5_000, wakeCount: wakeCount))
    var expected: [[Int]] = Array(repeating: [], count: 40)
    var generator = SplitMix64(seed: UInt64(bufferCount))
    var files = Slab<PcapngWriter>()
    for path in paths + ["/dev/full"] {
      var writer = try PcapngWriter(path: path, overwrite: true, bufferByteCount: 4_000)
      writer.write(behind: thread)
      _ = writer.add(InterfaceDescription(name: "a"))
      _ = files.append(writer)
    }
    let bytes = [UInt8](repeating: 7, count: 9_000)
    for _ in 0..<20_000 {
      let file = Int.random(in: 0...40, using: &generator)
      let size = Int.random(in: 0...(file == 5 ? 9_000 : 1_500), using: &generator)
      if file < 40 { expected[file].append(size) }
      unsafe files[file].write(
        bytes.span.bytes.extracting(first: size), interface: 0, time: 1, originalByteCount: size)
    }
    #expect(finish(files.removeLast()) != nil)
    // Some are flushed beforehand, as a run does, and some go away without being finished.
    for file in 0..<20 { files[file].flush() }
    while files.count > 0 {
      let writer = files.removeLast()
      if files.count % 3 != 0 { try writer.finish() }
    }
    for (path, expected) in zip(paths, expected) { #expect(try sizes(of: path) == expected) }
  }

  @Test func `What a full disk did not take is counted as lost`() throws {
    var writer = try PcapngWriter(path: "/dev/full", overwrite: true, bufferByteCount: 4_000)
    writer.write(behind: WriteBehind())
    let interface = writer.add(InterfaceDescription(name: "a"))
    let bytes = [UInt8](repeating: 7, count: 1_000)
    for _ in 0..<1_000 {
      unsafe writer.write(
        bytes.span.bytes, interface: interface, time: 1, originalByteCount: 1_000)
    }
    writer.flush()
    let deadline = clock() + 10 * clock_t(CLOCKS_PER_SEC)
    while writer.failure == nil, clock() < deadline {
      unsafe writer.write(
        bytes.span.bytes, interface: interface, time: 1, originalByteCount: 1_000)
    }
    #expect(writer.failure != nil && writer.packetCount == 0)
    #expect(writer.discardedPacketCount >= 1_000)
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
