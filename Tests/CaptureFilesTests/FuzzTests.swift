import CaptureFiles
import Glibc
import TestSupport
import Testing

/// Damaged files must end in an error or in packets, never in a trap.
@Suite struct FuzzTests {
  /// A pcapng file with every block there is.
  private static func pcapng(bigEndian: Bool) -> [UInt8] {
    var made = PcapngBytes(bigEndian: bigEndian)
    made.section(options: made.option(2, "hw") + made.option(1, "c") + made.endOfOptions)
    made.interface(
      options: made.option(2, "eth0") + made.option(4, [10, 0, 0, 1, 255, 0, 0, 0])
        + made.option(5, [UInt8](repeating: 1, count: 17)) + made.option(6, [2, 0, 0, 0, 0, 1])
        + made.option(7, [UInt8](repeating: 1, count: 8)) + made.option(8, made.u64(1000))
        + made.option(9, [9]) + made.option(11, [0] + Array("tcp".utf8)) + made.option(13, [4])
        + made.option(14, made.u64(2)) + made.endOfOptions)
    made.interface(options: made.option(9, [0x8a]))
    made.block(
      4,
      made.u16(1) + made.u16(8) + [10, 0, 0, 1] + Array("abc\0".utf8)
        + made.u16(2) + made.u16(20) + [UInt8](repeating: 0x61, count: 20)
        + made.u32(0) + made.option(2, "dns") + made.option(3, [1, 2, 3, 4]))
    made.block(0xa, made.u32(0x544c_534b) + made.u32(3) + [1, 2, 3, 0])
    made.block(0x0bad, made.u32(32473) + [5, 6, 7, 8])
    made.packet(
      [UInt8](repeating: 0x45, count: 33), ticks: 7,
      options: made.option(1, "note") + made.option(2, made.u32(2)) + made.option(5, made.u64(42))
        + made.option(7, [2] + made.u64(1)) + made.endOfOptions)
    made.packet([1, 2, 3], interface: 1, ticks: 1 << 20)
    made.block(3, made.u32(4) + [1, 2, 3, 4])
    made.block(
      2,
      made.u32(0) + made.u32(0) + made.u32(8) + made.u32(2) + made.u32(60) + [7, 8, 0, 0]
        + made.option(2, made.u32(1)))
    made.block(
      5, made.u32(0) + made.u64(9) + made.option(2, made.u64(1)) + made.option(4, made.u64(77)))
    return made.bytes
  }

  private static func pcap() -> [UInt8] {
    let order = PcapngBytes()
    var made =
      order.u32(0xa1b2_3c4d) + order.u16(2) + order.u16(4) + order.u64(0) + order.u32(65_535)
      + order.u32(1)
    for count in [60, 3, 0] as [UInt32] {
      made += order.u32(10) + order.u32(5) + order.u32(count) + order.u32(count)
      made += [UInt8](repeating: 0x45, count: Int(count))
    }
    return made
  }

  /// Does to `bytes` what transmission errors and bad programs do.
  private static func mutate(_ bytes: inout [UInt8], using generator: inout SplitMix64) {
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      switch Int.random(in: 0..<7, using: &generator) {
      case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1: bytes[index] = .random(in: 0...255, using: &generator)
      case 2: bytes[index] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
      case 3:
        // A whole word, aligned as lengths are.
        let start = index & ~3
        let byte: UInt8 = Bool.random(using: &generator) ? 0xff : 0
        for offset in start..<min(start + 4, bytes.count) { bytes[offset] = byte }
      case 4: bytes.removeSubrange(index..<min(index + 4, bytes.count))
      case 5: bytes.insert(contentsOf: bytes[index..<min(index + 8, bytes.count)], at: index)
      default: bytes.removeSubrange(index...)
      }
    }
  }

  /// Sixteen runs of 8,000 mutations make 128,000.
  @Test(arguments: 0..<16 as Range<UInt64>)
  func `No damage makes a reader trap`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let samples = [Self.pcapng(bigEndian: false), Self.pcapng(bigEndian: true), Self.pcap()]
    let file = TemporaryFile([])
    let descriptor = unsafe open(file.path, O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    var delivered = 0
    var refused = 0
    for round in 0..<8000 {
      var bytes = samples[round % samples.count]
      Self.mutate(&bytes, using: &generator)
      try #require(ftruncate(descriptor, 0) == 0)
      let written = unsafe bytes.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0)
      }
      try #require(written == bytes.count)
      do throws(CaptureFileError) {
        var reader = try CaptureReader(path: file.path)
        while let record = try reader.next() {
          delivered += 1
          let byteCount = reader.withPacketBytes { bytes in bytes.byteCount }
          if byteCount != record.capturedByteCount { Issue.record("round \(round): \(record)") }
          _ = reader.comments()
        }
      } catch {
        refused += 1
        if error.description.isEmpty { Issue.record("round \(round): an error without words") }
      }
    }
    // Neither outcome may swallow the other, or the mutations test nothing.
    #expect(delivered > 4000)
    #expect(refused > 1000)
  }
}
