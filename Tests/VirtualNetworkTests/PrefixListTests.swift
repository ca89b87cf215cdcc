import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Prefix lists and groups of other VPCs as peers of rules.
@Suite struct PrefixListTests {
  @Test func `A rule follows its prefix list`() throws {
    let shop = try Shop()
    var network = shop.network
    let list = try network.addPrefixList(
      name: "offices", entries: [.v4(prefix(10, 8, 0, 0, 16))], maximumEntryCount: 3)
    try network.authorize(
      SecurityGroupRule(.tcp(22...22), peer: .prefixList(list)), .ingress, in: shop.database)
    var plane = DataPlane(network)
    func verdict(_ source: IPv4Address) -> (PathVerdict, String?) {
      let key = FlowKey(
        .tcp, source: source, sourcePort: 9, destination: IPv4Address(10, 0, 2, 20),
        destinationPort: 22)
      let decision = plane.ingress(key, flags: .syn, at: shop.postgres, now: .start)
      return (decision.verdict, plane.decision(decision.decision).reasons.first?.sentence)
    }
    let identifier = network.prefixLists[0].identifier
    let allowed = verdict(IPv4Address(10, 8, 3, 3))
    #expect(allowed.0 == .accept)
    #expect(allowed.1?.hasSuffix("the ingress rule tcp 22 from offices (\(identifier))") == true)
    #expect(verdict(IPv4Address(10, 9, 3, 3)).0 == .reject)
    try plane.update { (network) throws(VirtualNetworkError) in
      try network.setEntries(of: list, [.v4(prefix(10, 9, 0, 0, 16))])
    }
    #expect(verdict(IPv4Address(10, 9, 3, 3)).0 == .accept)
  }

  @Test func `Lists that cannot be had are refused`() throws {
    var network = try Shop().network
    let a = IPPrefix.v4(prefix(10, 8, 0, 0, 16))
    let b = IPPrefix.v6(ipv6Prefix(0x2001, 0xdb8, 0, 0, 32))
    #expect(throws: VirtualNetworkError.prefixListFamiliesMixed(list: "l", b, .v4)) {
      try network.addPrefixList(name: "l", entries: [a, b])
    }
    #expect(throws: VirtualNetworkError.prefixListEntryRepeated(list: "l", a)) {
      try network.addPrefixList(name: "l", entries: [a, a])
    }
    #expect(throws: VirtualNetworkError.tooManyPrefixListEntries(list: "l", count: 2, limit: 1)) {
      try network.addPrefixList(
        name: "l", entries: [a, .v4(prefix(10, 9, 0, 0, 16))], maximumEntryCount: 1)
    }
    for count in [0, 1001] {
      #expect(throws: VirtualNetworkError.prefixListSizeNotAllowed(list: "l", count: count)) {
        try network.addPrefixList(name: "l", entries: [], maximumEntryCount: count)
      }
    }
    let list = try network.addPrefixList(name: "l", entries: [b])
    #expect(network.prefixLists[0].family == .v6)
    #expect(throws: VirtualNetworkError.nameTaken(.prefixList, name: "l")) {
      try network.addPrefixList(name: "l", entries: [])
    }
    #expect(throws: VirtualNetworkError.prefixListFamiliesMixed(list: "l", a, .v6)) {
      try network.setEntries(of: list, [a])
    }
    #expect(network.prefixLists[0].entries == [b])
  }

  @Test func `A list counts as its maximum among the rules of a group`() throws {
    let shop = try Shop()
    var network = shop.network
    let list = try network.addPrefixList(name: "l", entries: [], maximumEntryCount: 59)
    try network.authorize(
      SecurityGroupRule(.all, peer: .prefixList(list)), .ingress, in: shop.database)
    #expect(
      throws: VirtualNetworkError.tooManyRules(group: "database", .ingress, count: 61, limit: 60)
    ) {
      try network.authorize(SecurityGroupRule(.all, peer: .anywhere), .ingress, in: shop.database)
    }
    // The other family and the other direction have room of their own.
    try network.authorize(SecurityGroupRule(.all, peer: .anywhereIPv6), .ingress, in: shop.database)
    try network.authorize(SecurityGroupRule(.all, peer: .anywhere), .egress, in: shop.database)
  }

  @Test func `A group of a peered VPC means its members of now`() throws {
    let shop = try Shop()
    var network = shop.network
    let peering = try network.addGateway(.peering, name: "pcx")
    let internet = try network.addGateway(.internet, name: "igw")
    #expect(throws: VirtualNetworkError.notAPeer(group: "app", vpc: "other", gateway: "igw")) {
      try network.addPeeredGroup(name: "app", vpc: "other", through: internet)
    }
    let group = try network.addPeeredGroup(
      name: "app", vpc: "other", account: "111122223333", through: peering)
    #expect(throws: VirtualNetworkError.nameTaken(.securityGroup, name: "other/app")) {
      try network.addPeeredGroup(name: "app", vpc: "other", through: peering)
    }
    try network.authorize(
      SecurityGroupRule(.tcp(5432...5432), peer: .peeredSecurityGroup(group)), .ingress,
      in: shop.database)
    var plane = DataPlane(network)
    let key = FlowKey(
      .tcp, source: IPv4Address(10, 2, 0, 9), sourcePort: 9, destination: IPv4Address(10, 0, 2, 20),
      destinationPort: 5432)
    #expect(plane.ingress(key, flags: .syn, at: shop.postgres, now: .start).verdict == .reject)
    try plane.update { (network) throws(VirtualNetworkError) in
      network.setMembers(
        of: group, [.v4(IPv4Address(10, 2, 0, 10)), .v4(IPv4Address(10, 2, 0, 9))])
    }
    let allowed = plane.ingress(key, flags: .syn, at: shop.postgres, now: .start)
    #expect(allowed.verdict == .accept)
    #expect(
      plane.decision(allowed.decision).reasons[0].sentence.contains("from app of VPC other (sg-"))
    // The connection lives on when the member leaves.
    try plane.update { (network) throws(VirtualNetworkError) in network.setMembers(of: group, []) }
    #expect(plane.ingress(key, flags: .ack, at: shop.postgres, now: .start).verdict == .accept)
  }
}
