import CaptureFiles
import Glibc
import Testing

@Suite struct DamagedFileTests {
  /// A file with three packets, and where its blocks start.
  private func sample(bigEndian: Bool) -> (made: PcapngBytes, starts: [Int]) {
    var made = PcapngBytes(bigEndian: bigEndian)
    var starts = [0]
    made.section(options: made.option(4, "app") + made.endOfOptions)
    starts.append(made.bytes.count)
    made.interface(options: made.option(9, [9]) + made.endOfOptions)
    for count in [5, 0, 64] as [UInt8] {
      starts.append(
        made.packet(
          (0..<count).map { $0 }, ticks: UInt64(count),
          options: made.option(5, made.u64(1)) + made.endOfOptions))
    }
    starts.append(made.bytes.count)
    return (made, starts)
  }

  @Test(arguments: [false, true])
  func `Wherever a file is cut off, what came before is delivered`(bigEndian: Bool) {
    let (made, starts) = sample(bigEndian: bigEndian)
    let file = TemporaryFile()
    for length in 0..<made.bytes.count {
      file.write(Array(made.bytes.prefix(length)))
      let (packets, error) = readAll(file.path)
      let index = starts.lastIndex { $0 <= length } ?? 0
      #expect(packets.count == max(0, index - 2), "cut at \(length)")
      let start = starts[index]
      let needed = UInt64(starts[index + 1] - start)
      let available = UInt64(length - start)
      let expected: CaptureFileError? =
        switch available {
        case 0 where length > 0: nil
        case 0..<4 where start == 0:
          .truncated(.fileHeader, offset: 0, needed: 4, available: available)
        case 0..<12:
          .truncated(.blockHeader, offset: UInt64(start), needed: 12, available: available)
        default: .truncated(.block, offset: UInt64(start), needed: needed, available: available)
        }
      #expect(error == expected, "cut at \(length)")
    }
  }

