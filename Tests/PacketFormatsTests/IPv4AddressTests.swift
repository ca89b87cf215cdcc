import PacketFormats
import Testing

@Suite struct IPv4AddressTests {
  @Test(arguments: [
    ("", 0, AddressError.Expectation.digit), ("10.0.0", 6, .character(".")),
    ("10.0.0.256", 7, .octet), ("10.0.0.01", 7, .noLeadingZero), ("10.0.00.1", 5, .noLeadingZero),
    ("0x0a.0.0.1", 1, .character(".")), ("10.0.0.1 ", 8, .end), ("10.0.0.1.2", 8, .end),
    ("10..0.1", 3, .digit), ("10.0.0.-1", 7, .digit), ("99999999999999999999.0.0.1", 0, .octet),
    ("10.0.0.１", 7, .digit),
  ])
  func `A wrong IPv4 address says where and why`(
    text: String, position: Int, expected: AddressError.Expectation
  ) {
    #expect(throws: AddressError(.ipv4Address, position: position, expected: expected)) {
      try IPv4Address(text)
    }
  }

  @Test func `Every octet of an IPv4 address reads back`() throws {
    for octet in UInt8.min ... .max {
      let address = IPv4Address(octet, 255 - octet, octet, 0)
      #expect(try IPv4Address(address.description) == address)
    }
  }
}
