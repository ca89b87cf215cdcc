import CaptureFiles
import Testing

/// Files that this package would not write.
@Suite struct HandMadeFileTests {
  /// `if_tsresol`, ticks, and the nanoseconds they stand for.
  static let resolutions: [(UInt8, UInt64, Int64)] = [
    (0, 3, 3_000_000_000), (3, 1_234, 1_234_000_000), (6, 1_000_001, 1_000_001_000),
    (9, 1 << 62, 1 << 62), (12, 1_999, 1), (12, 2_000, 2), (18, 3_500_000_000, 3),
    (28, .max, 1), (29, .max, 0), (127, .max, 0),
    (0x80, 5, 5_000_000_000), (0x80 | 1, 3, 1_500_000_000), (0x80 | 10, 1_536, 1_500_000_000),
    (0x80 | 32, 1 << 31, 500_000_000), (0x80 | 32, 3 << 62, 3 << 30 * 1_000_000_000),
    (0x80 | 64, .max, 999_999_999), (0x80 | 127, .max, 0),
  ]

  @Test(arguments: [false, true], resolutions)
  func `Any resolution becomes nanoseconds`(
    bigEndian: Bool, resolution: (code: UInt8, ticks: UInt64, nanoseconds: Int64)
  ) throws {
    var made = PcapngBytes(bigEndian: bigEndian)
    made.section()
    made.interface(options: made.option(9, [resolution.code]))
    made.packet([1, 2, 3], ticks: resolution.ticks)
    let file = TemporaryFile(made.bytes)
    let (packets, error) = readAll(file.path)
    #expect(error == nil)
    #expect(packets.first?.record.time == resolution.nanoseconds)
    #expect(packets.first?.bytes == [1, 2, 3])
  }

