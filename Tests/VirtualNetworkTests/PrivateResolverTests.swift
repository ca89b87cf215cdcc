import PacketFormats
import Testing
import VirtualNetwork

@Suite struct PrivateResolverTests {
  let address = IPv4Address(10, 0, 2, 20)

  func makeResolver() throws(VirtualNetworkError) -> PrivateResolver {
    var zone = PrivateZone(name: try ZoneName("shop.internal"))
    try zone.add(try ZoneName("postgres.shop.internal"), address: address)
    try zone.add(try ZoneName("a.b.shop.internal"), address: IPv4Address(10, 0, 2, 21))
    var resolver = PrivateResolver()
    resolver.add(zone)
    return resolver
  }

  @Test(arguments: ["postgres.shop.internal", "POSTGRES.Shop.Internal", "postgres.shop.internal."])
  func `A name is found in any case, with and without the final dot`(name: String) throws {
    #expect(
      try makeResolver().addresses(of: ZoneName(name))
        == .addresses([address], timeToLive: 60))
  }

  @Test func `What a zone should have and has not does not exist`() throws {
    let resolver = try makeResolver()
    #expect(resolver.addresses(of: try ZoneName("mysql.shop.internal")) == .noSuchName)
    #expect(resolver.addresses(of: try ZoneName("x.postgres.shop.internal")) == .noSuchName)
    #expect(resolver.addresses(of: try ZoneName("shop.internal")) == .noData)
    #expect(resolver.addresses(of: try ZoneName("b.shop.internal")) == .noData)
    #expect(resolver.other(try ZoneName("postgres.shop.internal")) == .noData)
    #expect(resolver.other(try ZoneName("mysql.shop.internal")) == .noSuchName)
  }

  @Test(arguments: ["example.com", "internal", "myshop.internal", "postgres.shop.internal.com"])
  func `Other names are none of its business`(name: String) throws {
    #expect(try makeResolver().addresses(of: ZoneName(name)) == .notPrivate)
    #expect(try makeResolver().other(ZoneName(name)) == .notPrivate)
  }

  @Test func `The zone with the longer name answers alone`() throws {
    var resolver = try makeResolver()
    var inner = PrivateZone(name: try ZoneName("b.shop.internal"), timeToLive: 5)
    try inner.add(try ZoneName("c.b.shop.internal"), address: IPv4Address(10, 0, 9, 9))
    resolver.add(inner)
    #expect(
      resolver.addresses(of: try ZoneName("c.b.shop.internal"))
        == .addresses([IPv4Address(10, 0, 9, 9)], timeToLive: 5))
    #expect(resolver.addresses(of: try ZoneName("a.b.shop.internal")) == .noSuchName)
    #expect(
      resolver.addresses(of: try ZoneName("postgres.shop.internal"))
        == .addresses([address], timeToLive: 60))
  }

  @Test func `An address leads back to the first name it was given`() throws {
    var zone = PrivateZone(name: try ZoneName("shop.internal"))
    try zone.add(try ZoneName("postgres.shop.internal"), address: address)
    try zone.add(try ZoneName("db.shop.internal"), address: address)
    try zone.add(try ZoneName("db.shop.internal"), address: address)
    try zone.add(try ZoneName("db.shop.internal"), address: IPv4Address(10, 0, 2, 30))
    var resolver = PrivateResolver()
    resolver.add(zone)
    #expect(
      resolver.pointer(of: .reverse(of: address))
        == .pointer(try ZoneName("postgres.shop.internal"), timeToLive: 60))
    #expect(
      resolver.addresses(of: try ZoneName("db.shop.internal"))
        == .addresses([address, IPv4Address(10, 0, 2, 30)], timeToLive: 60))
    #expect(resolver.pointer(of: try ZoneName("9.9.9.9.in-addr.arpa")) == .notPrivate)
    #expect(resolver.pointer(of: try ZoneName("postgres.shop.internal")) == .notPrivate)
  }

  @Test func `A zone takes only names inside it`() throws {
    var zone = PrivateZone(name: try ZoneName("shop.internal"))
    #expect(throws: VirtualNetworkError.nameOutsideZone("myshop.internal", zone: "shop.internal")) {
      try zone.add(try ZoneName("myshop.internal"), address: address)
    }
  }

  @Test(arguments: [
    "", ".", "..", ".a", "a..b", "a b", "a\tb", "é.example", String(repeating: "a", count: 64),
    "a." + String(repeating: "b", count: 64) + ".c",
    Array(repeating: "a", count: 128).joined(separator: "."),
  ])
  func `What is not a name is refused`(text: String) {
    #expect(throws: VirtualNetworkError.malformedName(text)) { try ZoneName(text) }
  }

  @Test func `Names may be as long as RFC 1035 allows`() throws {
    let label = String(repeating: "a", count: 63)
    let longest = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
    #expect(longest.utf8.count == 253)
    #expect(try ZoneName(longest + ".").text == longest)
    #expect(throws: VirtualNetworkError.self) { try ZoneName("a" + longest) }
  }

  @Test(arguments: [
    "1.2.3.in-addr.arpa", "0.1.2.3.4.in-addr.arpa", "256.1.1.1.in-addr.arpa",
    "01.1.1.1.in-addr.arpa", "+1.1.1.1.in-addr.arpa", "a.1.1.1.in-addr.arpa", "in-addr.arpa",
  ])
  func `Only four plain numbers make a reverse name`(text: String) throws {
    #expect(try ZoneName(text).reversedAddress == nil)
  }

  @Test func `A reverse name names its address`() {
    #expect(ZoneName.reverse(of: address).text == "20.2.0.10.in-addr.arpa")
    #expect(ZoneName.reverse(of: address).reversedAddress == address)
  }
}
