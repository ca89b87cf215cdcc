import PacketFormats
import Testing

@Suite struct IPv4PrefixTests {
  @Test(arguments: [
    ("10.0.0.0/16", nil as AddressError?), ("0.0.0.0/0", nil), ("10.0.0.1/32", nil),
    ("10.0.0.1/16", AddressError(.ipv4Prefix, position: 0, expected: .zeroHostBits)),
    ("10.0.0.0/33", AddressError(.ipv4Prefix, position: 9, expected: .prefixLength(32))),
    ("10.0.0.0/08", AddressError(.ipv4Prefix, position: 9, expected: .noLeadingZero)),
    ("10.0.0.0", AddressError(.ipv4Prefix, position: 8, expected: .character("/"))),
    ("10.0.0.0/", AddressError(.ipv4Prefix, position: 9, expected: .digit)),
    ("10.0.0.0/8/", AddressError(.ipv4Prefix, position: 10, expected: .end)),
  ])
  func `An IPv4 prefix reads back or says what is wrong`(text: String, failure: AddressError?) {
    do {
      #expect(try IPv4Prefix(text).description == text)
      #expect(failure == nil)
    } catch {
      #expect(error == failure)
    }
  }

  @Test func `Prefixes hold what lies in them, addresses and prefixes`() throws {
    let network = try IPv4Prefix("10.0.0.0/16")
    let subnet = try IPv4Prefix("10.0.1.0/24")
    #expect(network.contains(subnet) && !subnet.contains(network) && network.contains(network))
    #expect(network.overlaps(subnet) && subnet.overlaps(network))
    #expect(!(try network.overlaps(IPv4Prefix("10.1.0.0/16"))))
    #expect(try IPv4Prefix("0.0.0.0/0").contains(network))
    #expect(network.contains(network[-1]) && network[-1].description == "10.0.255.255")
    #expect(subnet.count == 256 && subnet[2].description == "10.0.1.2")
  }
}
