import CaptureFiles
import Testing

@Suite struct PacketFilterTests {
  /// Ethernet and IPv4 headers and two ports.
  static func frame(protocol number: UInt8, port: UInt8) -> [UInt8] {
    [UInt8](repeating: 2, count: 12) + [8, 0, 0x45, 0, 0, 24, 0, 0, 0, 0, 64, number, 0, 0]
      + [10, 0, 0, 1, 10, 0, 0, 2, 0, port, 0, port]
  }

  /// Which of `packets` an expression lets through.
  private func verdicts(
    _ expression: String, linkType: LinkType = .ethernet, _ packets: [[UInt8]],
    originalByteCount: Int = 0
  ) throws -> [Bool] {
    let filter = try PacketFilter(expression, linkType: linkType)
    return packets.map { packet in
      unsafe filter.matches(packet.span.bytes, originalByteCount: originalByteCount)
    }
  }

  @Test func `A filter tells packets apart`() throws {
    let wanted = Self.frame(protocol: 17, port: 53)
    let otherPort = Self.frame(protocol: 17, port: 54)
    let otherProtocol = Self.frame(protocol: 6, port: 53)
    let packets = [wanted, otherPort, otherProtocol, Array(wanted.prefix(20)), []]
    #expect(
      try verdicts("udp port 53 and src host 10.0.0.1", packets)
        == [true, false, false, false, false])
    #expect(try verdicts("", packets) == [true, true, true, true, true])
    #expect(try verdicts("greater 1000", [wanted]) == [false])
    #expect(try verdicts("greater 1000", [wanted], originalByteCount: 1000) == [true])
  }

  @Test func `A filter knows other link types`() throws {
    let frame = Self.frame(protocol: 17, port: 53)
    let packets = [Array(frame[14...]), frame]
    #expect(try verdicts("udp port 53", linkType: .rawIP, packets) == [true, false])
  }

  @Test(arguments: ["tcp prot 53", "host 10.0.0.999", "(", "ip\0"])
  func `A bad expression is refused with libpcap's words`(expression: String) {
    do throws(CaptureFileError) {
      _ = try PacketFilter(expression)
      Issue.record("accepted")
    } catch {
      guard case .badFilter(expression, let message) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(!message.isEmpty)
    }
  }

  @Test(arguments: [false, true])
  func `A reader with a filter keeps frame numbers`(classic: Bool) throws {
    let file = TemporaryFile()
    let frames = [17, 6, 17].map { Self.frame(protocol: $0, port: 53) }
    if classic {
      var writer = try PcapWriter(path: file.path)
      for frame in frames {
        unsafe writer.write(frame.span.bytes, time: 0, originalByteCount: frame.count)
      }
      try writer.finish()
    } else {
      var writer = try PcapngWriter(path: file.path)
      let tap = writer.add(InterfaceDescription())
      let raw = writer.add(InterfaceDescription(linkType: .rawIP))
      for frame in frames { writer.write(frame, interface: tap) }
      writer.write(frames[0], interface: raw)
      try writer.finish()
    }
    var reader = try CaptureReader(path: file.path)
    reader.setFilter(try PacketFilter("udp"))
    #expect(try reader.next()?.frameNumber == 1)
    #expect(try reader.next()?.frameNumber == 3)
    #expect(reader.packetBytes == frames[2])
    #expect(try reader.next() == nil)
  }
}
