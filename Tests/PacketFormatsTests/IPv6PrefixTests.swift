import PacketFormats
import Testing

@Suite struct IPv6PrefixTests {
  @Test func `IPv6 prefixes hold what lies in them`() throws {
    let prefix = try IPv6Prefix("2001:db8::/33")
    #expect(prefix.description == "2001:db8::/33")
    #expect(prefix.contains(try IPv6Address("2001:db8:7fff::1")))
    #expect(!prefix.contains(try IPv6Address("2001:db8:8000::1")))
    #expect(try IPv6Prefix("::/0").contains(Sample.client6))
    let host = try IPv6Prefix("2001:db8::1/128")
    #expect(host.contains(try IPv6Address("2001:db8::1")) && host.overlaps(prefix))
    #expect(prefix.contains(host) && !host.contains(prefix) && prefix.overlaps(host))
    #expect(!host.contains(try IPv6Address("2001:db8::2")))
    #expect(throws: AddressError(.ipv6Prefix, position: 0, expected: .zeroHostBits)) {
      try IPv6Prefix("2001:db8::1/64")
    }
    #expect(throws: AddressError(.ipv6Prefix, position: 3, expected: .prefixLength(128))) {
      try IPv6Prefix("::/129")
    }
  }
}
