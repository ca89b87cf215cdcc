import PacketFormats
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: ["10.0.1.37", "2001:db8::5", "::", "::ffff:10.0.0.1", "0.0.0.0"])
  func `An address of either family is read and printed`(text: String) throws {
    let address = try IPAddress(text)
    #expect(address.description == text)
    #expect(address.family == (text.contains(":") ? .v6 : .v4))
    #expect((address.ipv4 == nil) == (address.family == .v6))
    #expect((address.ipv6 == nil) == (address.family == .v4))
  }

  @Test(arguments: ["10.0.0.0/16", "2001:db8::/32", "::/0", "0.0.0.0/0"])
  func `A block of either family is read and printed`(text: String) throws {
    let block = try IPPrefix(text)
    #expect(block.description == text)
    #expect(IPPrefix(block.address, length: block.length) == block)
  }

  @Test(arguments: [
    ("10.0.1", AddressError.Form.ipv4Address), ("10.0.0.256", .ipv4Address), ("", .ipv4Address),
    ("fe80::1%eth0", .ipv6Address), ("1::2::3", .ipv6Address),
  ])
  func `What is no address says of which family it is not`(text: String, form: AddressError.Form) {
    let error = #expect(throws: AddressError.self) { try IPAddress(text) }
    #expect(error?.form == form)
  }

  @Test(arguments: [
    ("10.0.0.0", AddressError.Form.ipv4Prefix), ("10.0.0.1/16", .ipv4Prefix),
    ("2001:db8::/129", .ipv6Prefix), ("2001:db8::1/64", .ipv6Prefix),
  ])
  func `What is no block says of which family it is not`(text: String, form: AddressError.Form) {
    let error = #expect(throws: AddressError.self) { try IPPrefix(text) }
    #expect(error?.form == form)
  }

  @Test func `The families are apart`() throws {
    let everything = IPPrefix.everything(.v6)
    #expect(!everything.contains(try IPAddress("10.0.0.1")))
    #expect(!everything.contains(IPPrefix.everything(.v4)))
    #expect(!everything.overlaps(.everything(.v4)))
    #expect(everything.contains(try IPAddress("::ffff:10.0.0.1")))
    #expect(everything.contains(try IPPrefix("2001:db8::/32")))
    #expect(try IPPrefix("10.0.0.0/8").overlaps(IPPrefix("10.9.0.0/16")))
    #expect(IPPrefix(try IPAddress("10.0.0.1")).length == 32)
    #expect(IPPrefix(try IPAddress("::1")).length == 128)
  }

  @Test func `IPv4 comes first, and then the larger block`() throws {
    let blocks = try ["2001:db8::/32", "10.0.0.0/16", "10.0.0.0/8", "9.0.0.0/8", "::/0"]
      .map { try IPPrefix($0) }
    #expect(
      blocks.sorted().map(\.description) == [
        "9.0.0.0/8", "10.0.0.0/8", "10.0.0.0/16", "::/0", "2001:db8::/32",
      ])
    #expect(try IPAddress("255.255.255.255") < IPAddress("::"))
  }
}
