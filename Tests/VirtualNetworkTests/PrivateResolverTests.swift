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
        == .addresses([.v4(address)], timeToLive: 60))
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
        == .addresses([.v4(IPv4Address(10, 0, 9, 9))], timeToLive: 5))
    #expect(resolver.addresses(of: try ZoneName("a.b.shop.internal")) == .noSuchName)
    #expect(
      resolver.addresses(of: try ZoneName("postgres.shop.internal"))
        == .addresses([.v4(address)], timeToLive: 60))
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
        == .addresses([.v4(address), .v4(IPv4Address(10, 0, 2, 30))], timeToLive: 60))
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

@Suite struct ResolverRuleTests {
  func name(_ text: String) throws(VirtualNetworkError) -> ZoneName { try ZoneName(text) }

  @Test func `A rule forwards its domain, and the most specific of rules and zones decides`() throws
  {
    let targets: [IPAddress] = [.v4(IPv4Address(10, 8, 0, 53))]
    let address = IPAddress.v4(IPv4Address(10, 0, 2, 20))
    var resolver = PrivateResolver()
    resolver.add(try ResolverRule(domain: try name("example.com"), targets: targets))
    #expect(resolver.addresses(of: try name("www.example.com")) == .forward(to: targets))
    #expect(resolver.other(try name("example.com")) == .forward(to: targets))
    #expect(resolver.addresses(of: try name("example.org")) == .notPrivate)
    var zone = PrivateZone(name: try name("corp.example.com"))
    try zone.add(try name("db.corp.example.com"), address: address)
    resolver.add(zone)
    #expect(
      resolver.addresses(of: try name("db.corp.example.com"))
        == .addresses([address], timeToLive: 60))
    // Of the same domain, the rule wins.
    resolver.add(try ResolverRule(domain: try name("corp.example.com"), targets: targets))
    #expect(resolver.addresses(of: try name("db.corp.example.com")) == .forward(to: targets))
    // More specific, and again another answer.
    resolver.add(
      try ResolverRule(domain: try name("8.10.in-addr.arpa"), targets: targets))
    #expect(resolver.pointer(of: try name("1.0.8.10.in-addr.arpa")) == .forward(to: targets))
  }

  @Test(arguments: [0, 7])
  func `A rule has one to six targets`(count: Int) throws {
    let domain = try name("example.com")
    let targets = Array(repeating: IPAddress.v4(IPv4Address(10, 8, 0, 53)), count: count)
    #expect(
      throws: VirtualNetworkError.resolverTargetCountNotAllowed(domain: "example.com", count: count)
    ) { try ResolverRule(domain: domain, targets: targets) }
  }

  @Test func `A family that a name does not have is no data`() throws {
    let ipv6 = IPAddress.v6(IPv6Address(0x2001, 0xdb8, 0, 0, 0, 0, 0, 5))
    var zone = PrivateZone(name: try name("corp"))
    try zone.add(try name("db.corp"), address: ipv6)
    #expect(
      zone.addresses(of: try name("db.corp"), family: .v6) == .addresses([ipv6], timeToLive: 60))
    #expect(zone.addresses(of: try name("db.corp")) == .noData)
  }

  @Test func `An asterisk stands for what does not exist at its place alone`() throws {
    let address = IPAddress.v4(IPv4Address(10, 0, 2, 20))
    var zone = PrivateZone(name: try name("corp"))
    try zone.add(try name("*.apps.corp"), address: address)
    try zone.add(try name("a.real.apps.corp"), address: address)
    let found = ResolverAnswer.addresses([address], timeToLive: 60)
    #expect(zone.addresses(of: try name("x.apps.corp")) == found)
    #expect(zone.addresses(of: try name("y.x.apps.corp")) == found)
    #expect(zone.addresses(of: try name("real.apps.corp")) == .noData)
    #expect(zone.addresses(of: try name("b.real.apps.corp")) == .noSuchName)
    #expect(zone.addresses(of: try name("x.corp")) == .noSuchName)
  }

  @Test func `An alias is followed through zones, and circles end`() throws {
    let address = IPAddress.v4(IPv4Address(10, 0, 2, 20))
    var zone = PrivateZone(name: try name("corp"))
    try zone.add(try name("www.corp"), aliasOf: try name("web.shop"))
    try zone.add(try name("out.corp"), aliasOf: try name("example.com"))
    try zone.add(try name("a.corp"), aliasOf: try name("b.corp"))
    try zone.add(try name("b.corp"), aliasOf: try name("a.corp"))
    var shop = PrivateZone(name: try name("shop"))
    try shop.add(try name("web.shop"), address: address)
    var resolver = PrivateResolver()
    resolver.add(zone)
    resolver.add(shop)
    #expect(
      resolver.addresses(of: try name("www.corp"))
        == .alias([try name("web.shop")], addresses: [address], timeToLive: 60))
    #expect(
      resolver.addresses(of: try name("out.corp"))
        == .alias([try name("example.com")], addresses: [], timeToLive: 60))
    #expect(resolver.addresses(of: try name("a.corp")) == .noData)
    let error = VirtualNetworkError.aliasBesideOthers("www.corp", zone: "corp")
    #expect(throws: error) { try zone.add(try name("www.corp"), address: address) }
    #expect(throws: error) { try zone.add(try name("www.corp"), aliasOf: try name("x.corp")) }
  }

  @Test func `A service's public name leads to its endpoint`() throws {
    let addresses: [IPAddress] = [.v4(IPv4Address(10, 0, 1, 7)), .v4(IPv4Address(10, 0, 2, 7))]
    var resolver = PrivateResolver()
    resolver.add(.endpoint(try name("sqs.us-east-1.amazonaws.com"), addresses: addresses))
    #expect(
      resolver.addresses(of: try name("SQS.us-east-1.amazonaws.com."))
        == .addresses(addresses, timeToLive: 60))
    #expect(resolver.addresses(of: try name("s3.us-east-1.amazonaws.com")) == .notPrivate)
  }
}
