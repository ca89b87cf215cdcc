import Glibc
import PacketFormats
import TestSupport
import Testing

@Suite struct IPv6AddressTests {
  /// The examples of RFC 5952 and of RFC 4291, section 2.2.
  @Test(arguments: [
    ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"),
    ("2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"),
    ("2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"),
    ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
    ("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("2001:db8:0000:0:1::1", "2001:db8::1:0:0:1"), ("0:0:0:0:0:0:0:0", "::"), ("::", "::"),
    ("0:0:0:0:0:0:0:1", "::1"), ("FF01:0:0:0:0:0:0:101", "ff01::101"), ("1::", "1::"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
    ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
    ("0:0:0:0:0:FFFF:129.144.52.38", "::ffff:129.144.52.38"),
    ("::13.1.68.3", "::d01:4403"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
    ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"), ("0:0:1:0:0:1:0:0", "::1:0:0:1:0:0"),
  ])
  func `An IPv6 address prints in its one recommended form`(text: String, canonical: String) throws
  {
    #expect(try IPv6Address(text).description == canonical)
    #expect(try IPv6Address(canonical) == IPv6Address(text))
  }

  @Test(arguments: [
    ("", 0, AddressError.Expectation.hexadecimalGroup), (":", 1, .character(":")),
    (":1", 1, .character(":")), (":::", 2, .end), ("1:", 2, .hexadecimalGroup),
    ("1::2::3", 5, .onlyOneDoubleColon), ("12345::", 0, .hexadecimalGroup),
    ("1:2:3:4:5:6:7", 13, .eightGroups), ("1:2:3:4:5:6:7:8:9", 15, .end),
    ("1:2:3:4:5:6:7:8::", 15, .end), ("1:2:3:4::5:6:7:8", 16, .eightGroups),
    ("fe80::1%eth0", 7, .noZone), ("::1.2.3", 7, .character(".")), ("::256.2.3.4", 2, .octet),
    ("::1.02.3.4", 4, .noLeadingZero), ("1:2:3:4:5:6:7:1.2.3.4", 14, .eightGroups),
    ("1.2.3.4", 7, .eightGroups), ("::g", 2, .end), ("::1:", 4, .hexadecimalGroup),
    ("::1 ", 3, .end), ("::1.2.3.4:5", 9, .end), ("1:2:3:4:5:6:7:8%1", 15, .noZone),
  ])
  func `A wrong IPv6 address says where and why`(
    text: String, position: Int, expected: AddressError.Expectation
  ) {
    #expect(throws: AddressError(.ipv6Address, position: position, expected: expected)) {
      try IPv6Address(text)
    }
  }

  /// The C library's opinion, on addresses with many zero groups.
  @Test func `Printing and reading agree with inet_ntop and inet_pton`() throws {
    var generator = SplitMix64(seed: 5952)
    for _ in 0..<5_000 {
      let groups = (0..<8).map { _ in
        Bool.random(using: &generator)
          ? 0
          : UInt16.random(in: 0...UInt16.max, using: &generator)
            >> UInt16.random(in: 0...15, using: &generator)
      }
      let address = IPv6Address(
        groups[0], groups[1], groups[2], groups[3], groups[4], groups[5], groups[6], groups[7])
      // The C library also prints the obsolete IPv4-compatible form (RFC 4291, section 2.5.5.1).
      if address.high == 0, address.low >> 32 == 0 { continue }
      let bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }
      var buffer = [CChar](repeating: 0, count: 46)
      _ = unsafe inet_ntop(AF_INET6, bytes, &buffer, 46)
      let text = String(
        decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      #expect(address.description == text)
      #expect(try IPv6Address(text) == address)
    }
  }

  @Test(arguments: 0..<20)
  func `What is taken for an IPv6 address is what inet_pton takes`(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let alphabet = Array("0123456789abcdefF:::::.%/ ".utf8)
    let seeds = [
      "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1::8", "fe80::1:2", "::", "1:2:3:4:5:6:1.2.3.4",
    ]
    for _ in 0..<2_000 {
      var bytes = Array(seeds[Int.random(in: 0..<seeds.count, using: &generator)].utf8)
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        let at = Int.random(in: 0...bytes.count, using: &generator)
        let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        switch Int.random(in: 0...2, using: &generator) {
        case 0: bytes.insert(byte, at: at)
        case 1 where at < bytes.count: bytes.remove(at: at)
        case 2 where at < bytes.count: bytes[at] = byte
        default: break
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      var out = [UInt8](repeating: 0, count: 16)
      let taken = unsafe inet_pton(AF_INET6, text, &out) == 1
      let address = try? IPv6Address(text)
      #expect((address != nil) == taken, "\(text)")
      if let address, taken {
        let value = out.reduce((UInt64(0), UInt64(0))) {
          ($0.0 << 8 | $0.1 >> 56, $0.1 << 8 | UInt64($1))
        }
        #expect(address == IPv6Address(high: value.0, low: value.1), "\(text)")
      }
    }
  }

  @Test func `Kinds of IPv6 addresses are told apart`() throws {
    #expect(try IPv6Address("fe80::1").isLinkLocal && !IPv6Address("fec0::1").isLinkLocal)
    #expect(try IPv6Address("ff02::1").isMulticast && IPv6Address("fd00::1").isUniqueLocal)
    #expect(try IPv6Address("::ffff:10.0.0.5").ipv4Mapped == Sample.client)
    #expect(IPv6Address(ipv4Mapped: Sample.client).description == "::ffff:10.0.0.5")
    #expect(
      try IPv6Address("2001:db8::abcd:1234").solicitedNodeMulticast
        == IPv6Address("ff02::1:ffcd:1234"))
  }
}
