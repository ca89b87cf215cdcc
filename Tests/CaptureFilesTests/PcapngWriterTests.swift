import CaptureFiles
import Glibc
import TestSupport
import Testing

@Suite struct PcapngWriterTests {
  @Test func `A packet block has its options in order and its numbers little-endian`() throws {
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path)
    let tap = writer.add(InterfaceDescription(name: "tap"))
    let start = Int(writer.byteCount)
    writer.write(
      [1, 2, 3, 4, 5], interface: tap, time: 0x0102_0304_0506_0708, original: 9,
      flags: .outbound, packetID: 42, comment: "hi", verdict: .drop)
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

  @Test(arguments: 0...9)
  func `Padding is zero whatever the buffer held before`(length: Int) throws {
    let file = TemporaryFile()
    // A buffer that holds two or three blocks is used again and again.
    var writer = try PcapngWriter(path: file.path, bufferByteCount: 256)
    let tap = writer.add(InterfaceDescription())
    for _ in 0..<20 {
      writer.write([UInt8](repeating: 0xff, count: 77), interface: tap, comment: "ÿÿÿÿÿÿÿ")
    }
    var expected = PcapngBytes()
    let packet = [UInt8](repeating: 1, count: length)
    let comment = String(repeating: "x", count: length)
    let text = length == 0 ? [] : expected.option(1, comment) + expected.endOfOptions
    expected.packet(packet, options: text)
    let start = Int(writer.byteCount)
    writer.write(packet, interface: tap, comment: comment)
    try writer.finish()
    #expect(Array(file.bytes[start...]) == expected.bytes)
  }

  @Test(arguments: [1, 100, 4096, 10_000, 1 << 20])
  func `The size of the buffer does not show in the file`(bufferByteCount: Int) throws {
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path, bufferByteCount: bufferByteCount)
    let tap = writer.add(InterfaceDescription())
    var generator = SplitMix64(seed: 7)
    var expected = PcapngBytes()
    for _ in 0..<300 {
      let count = Int.random(in: 0...2000, using: &generator)
      let packet = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      expected.packet(packet, options: expected.option(5, expected.u64(9)) + expected.endOfOptions)
      writer.write(packet, interface: tap, packetID: 9)
    }
    let written = writer.byteCount
    try writer.finish()
    #expect(UInt64(file.bytes.count) == written)
    #expect(Array(file.bytes.suffix(expected.bytes.count)) == expected.bytes)
  }

  @Test func `A packet and a comment that are too long are cut where it hurts least`() throws {
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path)
    let tap = writer.add(InterfaceDescription())
    // 65,534 letters and one of two bytes, of which only the first would fit.
    let comment = String(repeating: "a", count: 65_534) + "é"
    writer.write([UInt8](repeating: 3, count: 300_000), interface: tap, comment: comment)
    writer.write([UInt8](repeating: 4, count: 10), interface: tap)
    try writer.finish()
    var reader = try CaptureReader(path: file.path)
    let first = try reader.next()
    #expect(first?.capturedByteCount == 262_144)
    #expect(first?.originalByteCount == 300_000)
    #expect(reader.comments() == [String(repeating: "a", count: 65_534)])
    #expect(try reader.next()?.capturedByteCount == 10)
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

  @Test func `A writer that is not finished still writes what it holds`() throws {
    let file = TemporaryFile()
    do {
      var writer = try PcapngWriter(path: file.path)
      let tap = writer.add(InterfaceDescription())
      writer.write([1, 2, 3], interface: tap)
    }
    #expect(readAll(file.path).packets.count == 1)
  }

  @Test func `An interface of another section is refused`() async {
    await #expect(processExitsWith: .failure) {
      // A trap cleans nothing up, so there is no file.
      var writer = try PcapngWriter(path: "/dev/null", overwrite: true)
      _ = writer.add(InterfaceDescription())
      writer.add(SectionHeader())
      writer.write([1, 2, 3], interface: 0)
    }
  }
}
