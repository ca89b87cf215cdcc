import CaptureFiles
import Glibc
import Testing

@Suite struct PcapngWriterTests {
  @Test func `A packet block has its options in order and its numbers little-endian`() throws {
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path)
    let tap = writer.add(InterfaceDescription(name: "tap"))
    writer.flush()
    let start = file.bytes.count
    let packet: [UInt8] = [1, 2, 3, 4, 5]
    let comment = Array("hi".utf8)
    unsafe writer.write(
      packet.span.bytes, interface: tap, time: 0x0102_0304_0506_0708, originalByteCount: 9,
      flags: .outbound, packetID: 42, comment: comment.span.bytes, verdict: .drop)
    #expect(writer.packetCount == 1)
    try writer.finish()
    let expected: [UInt8] = [
      6, 0, 0, 0, 88, 0, 0, 0, 0, 0, 0, 0, 4, 3, 2, 1, 8, 7, 6, 5, 5, 0, 0, 0, 9, 0, 0, 0,
      1, 2, 3, 4, 5, 0, 0, 0,
      1, 0, 2, 0, 0x68, 0x69, 0, 0,
      2, 0, 4, 0, 2, 0, 0, 0,
      5, 0, 8, 0, 42, 0, 0, 0, 0, 0, 0, 0,
      7, 0, 9, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 88, 0, 0, 0,
    ]
    #expect(Array(file.bytes[start...]) == expected)
  }

  @Test func `An existing file is an error unless it may be overwritten`() throws {
    let file = TemporaryFile()
    try PcapngWriter(path: file.path).finish()
    #expect(throws: CaptureFileError.cannotOpen(path: file.path, code: EEXIST)) {
      try PcapngWriter(path: file.path).finish()
    }
    try PcapngWriter(path: file.path, overwrite: true).finish()
    #expect(file.bytes.count == 28)
  }

  @Test func `A full disk is reported once and later packets are counted`() throws {
    var writer = try PcapngWriter(path: "/dev/full", overwrite: true)
    let tap = writer.add(InterfaceDescription())
    let packet = [UInt8](repeating: 7, count: 1000)
    for _ in 0..<5000 {
      unsafe writer.write(packet.span.bytes, interface: tap, time: 0, originalByteCount: 1000)
    }
    let failure = CaptureFileError.cannotWrite(
      path: "/dev/full", code: ENOSPC, safePackets: 0, safeByteCount: 0)
    #expect(writer.failure == failure)
    #expect(writer.discardedPacketCount == 5000)
    #expect(writer.packetCount == 0)
    do throws(CaptureFileError) {
      try writer.finish()
      Issue.record("finish() hid the failure")
    } catch {
      #expect(error == failure)
    }
  }
}
