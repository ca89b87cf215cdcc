import CaptureFiles
import Glibc
import Testing

@Suite struct WithdrawTests {
  @Test func `A packet taken back leaves no trace, and the next takes its place`() throws {
    let path = "/tmp/lambdawire-withdraw-\(getpid()).pcapng"
    defer { unsafe unlink(path) }
    var writer = try PcapngWriter(path: path, overwrite: true)
    let interface = writer.add(InterfaceDescription(name: "a"))
    let bytes = [UInt8](repeating: 7, count: 61)
    let withoutPacket = writer.withdrawLastPacket()
    #expect(!withoutPacket)
    for id in 1...3 as ClosedRange<UInt64> {
      writer.write(
        unsafe bytes.span.bytes, interface: interface, time: Int64(id), originalByteCount: 61,
        packetID: id)
    }
    let isWithdrawn = writer.withdrawLastPacket()
    #expect(isWithdrawn)
    let size = writer.byteCount
    writer.write(
      unsafe bytes.span.bytes, interface: interface, time: 9, originalByteCount: 61, packetID: 9)
    #expect(writer.byteCount > size)
    writer.add(InterfaceStatistics(interface: 0, time: 10))
    let behindStatistics = writer.withdrawLastPacket()
    #expect(!behindStatistics)
    try writer.finish()
    var reader = try CaptureReader(path: path)
    var ids: [UInt64?] = []
    while let record = try reader.next() { ids.append(record.packetID) }
    #expect(ids == [1, 2, 9])
  }
}
