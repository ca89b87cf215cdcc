import CaptureFiles
import TestSupport
import Testing

@Suite struct RoundTripTests {
  private let custom = PcapngOption(code: .copyableCustomBytes, bytes: [0, 0, 0x7e, 0xd9, 1])

  @Test func `Every block and option that is written is read back`() throws {
    let file = TemporaryFile()
    let section = SectionHeader(
      hardware: "Nitro", operatingSystem: "Linux", application: "Lambdawire",
      comments: ["seed 7", "zweiter Kommentar ✓"], otherOptions: [custom])
    let interface = InterfaceDescription(
      name: "worker-1:geneve", description: "tunnel", linkType: .ethernet,
      ipv4Assignments: [
        .init(address: 0x0a00_0125, mask: 0xffff_ff00), .init(address: 1, mask: 2),
      ],
      ipv6Assignments: [.init(address: 0x2001_0db8 << 96 | 7, prefixLength: 64)],
      macAddress: 0x0200_0a00_0125, eui64Address: 0x0200_00ff_fe00_0001, speed: 25_000_000_000,
      transmitSpeed: 1, receiveSpeed: .max, filter: "udp port 6081", operatingSystem: "AL2023",
      hardware: "ENA", frameCheckSequenceByteCount: 4, timeOffset: 0, comments: ["A-02"],
      otherOptions: [custom])
    let names = NameResolution(
      entries: [
        .init(.ipv4(0x0a00_0125), ["eni-0a1b", "orders"]), .init(.ipv6(1 << 127), "six"),
        .init(.eui48(0x0200_0000_0001), "mac"), .init(.eui64(.max), "eui"),
      ],
      serverName: "resolver", serverIPv4Address: 0x0a00_0002, serverIPv6Address: 2,
      comments: ["names"], otherOptions: [custom],
      otherRecords: [PcapngOption(code: .init(rawValue: 99), bytes: [1, 2, 3])])
    let secrets = DecryptionSecrets(
      kind: .tlsKeyLog, bytes: Array("CLIENT_RANDOM 00 11".utf8), comments: ["keys"],
      otherOptions: [custom])
    let statistics = InterfaceStatistics(
      interface: 0, time: 1_700_000_000_000_000_001, startTime: 5, endTime: 1 << 40,
      receivedCount: 1, droppedCount: 2, acceptedByFilterCount: 3, droppedBySystemCount: 4,
      deliveredCount: .max, comments: ["done"], otherOptions: [custom])
    let block = CustomBlock(enterpriseNumber: 32473, bytes: [1, 2, 3, 4])

    var writer = try PcapngWriter(path: file.path, section: section)
    #expect(writer.add(interface) == 0)
    writer.add(names)
    writer.add(secrets)
    writer.add(block)
    writer.write(
      [9, 8, 7], time: .max, original: 1500, flags: .inbound, packetID: .max, comment: "NAT ✓",
      verdict: PacketVerdict(judge: .linuxTrafficControl, value: 0x0102_0304_0506_0708))
    writer.add(statistics)
    try writer.finish()

    var reader = try CaptureReader(path: file.path)
    let first = try reader.next()
    let record = try #require(first)
    #expect(record.frameNumber == 1)
    #expect(record.interface == 0)
    #expect(record.time == .max)
    #expect(record.originalByteCount == 1500)
    #expect(record.flags?.direction == .inbound)
    #expect(record.packetID == .max)
    #expect(
      record.verdict == PacketVerdict(judge: .linuxTrafficControl, value: 0x0102_0304_0506_0708))
    #expect(reader.packetBytes == [9, 8, 7])
    #expect(reader.comments() == ["NAT ✓"])
    #expect(reader.options().map(\.code.rawValue) == [1, 2, 5, 7])
    #expect(try reader.next() == nil)
    #expect(try reader.next() == nil)
    #expect(reader.sections == [section])
    #expect(reader.names == [names])
    #expect(reader.secrets == [secrets])
    #expect(reader.customBlocks == [block])
    #expect(reader.statistics == [statistics])
    #expect(reader.interfaces == [interface])
  }

  @Test func `What has nothing to say takes no space`() throws {
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path)
    let tap = writer.add(InterfaceDescription())
    let start = writer.byteCount
    writer.write([], interface: tap)
    #expect(writer.byteCount - start == 32)
    try writer.finish()
    let packet = readAll(file.path).packets.first
    #expect(packet?.record.flags == nil)
    #expect(packet?.record.packetID == nil)
    #expect(packet?.record.hasComment == false)
    #expect(packet?.bytes == [])
  }

  @Test(arguments: [-3600, 1_000_000_000] as [Int64])
  func `A time offset changes the file and not the times`(offset: Int64) throws {
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path)
    _ = writer.add(InterfaceDescription(name: "a"))
    let shifted = writer.add(InterfaceDescription(name: "b", timeOffset: offset))
    let time: Int64 = 1_600_000_000_123_456_789
    writer.write([1], interface: 0, time: time)
    writer.write([1], interface: shifted, time: time)
    writer.add(InterfaceStatistics(interface: 1, time: time, startTime: time, endTime: time))
    try writer.finish()
    var reader = try CaptureReader(path: file.path)
    #expect(try reader.next()?.time == time)
    #expect(try reader.next()?.time == time)
    #expect(try reader.next() == nil)
    #expect(reader.interfaces[1].timeOffset == offset)
    #expect(
      reader.statistics
        == [InterfaceStatistics(interface: 1, time: time, startTime: time, endTime: time)])
  }

  @Test func `Times that the format cannot say become the nearest it can`() throws {
    let file = TemporaryFile()
    var writer = try PcapngWriter(path: file.path)
    _ = writer.add(InterfaceDescription(timeOffset: .min))
    _ = writer.add(InterfaceDescription(timeOffset: -9_000_000_000))
    for (interface, time) in [(0, -1), (0, .min), (0, .max), (1, -1), (1, .min)] {
      writer.write([1], interface: UInt32(interface), time: Int64(time))
    }
    writer.add(InterfaceStatistics(interface: 0, time: -1, startTime: -1, endTime: .min))
    try writer.finish()
    let (packets, error) = readAll(file.path)
    #expect(error == nil)
    #expect(packets.map(\.record.time) == [0, 0, .max, -1, -9_000_000_000_000_000_000])
  }

  @Test func `More names than a record can hold become several records`() throws {
    let file = TemporaryFile()
    let many = (0..<1000).map { String(repeating: "n", count: 99) + String($0) }
    var writer = try PcapngWriter(path: file.path)
    writer.add(NameResolution(entries: [.init(.ipv4(1), many)]))
    try writer.finish()
    var reader = try CaptureReader(path: file.path)
    #expect(try reader.next() == nil)
    #expect(reader.names.first?.entries.flatMap(\.names) == many)
    #expect(reader.names.first?.entries.count == 2)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Random packets come back as they were`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let file = TemporaryFile()
    var writer = try PcapngWriter(
      path: file.path, bufferByteCount: Int.random(in: 1...100_000, using: &generator))
    for index in 0..<3 { _ = writer.add(InterfaceDescription(name: "if\(index)")) }
    var expected: [[UInt8]] = []
    var options: [String] = []
    for number in 0..<200 as Range<UInt64> {
      let length = Int.random(in: 0...3000, using: &generator)
      expected.append((0..<length).map { _ in .random(in: 0...255, using: &generator) })
      options.append(String(repeating: "é", count: .random(in: 0...9, using: &generator)))
      writer.write(
        expected[Int(number)], interface: UInt32(number % 3), time: Int64(number),
        flags: PacketFlags(rawValue: UInt32(number % 2)),
        packetID: number.isMultiple(of: 5) ? nil : number, comment: options[Int(number)],
        verdict: number.isMultiple(of: 7) ? .drop : nil)
    }
    try writer.finish()
    var reader = try CaptureReader(path: file.path)
    var number: UInt64 = 0
    while let record = try reader.next() {
      #expect(record.frameNumber == number + 1)
      #expect(record.interface == Int(number % 3))
      #expect(record.time == Int64(number))
      #expect(record.packetID == (number.isMultiple(of: 5) ? nil : number))
      #expect(record.verdict == (number.isMultiple(of: 7) ? .drop : nil))
      #expect(record.flags == (number % 2 == 0 ? nil : .inbound))
      #expect(reader.packetBytes == expected[Int(number)])
      #expect(reader.comments() == (options[Int(number)].isEmpty ? [] : [options[Int(number)]]))
      number += 1
    }
    #expect(number == 200)
  }
}
