import PacketFormats
import Testing

struct NTPHeaderTests {
  /// A server's answer, put together byte by byte after the figure in RFC 5905, section 7.3.
  private static let bytes: [UInt8] =
    [0x24, 3, 6, 0xec, 0, 0, 0, 16, 0, 0, 0, 32, 169, 254, 169, 123]
    + [1, 1, 1, 1, 0, 0, 0, 1] + [2, 2, 2, 2, 0, 0, 0, 2] + [3, 3, 3, 3, 0, 0, 0, 3]
    + [4, 4, 4, 4, 0, 0, 0, 4]

  @Test func `Every field stands where the RFC has it`() throws {
    let header = try unsafe NTPHeader(parsing: Self.bytes.span.bytes)
    #expect(
      header
        == NTPHeader(
          version: 4, mode: .server, stratum: 3, poll: 6, precision: -20, rootDelay: 16,
          rootDispersion: 32, referenceIdentifier: 0xa9fe_a97b,
          referenceTime: NTPTimestamp(rawValue: 0x0101_0101_0000_0001),
          originTime: NTPTimestamp(rawValue: 0x0202_0202_0000_0002),
          receiveTime: NTPTimestamp(rawValue: 0x0303_0303_0000_0003),
          transmitTime: NTPTimestamp(rawValue: 0x0404_0404_0000_0004)))
    var written = [UInt8](repeating: 0xff, count: Self.bytes.count + 2)
    var span = written.mutableSpan
    var output = unsafe span.mutableBytes
    header.write(to: &output, at: 1)
    #expect(written == [0xff] + Self.bytes + [0xff])
  }

  @Test(arguments: 0..<48)
  func `A packet that is cut short says how much is missing`(available: Int) {
    let bytes = Array(Self.bytes.prefix(available))
    #expect(
      throws: HeaderError.truncated(.ntp, offset: 0, needed: 48, available: available)
    ) {
      try unsafe NTPHeader(parsing: bytes.span.bytes)
    }
  }

  @Test(arguments: [
    (0 as Int64, 0x83aa_7e80_0000_0000 as UInt64), (1_500_000_000, 0x83aa_7e81_8000_0000),
    (-1, 0x83aa_7e7f_ffff_fffb), (-2_208_988_800_000_000_000, 0),
    // 7 February 2036, 06:28:16: the seconds begin again.
    (2_085_978_496_000_000_000, 0),
  ])
  func `Times count from 1900, fractions as parts of 2³²`(nanoseconds: Int64, rawValue: UInt64) {
    #expect(NTPTimestamp(nanosecondsSince1970: nanoseconds).rawValue == rawValue)
  }
}