  @Test func `A cut classic file says where its last record starts`() throws {
    let file = TemporaryFile()
    var writer = try PcapWriter(path: file.path)
    for count in [5, 0, 64] {
      let packet = [UInt8](repeating: 1, count: count)
      unsafe writer.write(packet.span.bytes, time: 0, originalByteCount: count)
    }
    try writer.finish()
    let bytes = file.bytes
    let starts = [24, 45, 61, 141]
    #expect(bytes.count == 141)
    for length in 0..<bytes.count {
      file.write(Array(bytes.prefix(length)))
      let (packets, error) = readAll(file.path)
      let index = starts.lastIndex { $0 <= length }
      #expect(packets.count == index ?? 0)
      if let index, starts[index] == length {
        #expect(error == nil)
      } else if length < 4 {
        #expect(
          error == .truncated(.fileHeader, offset: 0, needed: 4, available: UInt64(length)))
      } else {
        guard case .refusedByLibpcap(_, let offset, let message) = error else {
          Issue.record("cut at \(length): \(error as Any)")
          continue
        }
        #expect(offset == UInt64(index.map { starts[$0] } ?? 0))
        #expect(message.contains("truncated"))
      }
    }
  }

  /// Changes the file and gives the error that must come of it.
  private func error(
    bigEndian: Bool = false, packets: Int = 0,
    _ change: (inout PcapngBytes, [Int]) -> CaptureFileError
  ) {
    var (made, starts) = sample(bigEndian: bigEndian)
    let expected = change(&made, starts)
    let file = TemporaryFile(made.bytes)
    let found = readAll(file.path)
    #expect(found.error == expected)
    #expect(found.packets.count == packets)
  }

  @Test(arguments: [false, true])
  func `A wrong number is named with its place and what was expected`(bigEndian: Bool) {
    func set(_ made: inout PcapngBytes, _ offset: Int, _ value: [UInt8]) {
      made.bytes.replaceSubrange(offset..<offset + value.count, with: value)
    }
    error(bigEndian: bigEndian) { made, _ in
      set(&made, 8, made.u32(0x1234_5678))
      return .malformed(
        .byteOrderMagic, offset: 8, expected: 0x1a2b_3c4d,
        found: bigEndian ? 0x7856_3412 : 0x1234_5678)
    }
    error(bigEndian: bigEndian) { made, _ in
      set(&made, 12, made.u16(2))
      return .unsupported(.majorVersion, offset: 12, found: 2)
    }
    error(bigEndian: bigEndian) { made, starts in
      set(&made, starts[2] + 4, made.u32(8))
      return .malformed(
        .blockLength, offset: UInt64(starts[2] + 4), expected: 12, found: 8)
    }
    error(bigEndian: bigEndian) { made, starts in
      set(&made, starts[2] + 4, made.u32(61))
      return .malformed(
        .paddedBlockLength, offset: UInt64(starts[2] + 4), expected: 64, found: 61)
    }
    error(bigEndian: bigEndian, packets: 1) { made, starts in
      set(&made, starts[3] + 4, made.u32(0xffff_fffc))
      return .unsupported(.blockLength, offset: UInt64(starts[3] + 4), found: 0xffff_fffc)
    }
    error(bigEndian: bigEndian, packets: 1) { made, starts in
      set(&made, starts[3] + 4, made.u32(1 << 28))
      return .truncated(
        .block, offset: UInt64(starts[3]), needed: 1 << 28,
        available: UInt64(starts[5] - starts[3]))
    }
    error(bigEndian: bigEndian, packets: 2) { made, starts in
      set(&made, starts[5] - 4, made.u32(7))
      return .malformed(
        .trailingBlockLength, offset: UInt64(starts[5] - 4),
        expected: UInt64(starts[5] - starts[4]), found: 7)
    }
    error(bigEndian: bigEndian, packets: 2) { made, starts in
      set(&made, starts[4] + 20, made.u32(.max))
      return .malformed(
        .capturedLength, offset: UInt64(starts[4] + 20), expected: 64 + 16, found: 0xffff_ffff)
    }
    error(bigEndian: bigEndian, packets: 2) { made, starts in
      set(&made, starts[4] + 8, made.u32(1))
      return .malformed(
        .interfaceIndex, offset: UInt64(starts[4] + 8), expected: 1, found: 1)
    }
    error(bigEndian: bigEndian, packets: 2) { made, starts in
      set(&made, starts[4] + 28 + 64 + 2, made.u16(13))
      return .malformed(
        .optionLength, offset: UInt64(starts[4] + 28 + 64 + 2), expected: 12, found: 13)
    }
    error(bigEndian: bigEndian, packets: 2) { made, starts in
      set(&made, starts[4] + 28 + 64 + 2, made.u16(7))
      return .malformed(
        .fixedOptionLength, offset: UInt64(starts[4] + 28 + 64 + 2), expected: 8, found: 7)
    }
  }

  @Test(arguments: [(1, 20), (2, 32), (3, 16), (5, 24), (6, 32), (0xa, 20), (0xbad, 16)])
  func `A block too short for its type is an error`(type: UInt32, shortest: Int) {
    for length in stride(from: 12, to: shortest, by: 4) {
      var made = PcapngBytes()
      made.section()
      made.interface()
      let start = made.block(type, [UInt8](repeating: 0, count: length - 12))
      let file = TemporaryFile(made.bytes)
      #expect(
        readAll(file.path).error
          == .malformed(
            .blockLength, offset: UInt64(start + 4), expected: UInt64(shortest),
            found: UInt64(length)))
    }
  }

  @Test func `Names and secrets beyond their block are errors`() {
    let file = TemporaryFile()
    var made = PcapngBytes()
    made.section()
    let names = made.block(4, made.u16(1) + made.u16(3) + [1, 2, 3, 0] + made.u32(0))
    file.write(made.bytes)
    #expect(
      readAll(file.path).error
        == .malformed(.nameRecordLength, offset: UInt64(names + 10), expected: 4, found: 3))
    made = PcapngBytes()
    made.section()
    let secrets = made.block(0xa, made.u32(1) + made.u32(5) + [1, 2, 3, 0])
    file.write(made.bytes)
    #expect(
      readAll(file.path).error
        == .malformed(.secretsLength, offset: UInt64(secrets + 12), expected: 4, found: 5))
    made = PcapngBytes()
    made.section()
    let simple = made.block(3, made.u32(5) + [1, 2, 3, 0])
    file.write(made.bytes)
    #expect(
      readAll(file.path).error
        == .malformed(.interfaceIndex, offset: UInt64(simple + 8), expected: 0, found: 0))
  }

  @Test func `An error comes again and no packet after it`() throws {
    var (made, starts) = sample(bigEndian: false)
    made.bytes[starts[3] + 4] = 1
    let file = TemporaryFile(made.bytes)
    var reader = try CaptureReader(path: file.path)
    #expect(try reader.next() != nil)
    for _ in 0..<3 {
      do throws(CaptureFileError) {
        _ = try reader.next()
        Issue.record("the damage went unnoticed")
      } catch {
        #expect(error.description.contains("at offset \(starts[3] + 4)"))
      }
      #expect(reader.packetBytes == [])
      #expect(reader.comments() == [])
    }
  }

  @Test func `What is no capture is said to be none`() {
    let text = TemporaryFile(Array("#!/bin/sh".utf8))
    #expect(readAll(text.path).error == .unknownFormat(path: text.path, magic: 0x2321_2f62))
    let zip = TemporaryFile([0x1f, 0x8b, 8, 0, 0])
    #expect(readAll(zip.path).error?.description.contains("gzip") == true)
    #expect(readAll("/nowhere").error == .cannotOpen(path: "/nowhere", code: ENOENT))
    #expect(readAll("/tmp").error == .cannotRead(path: "/tmp", offset: 0, code: EISDIR))
  }
}