  @Test(
    arguments: [
      (0, UInt64.max, 0), (6, 1 << 62, 0), (9, 1 << 63, 0), (9, 1 << 62, 5_000_000_000),
      (9, 0, Int64.max), (9, 0, Int64.min), (0x80, 1 << 40, 0),
    ] as [(UInt8, UInt64, Int64)])
  func `A time that nanoseconds cannot say is an error`(
    resolution: UInt8, ticks: UInt64, offset: Int64
  ) throws {
    var made = PcapngBytes()
    made.section()
    made.interface(
      options: made.option(9, [resolution]) + made.option(14, made.u64(UInt64(bitPattern: offset))))
    let start = made.packet([1, 2, 3], ticks: ticks)
    let file = TemporaryFile(made.bytes)
    #expect(
      readAll(file.path).error
        == .unsupported(.timestamp, offset: UInt64(start + 12), found: ticks))
  }

  @Test(arguments: [false, true])
  func `Every block is understood in either byte order`(bigEndian: Bool) throws {
    var made = PcapngBytes(bigEndian: bigEndian)
    made.section(
      options: made.option(2, "hw\0") + made.option(3, "os") + made.option(4, "app")
        + made.option(1, "c") + made.endOfOptions)
    made.interface(
      snapshotLength: 4,
      options: made.option(2, "eth0") + made.option(4, [10, 0, 0, 1, 255, 0, 0, 0])
        + made.option(5, [0x20] + [UInt8](repeating: 0, count: 14) + [1, 64])
        + made.option(6, [2, 0, 0, 0, 0, 1]) + made.option(8, made.u64(1000))
        + made.option(11, [0] + Array("tcp".utf8)) + made.option(14, made.u64(2))
        + made.option(777, [1, 2]))
    made.block(4, made.u16(1) + made.u16(8) + [10, 0, 0, 1] + Array("abc\0".utf8) + made.u32(0))
    made.block(0xa, made.u32(0x544c_534b) + made.u32(3) + [1, 2, 3, 0])
    made.block(0x0bad, made.u32(32473) + [5, 6, 7, 8])
    made.block(0x8000_0001, [1, 2, 3, 4])  // ours to skip
    made.packet(
      [1, 2, 3], ticks: 7,
      options: made.option(2, made.u32(2)) + made.option(5, made.u64(42))
        + made.option(7, [2] + made.u64(1)) + made.option(1, "x") + made.option(1, "y"))
    made.block(3, made.u32(9) + [1, 2, 3, 4])
    made.block(
      2,
      made.u16(0) + made.u16(5) + made.u32(0) + made.u32(8) + made.u32(2) + made.u32(60)
        + [7, 8, 0, 0] + made.option(2, made.u32(1)))
    made.block(5, made.u32(0) + made.u32(0) + made.u32(9) + made.option(4, made.u64(77)))
    let file = TemporaryFile(made.bytes)

    var reader = try CaptureReader(path: file.path)
    let enhanced = try reader.next()
    #expect(enhanced?.time == 2_000_007_000)
    #expect(enhanced?.flags == .outbound)
    #expect(enhanced?.packetID == 42)
    #expect(enhanced?.verdict == .drop)
    #expect(reader.comments() == ["x", "y"])
    let simple = try reader.next()
    #expect(simple?.hasTime == false)
    #expect(simple?.originalByteCount == 9)
    #expect(reader.packetBytes == [1, 2, 3, 4])
    #expect(reader.options() == [])
    let obsolete = try reader.next()
    #expect(obsolete?.time == 2_000_008_000)
    #expect(obsolete?.flags == .inbound)
    #expect(obsolete?.originalByteCount == 60)
    #expect(obsolete?.frameNumber == 3)
    #expect(reader.packetBytes == [7, 8])
    #expect(try reader.next() == nil)

    let section = reader.sections[0]
    #expect(section.hardware == "hw")
    #expect(section.comments == ["c"])
    #expect(section.isBigEndian == bigEndian)
    #expect(section.byteCount == nil)
    let interface = reader.interfaces[0]
    #expect(interface.name == "eth0")
    #expect(interface.ipv4Assignments == [.init(address: 0x0a00_0001, mask: 0xff00_0000)])
    #expect(interface.ipv6Assignments == [.init(address: 0x20 << 120 | 1, prefixLength: 64)])
    #expect(interface.macAddress == 0x0200_0000_0001)
    #expect(interface.speed == 1000)
    #expect(interface.filter == "tcp")
    #expect(interface.timeOffset == 2)
    #expect(interface.timestampResolution == .microseconds)
    #expect(interface.snapshotLength == 4)
    #expect(interface.otherOptions.map(\.code.rawValue) == [777])
    #expect(reader.names.first?.entries == [.init(.ipv4(0x0a00_0001), "abc")])
    #expect(reader.secrets.first?.bytes == [1, 2, 3])
    #expect(reader.customBlocks.first?.enterpriseNumber == 32473)
    #expect(reader.statistics.first?.receivedCount == 77)
    #expect(reader.statistics.first?.time == 2_000_009_000)
  }

  @Test func `Interfaces count from zero in every section, whatever its byte order`() throws {
    var first = PcapngBytes()
    first.section()
    first.interface(options: first.option(2, "a"))
    first.interface(options: first.option(2, "b"))
    first.packet([1], interface: 1)
    var second = PcapngBytes(bigEndian: true)
    second.section()
    second.interface(options: second.option(2, "c"))
    second.packet([2], interface: 0)
    let file = TemporaryFile(first.bytes + second.bytes + first.bytes)
    let (packets, error) = readAll(file.path)
    #expect(error == nil)
    #expect(packets.map(\.record.interface) == [1, 2, 4])
    var reader = try CaptureReader(path: file.path)
    while try reader.next() != nil {}
    #expect(reader.interfaces.map(\.name) == ["a", "b", "c", "a", "b"])
    #expect(reader.interfaces.map(\.section) == [0, 0, 1, 2, 2])
    #expect(reader.sections.map(\.isBigEndian) == [false, true, false])
  }

  @Test func `A hardware verdict and the odd length of an option do not disturb`() throws {
    var made = PcapngBytes()
    made.section()
    made.interface()
    made.packet([1], options: made.option(7, [0, 0xab, 0xcd]) + made.option(3, [2, 1, 2, 3, 4]))
    made.packet([1], options: made.option(7, []) + made.endOfOptions + [9, 9, 9, 9])
    let file = TemporaryFile(made.bytes)
    let (packets, error) = readAll(file.path)
    #expect(error == nil)
    #expect(packets[0].record.verdict == PacketVerdict(judge: .hardware, value: 0xcdab))
    #expect(packets[1].record.verdict == nil)
  }
}
