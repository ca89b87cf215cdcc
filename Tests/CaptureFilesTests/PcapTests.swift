import CaptureFiles
import Glibc
import TestSupport
import Testing

@Suite struct PcapTests {
  /// A classic file with one packet of three bytes, made by hand.
  private func bytes(magic: UInt32, bigEndian: Bool, linkType: UInt32 = 1) -> [UInt8] {
    let order = PcapngBytes(bigEndian: bigEndian)
    let header =
      order.u32(magic) + order.u16(2) + order.u16(4) + order.u64(0) + order.u32(65_535)
      + order.u32(linkType)
    return header + order.u32(10) + order.u32(123_456) + order.u32(3) + order.u32(60) + [7, 8, 9]
  }

  @Test(arguments: [false, true])
  func `Both byte orders and both precisions are read`(bigEndian: Bool) throws {
    for (magic, nanoseconds) in [
      (0xa1b2_c3d4, 10_123_456_000), (0xa1b2_3c4d, 10_000_123_456),
    ] as [(UInt32, Int64)] {
      let file = TemporaryFile(bytes(magic: magic, bigEndian: bigEndian))
      var reader = try CaptureReader(path: file.path)
      #expect(reader.interfaces.count == 1)
      #expect(reader.interfaces[0].linkType == .ethernet)
      #expect(reader.interfaces[0].snapshotLength == 65_535)
      let record = try reader.next()
      #expect(record?.time == nanoseconds)
      #expect(record?.capturedByteCount == 3)
      #expect(record?.originalByteCount == 60)
      #expect(record?.fileOffset == 24)
      #expect(record?.flags == nil)
      #expect(reader.packetBytes == [7, 8, 9])
      #expect(reader.options() == [])
      #expect(try reader.next() == nil)
    }
  }

  @Test func `Link types keep the numbers they have in files`() throws {
    for linkType in [1, 101, 113, 228, 229, 276] as [UInt16] {
      let made = bytes(magic: 0xa1b2_c3d4, bigEndian: false, linkType: UInt32(linkType))
      let file = TemporaryFile(made)
      let reader = try CaptureReader(path: file.path)
      #expect(reader.interfaces[0].linkType.rawValue == linkType)
      let copy = TemporaryFile()
      try PcapWriter(path: copy.path, linkType: LinkType(rawValue: linkType)).finish()
      #expect(try CaptureReader(path: copy.path).interfaces[0].linkType.rawValue == linkType)
    }
  }

  @Test(arguments: [PcapWriter.Precision.microseconds, .nanoseconds])
  func `What is written is read back`(precision: PcapWriter.Precision) throws {
    let file = TemporaryFile()
    var writer = try PcapWriter(path: file.path, precision: precision)
    var generator = SplitMix64(seed: 3)
    var expected: [[UInt8]] = []
    for number in 0..<2000 {
      let count = Int.random(in: 0...1500, using: &generator)
      let packet = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: count)
      expected.append(packet)
      unsafe writer.write(
        packet.span.bytes, time: 1_567_468_800_000_000_000 + Int64(number) * 1001,
        originalByteCount: 2000)
    }
    #expect(writer.packetCount == 2000)
    let length = writer.byteCount
    try writer.finish()
    #expect(file.bytes.count == Int(length))
    let (packets, error) = readAll(file.path)
    #expect(error == nil)
    #expect(packets.map(\.bytes) == expected)
    let unit: Int64 = precision == .nanoseconds ? 1 : 1000
    #expect(
      packets.map(\.record.time)
        == (0..<2000).map { (1_567_468_800_000_000_000 + $0 * 1001) / unit * unit })
  }

  @Test func `A record longer than the snapshot length does not upset the offsets`() throws {
    let order = PcapngBytes()
    var made =
      order.u32(0xa1b2_c3d4) + order.u16(2) + order.u16(4) + order.u64(0) + order.u32(10)
      + order.u32(1)
    for _ in 0..<3 {
      made += order.u32(0) + order.u32(0) + order.u32(100) + order.u32(100)
      made += [UInt8](repeating: 1, count: 100)
    }
    let file = TemporaryFile(made)
    let packets = readAll(file.path).packets
    #expect(packets.map(\.record.capturedByteCount) == [10, 10, 10])
    #expect(packets.map(\.record.fileOffset) == [24, 140, 256])
  }

  @Test func `Times go from 1970 to 2106 and no further`() throws {
    let file = TemporaryFile()
    var writer = try PcapWriter(path: file.path)
    for time in [.min, -1, 0, 4_000_000_000_000_000_001, .max] as [Int64] {
      writer.write(RawSpan(), time: time, originalByteCount: 0)
    }
    try writer.finish()
    let times = readAll(file.path).packets.map(\.record.time)
    #expect(times[...3] == [0, 0, 0, 4_000_000_000_000_000_001])
    #expect(times[4] / 1_000_000_000 == 0xffff_ffff)
  }

  @Test(arguments: [false, true])
  func `A pipe is read as well as a file`(classic: Bool) throws {
    var made = PcapngBytes(bigEndian: true)
    made.section()
    made.interface()
    made.packet([7, 8, 9], ticks: 5)
    let bytes = classic ? bytes(magic: 0xa1b2_c3d4, bigEndian: true) : made.bytes
    var ends: [Int32] = [0, 0]
    try #require(unsafe pipe(&ends) == 0)
    let written = unsafe bytes.withUnsafeBytes { unsafe write(ends[1], $0.baseAddress, $0.count) }
    #expect(written == bytes.count)
    // The writer still holds the pipe open: what is there must arrive all the same.
    var reader = try CaptureReader(path: "/proc/self/fd/\(ends[0])")
    #expect(try reader.next()?.capturedByteCount == 3)
    #expect(reader.packetBytes == [7, 8, 9])
    close(ends[1])
    #expect(try reader.next() == nil)
    close(ends[0])
  }
}
