import PacketFormats
import Testing

@Suite struct ChecksumVerdictTests {
  private func verdicts(_ bytes: [UInt8]) throws -> (ChecksumVerdict, ChecksumVerdict) {
    let frame = try unsafe Dissection(ethernet: bytes.span.bytes)
    return unsafe (
      InternetChecksum.verifyNetwork(of: frame, in: bytes.span.bytes),
      InternetChecksum.verifyTransport(of: frame, in: bytes.span.bytes)
    )
  }

  @Test func `Every sample is right, or says why it cannot be told`() throws {
    for (name, bytes) in try Sample.frames() {
      let (network, transport) = try verdicts(bytes)
      switch name {
      case "arp":
        #expect(network == .notCheckable(.unknownProtocol))
        #expect(transport == .notCheckable(.unknownProtocol))
      case "udp-fragment", "udp-later-fragment":
        #expect(network == .good && transport == .notCheckable(.fragment))
      case "geneve", "geneve-gateway": #expect(network == .good && transport == .absent)
      default:
        #expect(transport == .good, "\(name)")
        #expect(network == (bytes[12] == 0x86 ? .absent : .good), "\(name)")
      }
    }
  }

  @Test func `A flipped bit is found, and the right value told`() throws {
    for (name, bytes) in try Sample.frames() {
      let (network, transport) = try verdicts(bytes)
      guard network == .good, transport == .good else { continue }
      let frame = try unsafe Dissection(ethernet: bytes.span.bytes)
      var broken = bytes
      let field = frame.networkOffset + 10
      broken[field] ^= 0x40
      let right = UInt16(bytes[field]) << 8 | UInt16(bytes[field + 1])
      #expect(try verdicts(broken).0 == .bad(found: right ^ 0x4000, expected: right), "\(name)")
    }
    var tcp = Sample.ethernet(.ipv4, Sample.ipv4(.tcp, Sample.tcp(Sample.payload)))
    let right = UInt16(tcp[50]) << 8 | UInt16(tcp[51])
    tcp[51] ^= 1
    #expect(try verdicts(tcp).1 == .bad(found: right ^ 1, expected: right))
  }

  @Test func `Bytes that were not captured leave it open`() throws {
    let bytes = Array(
      Sample.ethernet(.ipv4, Sample.ipv4(.tcp, Sample.tcp(Sample.payload))).dropLast())
    #expect(try verdicts(bytes) == (.good, .notCheckable(.truncated)))
  }

  @Test func `A source route leaves it open until it is done`() throws {
    let segment = Sample.tcp(Sample.payload)
    let open = Sample.ipv4(.tcp, segment, options: [131, 7, 4, 9, 9, 9, 9, 0])
    #expect(try verdicts(Sample.ethernet(.ipv4, open)).1 == .notCheckable(.sourceRoute))
    let done = Sample.ipv4(.tcp, segment, options: [131, 7, 8, 9, 9, 9, 9, 0])
    #expect(try verdicts(Sample.ethernet(.ipv4, done)).1 == .good)
    let routing: [UInt8] = [6, 2, 4, 1, 0, 0, 0, 0] + [UInt8](repeating: 9, count: 16)
    let routed = Sample.ipv6(.ipv6Routing, routing + Sample.tcp([], overIPv6: true))
    #expect(try verdicts(Sample.ethernet(.ipv6, routed)).1 == .notCheckable(.sourceRoute))
  }

  @Test func `A UDP checksum of zero is absent over IPv4 and wrong over IPv6`() throws {
    let four = Sample.ethernet(.ipv4, Sample.ipv4(.udp, Sample.udp([1, 2], checksum: 0)))
    #expect(try verdicts(four).1 == .absent)
    let six = Sample.ethernet(
      .ipv6, Sample.ipv6(.udp, Sample.udp([1, 2], checksum: 0, overIPv6: true)))
    guard case .bad(0, _) = try verdicts(six).1 else {
      Issue.record("zero was taken over IPv6")
      return
    }
    let tunnel = Sample.ethernet(
      .ipv6, Sample.ipv6(.udp, Sample.udp(Sample.geneve([]), to: 6081, checksum: 0, overIPv6: true))
    )
    #expect(try verdicts(tunnel).1 == .absent)
  }

  /// Two payload bytes can bring the sum to any value, zero included.
  @Test func `A UDP sum of zero is sent as ffff`() throws {
    let without = Sample.udp([0, 0])
    let checksum = UInt16(without[6]) << 8 | UInt16(without[7])
    let payload = [UInt8(checksum >> 8), UInt8(checksum & 0xff)]
    let datagram = Sample.udp(payload)
    #expect(datagram[6] == 0xff && datagram[7] == 0xff)
    let frame = Sample.ethernet(.ipv4, Sample.ipv4(.udp, datagram))
    #expect(try verdicts(frame).1 == .good)
    var broken = frame
    broken[40] = 0x12
    #expect(try verdicts(broken).1 == .bad(found: 0x12ff, expected: 0xffff))
  }
}
