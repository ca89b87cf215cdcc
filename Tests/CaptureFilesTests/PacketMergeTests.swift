import CaptureFiles
import TestSupport
import Testing

/// Packets that several writers collect against a sort that anybody can follow.
@Suite struct PacketMergeTests {
  /// A packet as a test knows it.
  private struct Packet: Equatable {
    var time: Int64
    var source: Int
    var number: UInt64
    var byteCount: Int
  }

  /// Packets of some sources, each in order of time, many at the same instant.
  private func packets(_ random: inout SplitMix64) -> [[Packet]] {
    let sourceCount = Int.random(in: 1...6, using: &random)
    var number: UInt64 = 0
    return (0..<sourceCount).map { source in
      var time: Int64 = 1_600_000_000_000_000_000
      return (0..<Int.random(in: 0..<200, using: &random)).map { _ in
        number += 1
        time += Int64.random(in: 0..<3, using: &random) * Int64.random(in: 0..<4, using: &random)
        return Packet(
          time: time, source: source, number: number,
          byteCount: Int.random(in: 0..<90, using: &random))
      }
    }
  }

  private func write(_ packet: Packet, to writer: inout PcapngWriter) {
    writer.write(
      [UInt8](repeating: UInt8(truncatingIfNeeded: packet.number), count: packet.byteCount),
      interface: UInt32(packet.source), time: packet.time, packetID: packet.number)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Packets come in order of time, and at one instant of their sources`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let packets = packets(&random)
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path)
    for _ in packets { _ = writer.add(InterfaceDescription(name: "x")) }
    var merge = PacketMerge(sourceCount: packets.count)
    var collected = [Int](repeating: 0, count: packets.count)
    var limit = packets.joined().map(\.time).min() ?? 0
    var collectors = (0..<packets.count).map { _ in Collector(UInt32(packets.count)) }
    // Windows of any length: what is complete is written, and some sources are ahead.
    while zip(collected, packets).contains(where: { $0 < $1.count }) {
      limit += Int64.random(in: 0..<60, using: &random)
      for source in packets.indices {
        let end = limit + Int64.random(in: 0..<40, using: &random)
        while collected[source] < packets[source].count,
          packets[source][collected[source]].time < end
        {
          write(packets[source][collected[source]], to: &collectors[source].writer)
          collected[source] += 1
        }
        merge.take(from: &collectors[source].writer, source: source)
      }
      merge.write(before: limit, to: &writer)
    }
    merge.write(before: .max, to: &writer)
    collectors = []
    let count = writer.packetCount
    try writer.finish()

    let expected = packets.joined().sorted {
      ($0.time, $0.source, $0.number) < ($1.time, $1.source, $1.number)
    }
    #expect(count == UInt64(expected.count))
    #expect(read(file.path) == expected)
  }

  @Test func `A classic file gets the packets without what it cannot hold`() throws {
    var random = SplitMix64(seed: 3)
    let packets = packets(&random)
    let file = TemporaryFile()
    var writer = try PcapWriter(path: file.path, precision: .nanoseconds)
    var merge = PacketMerge(sourceCount: packets.count)
    for source in packets.indices {
      var collector = PcapngWriter(collectingFor: UInt32(packets.count))
      for packet in packets[source] { write(packet, to: &collector) }
      merge.take(from: &collector, source: source)
    }
    merge.write(before: .max, to: &writer)
    try writer.finish()
    let expected = packets.joined().sorted {
      ($0.time, $0.source, $0.number) < ($1.time, $1.source, $1.number)
    }
    let found = read(file.path)
    #expect(found.map(\.time) == expected.map(\.time))
    #expect(found.map(\.byteCount) == expected.map(\.byteCount))
  }

  @Test func `Names stay behind the packet that they came after`() throws {
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path)
    for _ in 0..<2 { _ = writer.add(InterfaceDescription(name: "x")) }
    var merge = PacketMerge(sourceCount: 2)
    var first = PcapngWriter(collectingFor: 2)
    var second = PcapngWriter(collectingFor: 2)
    write(Packet(time: 10, source: 0, number: 1, byteCount: 4), to: &first)
    first.add(NameResolution(entries: [.init(.ipv4(1), "late")]))
    write(Packet(time: 30, source: 0, number: 3, byteCount: 4), to: &first)
    write(Packet(time: 20, source: 1, number: 2, byteCount: 4), to: &second)
    merge.take(from: &first, source: 0)
    merge.take(from: &second, source: 1)
    merge.write(before: .max, to: &writer)
    try writer.finish()
    var kinds: [String] = []
    var reader = try PcapngBlockReader(path: file.path)
    while let block = try reader.next() { kinds.append("\(block.type.rawValue)") }
    #expect(kinds == ["168627466", "1", "1", "6", "4", "6", "6"])
  }

  private func read(_ path: String) -> [Packet] {
    let (packets, error) = readAll(path)
    #expect(error == nil)
    return packets.map {
      Packet(
        time: $0.record.time, source: $0.record.interface,
        number: $0.record.packetID ?? 0, byteCount: $0.bytes.count)
    }
  }
}

/// A writer that can be kept in an array.
private final class Collector {
  var writer: PcapngWriter

  init(_ interfaceCount: UInt32) {
    writer = PcapngWriter(collectingFor: interfaceCount)
  }
}
