import Testing
import VirtualNetwork

@Suite struct ResourceIdentifierTests {
  @Test func `An identifier is its kind and seventeen hexadecimal digits`() {
    let identifier = ResourceIdentifier(.networkInterface, name: "shop/orders", seed: 7)
    #expect(identifier.rawValue.hasPrefix("eni-0"))
    #expect(identifier.rawValue.count == 4 + 17)
    #expect(identifier.rawValue.dropFirst(4).allSatisfy { $0.isHexDigit })
  }

  @Test func `Seed, kind and name each make a difference, and nothing else does`() {
    let identifier = ResourceIdentifier(.subnet, name: "shop/a", seed: 7)
    #expect(identifier == ResourceIdentifier(.subnet, name: "shop/a", seed: 7))
    #expect(identifier != ResourceIdentifier(.subnet, name: "shop/a", seed: 8))
    #expect(identifier != ResourceIdentifier(.subnet, name: "shop/b", seed: 7))
    #expect(
      identifier.rawValue.suffix(17)
        != ResourceIdentifier(.routeTable, name: "shop/a", seed: 7).rawValue.suffix(17))
  }

  @Test func `Identifiers stay the same from release to release`() {
    // Captures that have been published name these; a change here changes every one of them.
    #expect(
      ResourceIdentifier(.virtualPrivateCloud, name: "shop", seed: 7).rawValue
        == "vpc-0db35be6e2efd8a51")
  }
}
