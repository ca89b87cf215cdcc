import PacketFormats
import Testing

@Suite struct MACAddressTests {
  @Test func `A MAC address prints as it was read`() throws {
    #expect(try MACAddress("02:00:5e:10:00:01").description == "02:00:5e:10:00:01")
    #expect(try MACAddress("0A-FF-5E-10-00-01").rawValue == 0x0aff_5e10_0001)
    #expect(MACAddress.broadcast.isBroadcast && MACAddress.broadcast.isMulticast)
    #expect(try !MACAddress("02:00:5e:10:00:01").isMulticast)
    #expect(try MACAddress("33:33:00:00:00:01").isMulticast)
  }

  @Test(arguments: [
    ("", 0, AddressError.Expectation.hexadecimalDigits(2)),
    ("02:00:5e:10:00", 14, .character(":")), ("02:00-5e:10:00:01", 5, .character(":")),
    ("02:00:5e:10:00:1", 15, .hexadecimalDigits(2)), ("02:00:5e:10:00:011", 17, .end),
    ("02-00:5e-10-00-01", 5, .character("-")), ("0200:5e:10:00:01:02", 2, .character(":")),
  ])
  func `A wrong MAC address says where and why`(
    text: String, position: Int, expected: AddressError.Expectation
  ) {
    #expect(throws: AddressError(.macAddress, position: position, expected: expected)) {
      try MACAddress(text)
    }
  }
}
