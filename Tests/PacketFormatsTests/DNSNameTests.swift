import PacketFormats
import Testing

@Suite struct DNSNameTests {
  @Test(arguments: [
    ("db.shop.internal", "db.shop.internal"), ("db.shop.internal.", "db.shop.internal"),
    (".", "."), ("_postgresql._tcp.shop", "_postgresql._tcp.shop"), ("a\\.b.c", "a\\.b.c"),
    ("a\\046b", "a\\.b"), ("\\000\\255", "\\000\\255"), ("a\\\\b", "a\\\\b"),
    ("a b", "a\\032b"), ("Db.Shop", "Db.Shop"),
  ])
  func `A name prints as it was read`(text: String, printed: String) throws {
    let name = try DNSName(text)
    #expect(name.description == printed)
    #expect(try DNSName(printed).wireForm == name.wireForm)
  }

  @Test(
    arguments: [
      ("", 0, AddressError.Expectation.label), ("a..b", 2, .label), (".a", 0, .label),
      ("a.", nil, nil), ("..", 0, .label), ("a\\", 1, .escape), ("a\\25", 1, .escape),
      ("a\\256", 1, .escape), ("a\\2x5", 1, .escape),
      (String(repeating: "a", count: 63), nil, nil),
      ("b." + String(repeating: "a", count: 64), 2, .label),
    ] as [(String, Int?, AddressError.Expectation?)])
  func `A wrong name says where and why`(
    text: String, position: Int?, expected: AddressError.Expectation?
  ) {
    do {
      _ = try DNSName(text)
      #expect(expected == nil)
    } catch {
      #expect(error.position == position && error.expected == expected)
    }
  }

  @Test func `A name has at most 255 bytes`() throws {
    let label = String(repeating: "a", count: 61)
    // Four labels of 62 bytes, one of 5 or 6, and the root's.
    let longest = try DNSName("\(label).\(label).\(label).\(label).aaaaa")
    #expect(longest.wireForm.count == 255 && longest.labelCount == 5)
    #expect(throws: AddressError.self) { try DNSName("\(label).\(label).\(label).\(label).aaaaaa") }
    let message = DNSMessage(
      identification: 1, questions: [DNSQuestion(name: longest, type: .a)])
    #expect(try reading(message.encoded()) == message)
    // The same name, made one label longer by a pointer to it.
    var bytes = message.encoded()
    bytes[5] = 2
    bytes += [1, 0x61, 0xc0, 12, 0, 1, 0, 1]
    #expect(throws: HeaderError.self) { try reading(bytes) }
  }

  @Test func `Case does not count and is kept`() throws {
    let name = try DNSName("DB.Shop")
    #expect(try name == DNSName("db.shop") && name.description == "DB.Shop")
    #expect(try name.hashValue == DNSName("db.sHOP").hashValue)
    #expect(try name.isEqualToOrBelow(DNSName("SHOP")) && name.isEqualToOrBelow(.root))
    #expect(try !DNSName("xshop").isEqualToOrBelow(DNSName("shop")))
    #expect(try name.parent == DNSName("shop") && DNSName.root.parent == nil)
  }

  private func reading(_ bytes: [UInt8]) throws(HeaderError) -> DNSMessage {
    try unsafe DNSMessage(parsing: bytes.span.bytes)
  }
}
