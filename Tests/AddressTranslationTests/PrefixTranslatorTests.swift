import AddressTranslation
import PacketFormats
import Testing

/// NPTv6 (RFC 6296).
@Suite struct PrefixTranslatorTests {
  static func prefix(_ text: String) throws -> IPv6Prefix { try IPv6Prefix(text) }

  @Test func `The RFC's example maps there and back`() throws {
    // Section 3.6 with erratum 3033.
    let translator = try PrefixTranslator(
      inside: Self.prefix("fd01:203:405::/48"), outside: Self.prefix("2001:db8:1::/48"))
    let inside = try IPv6Address("fd01:203:405:1::1234")
    let outside = try IPv6Address("2001:db8:1:d550::1234")
    #expect(translator.outsideAddress(for: inside) == outside)
    #expect(translator.insideAddress(for: outside) == inside)
  }

  @Test(arguments: [16, 32, 48, 52, 56, 60, 64])
  func `Addresses keep their sum, and come back`(length: Int) throws {
    let translator = try PrefixTranslator(
      inside: IPv6Prefix(IPv6Address("fd01:203:405:670::"), length: length),
      outside: IPv6Prefix(IPv6Address("2001:db8:fedc:ba90::"), length: length))
    var generator = TestGenerator(seed: UInt64(length))
    var random: UInt64 { UInt64(generator.below(1 << 31)) << 33 ^ UInt64(generator.below(1 << 31)) }
    for _ in 0..<1000 {
      let hostBits = length == 64 ? 0 : random >> UInt64(length)
      var address = IPv6Address(
        high: translator.inside.address.high | hostBits, low: random)
      if generator.below(4) == 0 { address.low |= 0xffff << 48 }
      guard let mapped = translator.outsideAddress(for: address) else {
        #expect(address.low == .max || address.high & 0xffff == 0xffff)
        continue
      }
      #expect(translator.outside.contains(mapped))
      #expect(sum(mapped) % 0xffff == sum(address) % 0xffff)
      #expect(translator.insideAddress(for: mapped) == address)
    }
  }

  func sum(_ address: IPv6Address) -> UInt64 {
    [address.high, address.low].reduce(0) { sum, half in
      sum + half >> 48 + half >> 32 & 0xffff + half >> 16 & 0xffff + half & 0xffff
    }
  }

  @Test func `Addresses without a counterpart have none`() throws {
    let short = try PrefixTranslator(
      inside: Self.prefix("fd01:203:405::/48"), outside: Self.prefix("2001:db8:1::/48"))
    #expect(short.outsideAddress(for: try IPv6Address("fd01:203:405:ffff::1")) == nil)
    #expect(short.outsideAddress(for: try IPv6Address("fd01:203:406::1")) == nil)
    let long = try PrefixTranslator(
      inside: Self.prefix("fd01:203:405:1::/64"), outside: Self.prefix("2001:db8:1:1::/64"))
    #expect(
      long.outsideAddress(for: try IPv6Address("fd01:203:405:1:ffff:ffff:ffff:ffff")) == nil)
  }

  @Test func `A packet and its answer pass with right checksums, whatever they carry`() throws {
    let translator = try PrefixTranslator(
      inside: Self.prefix("fd01:203:405::/48"), outside: Self.prefix("2001:db8:1::/48"))
    let inside = try IPv6TransportAddress(IPv6Address("fd01:203:405:1::1234"), 5000)
    let remote = try IPv6TransportAddress(IPv6Address("2001:db8:ffff::9"), 53)
    let outside = try IPv6TransportAddress(IPv6Address("2001:db8:1:d550::1234"), 5000)
    var bytes = TestPacket.udp(from: inside, to: remote)
    #expect(pass(&bytes) { translator.translateOutbound(&$0, at: 0) } == .translated(isNew: false))
    #expect(bytes == TestPacket.udp(from: outside, to: remote, hopLimit: 63))

    let router = try IPv6Address("2001:db8:ffff::1")
    var error = TestPacket.errorV6(from: router, about: bytes)
    #expect(pass(&error) { translator.translateInbound(&$0, at: 0) } == .translated(isNew: false))
    #expect(
      error
        == TestPacket.errorV6(
          from: router, about: TestPacket.udp(from: inside, to: remote, hopLimit: 63), hopLimit: 63)
    )
    bytes = TestPacket.udp(from: remote, to: inside)
    #expect(pass(&bytes) { translator.translateOutbound(&$0, at: 0) } == .passed)
    bytes = TestPacket.udp(from: inside, to: outside)
    #expect(pass(&bytes) { translator.translateOutbound(&$0, at: 0) } == .dropped(.hairpin))
    bytes = TestPacket.udp(from: inside, to: remote, hopLimit: 1)
    #expect(
      pass(&bytes) { translator.translateOutbound(&$0, at: 0) }
        == .refused(.timeToLiveExceeded, .timeExceeded))
    bytes = TestPacket.udp(
      from: try IPv6TransportAddress(IPv6Address("fd01:203:405:ffff::1"), 1), to: remote)
    #expect(
      pass(&bytes) { translator.translateOutbound(&$0, at: 0) }
        == .refused(.unsolicited, .hostUnreachable))
    bytes = [0x60]
    #expect(pass(&bytes) { translator.translateOutbound(&$0, at: 0) } == .dropped(.malformed))
  }

  func pass(_ packet: inout [UInt8], _ body: (inout MutableRawSpan) -> Verdict) -> Verdict {
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    return body(&bytes)
  }

  @Test func `Prefixes that cannot stand for each other are refused`() throws {
    func error(_ inside: String, _ outside: String) throws -> PrefixTranslator.SettingsError? {
      let prefixes = (try Self.prefix(inside), try Self.prefix(outside))
      do throws(PrefixTranslator.SettingsError) {
        _ = try PrefixTranslator(inside: prefixes.0, outside: prefixes.1)
        return nil
      } catch {
        return error
      }
    }
    #expect(
      try error("fd01::/48", "2001:db8::/56") == .lengthsDiffer(inside: 48, outside: 56))
    #expect(try error("fd01::/96", "2001:db8::/96") == .tooLong(96))
    #expect(try error("fd01::/48", "fd01::/48") == .overlap)
  }
}
