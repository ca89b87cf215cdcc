import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

@Suite struct InterfaceAddressTests {
  /// A dual-stack VPC with one subnet and one interface.
  struct Dual {
    var network: VirtualPrivateCloud
    let subnet: SubnetIndex
    let eni: InterfaceIndex

    init() throws(VirtualNetworkError) {
      network = try VirtualPrivateCloud(
        name: "dual", blocks: [prefix(10, 0, 0, 0, 16)],
        ipv6Blocks: [ipv6Prefix(0x2001, 0xdb8, 0x1200, 0, 56)], seed: 7)
      subnet = try network.addSubnet(
        name: "a", cidr: prefix(10, 0, 1, 0, 24),
        ipv6CIDR: ipv6Prefix(0x2001, 0xdb8, 0x1200, 1, 64), zone: "z")
      eni = try network.addInterface(name: "eni", in: subnet)
    }
  }

  func ipv6(_ last: UInt16) -> IPv6Address {
    IPv6Address(0x2001, 0xdb8, 0x1200, 1, 0, 0, 0, last)
  }

  @Test func `All addresses of an interface lead to it, and are free again behind it`() throws {
    var dual = try Dual()
    let free = dual.network.subnets[0].freeAddressCount
    let secondary = try dual.network.assignPrivateAddress(to: dual.eni)
    #expect(secondary == IPv4Address(10, 0, 1, 5))
    let given = try dual.network.assignIPv6Address(to: dual.eni)
    #expect(given == ipv6(4))
    #expect(try dual.network.assignIPv6Address(ipv6(5), to: dual.eni) == ipv6(5))
    #expect(try dual.network.assignIPv6Address(to: dual.eni) == ipv6(6))
    let block = try dual.network.assignPrefix(.v4, to: dual.eni)
    #expect(block == .v4(prefix(10, 0, 1, 16, 28)))
    let large = try dual.network.assignPrefix(.v6, to: dual.eni)
    #expect(large.description == "2001:db8:1200:1:1::/80")
    try dual.network.associateAddress(IPv4Address(203, 0, 113, 9), with: secondary, of: dual.eni)
    let interface = dual.network.interfaces[0]
    #expect(interface.allAddresses.count == 5)
    #expect(interface.publicAddress(of: secondary) == IPv4Address(203, 0, 113, 9))
    #expect(interface.publicAddress(of: interface.address) == nil)
    #expect(dual.network.association(of: IPv4Address(203, 0, 113, 9))?.privateAddress == secondary)
    #expect(dual.network.subnets[0].freeAddressCount == free - 17)
    let everything =
      interface.allAddresses + [
        .v4(IPv4Address(10, 0, 1, 31)), .v6(IPv6Address(0x2001, 0xdb8, 0x1200, 1, 1, 9, 9, 9)),
      ]
    for address in everything { #expect(dual.network.interface(at: address) == dual.eni) }
    #expect(
      dual.network.linkLayerAddress(of: ipv6(5), seenFrom: dual.subnet)
        == interface.linkLayerAddress)
    dual.network.removeInterface(dual.eni)
    for address in everything { #expect(dual.network.interface(at: address) == nil) }
    #expect(dual.network.association(of: IPv4Address(203, 0, 113, 9)) == nil)
    #expect(dual.network.subnets[0].freeAddressCount == free + 1)
    #expect(dual.network.interfaces[0].allAddresses.count == 1)
  }

  @Test func `Addresses that cannot be had are refused`() throws {
    var dual = try Dual()
    let other = try dual.network.addInterface(name: "other", in: dual.subnet)
    try dual.network.assignIPv6Address(ipv6(9), to: other)
    let block = ipv6Prefix(0x2001, 0xdb8, 0x1200, 1, 64)
    for (last, purpose) in zip(
      [0, 1, 2, 3] as [UInt16], [ReservedAddress.network, .router, .resolver, .future])
    {
      #expect(throws: VirtualNetworkError.addressReserved(.v6(ipv6(last)), subnet: "a", purpose)) {
        try dual.network.assignIPv6Address(ipv6(last), to: dual.eni)
      }
    }
    let highest = IPv6Address(high: block.address.high, low: .max)
    #expect(throws: VirtualNetworkError.addressReserved(.v6(highest), subnet: "a", .broadcast)) {
      try dual.network.assignIPv6Address(highest, to: dual.eni)
    }
    #expect(throws: VirtualNetworkError.addressTaken(.v6(ipv6(9)), subnet: "a", holder: "other")) {
      try dual.network.assignIPv6Address(ipv6(9), to: dual.eni)
    }
    let foreign = IPv6Address(0x2001, 0xdb8, 0x1200, 2, 0, 0, 0, 9)
    #expect(throws: VirtualNetworkError.addressOutsideSubnet(.v6(foreign), subnet: "a", .v6(block)))
    {
      try dual.network.assignIPv6Address(foreign, to: dual.eni)
    }
    let single = try dual.network.addSubnet(name: "b", cidr: prefix(10, 0, 2, 0, 28), zone: "z")
    let lone = try dual.network.addInterface(name: "lone", in: single)
    #expect(throws: VirtualNetworkError.subnetIsIPv4Only(subnet: "b")) {
      try dual.network.assignIPv6Address(to: lone)
    }
    #expect(throws: VirtualNetworkError.subnetIsIPv4Only(subnet: "b")) {
      try dual.network.assignPrefix(.v6, to: lone)
    }
    #expect(
      throws: VirtualNetworkError.subnetOutOfIPAddresses(subnet: "b", .v4(prefix(10, 0, 2, 0, 28)))
    ) { try dual.network.assignPrefix(.v4, to: lone) }
    for wrong in [prefix(10, 0, 1, 0, 28), prefix(10, 0, 1, 32, 29), prefix(10, 0, 2, 16, 28)] {
      #expect(throws: VirtualNetworkError.prefixNotAvailable(.v4(wrong), subnet: "a")) {
        try dual.network.assignPrefix(.v4(wrong), to: dual.eni)
      }
    }
    let lowest = IPv6Prefix(block.address, length: 80)
    #expect(throws: VirtualNetworkError.prefixNotAvailable(.v6(lowest), subnet: "a")) {
      try dual.network.assignPrefix(.v6(lowest), to: dual.eni)
    }
    let address = IPv4Address(203, 0, 113, 9)
    #expect(
      throws: VirtualNetworkError.addressNotOfInterface(IPv4Address(10, 0, 1, 99), interface: "eni")
    ) {
      try dual.network.associateAddress(address, with: IPv4Address(10, 0, 1, 99), of: dual.eni)
    }
    try dual.network.associateAddress(address, of: dual.eni)
    #expect(throws: VirtualNetworkError.publicAddressTaken(address, holder: "eni")) {
      try dual.network.associateAddress(address, of: other)
    }
    #expect(throws: VirtualNetworkError.publicAddressTaken(address, holder: "eni")) {
      try dual.network.associateAddress(IPv4Address(203, 0, 113, 10), of: dual.eni)
    }
  }

  @Test func `The source check knows all addresses, and no others`() throws {
    var dual = try Dual()
    try dual.network.assignIPv6Address(to: dual.eni)
    try dual.network.assignPrivateAddress(to: dual.eni)
    _ = try dual.network.assignPrefix(.v6, to: dual.eni)
    let other = try dual.network.addInterface(name: "other", in: dual.subnet)
    try dual.network.assignIPv6Address(to: other)
    var plane = DataPlane(dual.network)
    let far = IPAddress.v6(ipv6(5))
    func verdict(_ source: IPAddress) -> PathVerdict {
      let key = plane.flowKey(
        .udp, source: source, sourcePort: 1,
        destination: source.family == .v6 ? far : .v4(IPv4Address(10, 0, 1, 6)), destinationPort: 2)
      let out = plane.egress(key, from: dual.eni, now: .start)
      #expect(
        out.verdict == .accept
          || plane.decision(out.decision).reasons.last?.code == .sourceDestinationCheck)
      return out.verdict
    }
    #expect(verdict(.v4(IPv4Address(10, 0, 1, 4))) == .accept)
    #expect(verdict(.v4(IPv4Address(10, 0, 1, 5))) == .accept)
    #expect(verdict(.v4(IPv4Address(10, 0, 1, 6))) == .reject)
    #expect(verdict(.v6(ipv6(4))) == .accept)
    #expect(verdict(.v6(ipv6(5))) == .reject)
    #expect(verdict(.v6(IPv6Address(0x2001, 0xdb8, 0x1200, 1, 1, 0, 0, 1))) == .accept)
    #expect(verdict(.v6(IPv6Address(0x2001, 0xdb8, 0x1200, 1, 2, 0, 0, 1))) == .reject)
  }

  @Test func `An interface of a gateway has no groups and forwards`() throws {
    var dual = try Dual()
    #expect(throws: VirtualNetworkError.securityGroupsNotAllowed(interface: "nat", .natGateway)) {
      try dual.network.addInterface(
        name: "nat", in: dual.subnet, securityGroups: [VirtualPrivateCloud.defaultSecurityGroup],
        type: .natGateway)
    }
    let nat = try dual.network.addInterface(name: "nat", in: dual.subnet, type: .natGateway)
    let interface = dual.network.interfaces[Int(nat.rawValue)]
    #expect(interface.securityGroups.isEmpty)
    #expect(!interface.checksSourceAndDestination)
    var plane = DataPlane(dual.network)
    let key = FlowKey(
      .tcp, source: IPv4Address(10, 0, 1, 4), sourcePort: 1, destination: IPv4Address(8, 8, 8, 8),
      destinationPort: 443)
    let arrived = plane.ingress(key, flags: .syn, at: nat, fromSubnet: dual.subnet, now: .start)
    #expect(arrived.verdict == .accept)
    #expect(plane.decision(arrived.decision).reasons.map(\.code) == [.noSecurityGroups])
  }

  // MARK: - Blocks

  @Test func `Blocks of IPv6 have the lengths that AWS allows`() throws {
    for length in [40, 57, 64] {
      let block = ipv6Prefix(0x2001, 0xdb8, 0x1200, 0, length)
      #expect(throws: VirtualNetworkError.blockSizeNotAllowed(vpc: "v", .v6(block))) {
        try VirtualPrivateCloud(
          name: "v", blocks: [prefix(10, 0, 0, 0, 16)], ipv6Blocks: [block], seed: 1)
      }
    }
    var dual = try Dual()
    for length in [62, 65] {
      let block = ipv6Prefix(0x2001, 0xdb8, 0x1200, 4, length)
      #expect(throws: VirtualNetworkError.subnetSizeNotAllowed(subnet: "b", .v6(block))) {
        try dual.network.addSubnet(
          name: "b", cidr: prefix(10, 0, 2, 0, 24), ipv6CIDR: block, zone: "z")
      }
    }
    let outside = ipv6Prefix(0x2001, 0xdb8, 0x1300, 0, 64)
    #expect(
      throws: VirtualNetworkError.subnetOutsideVPC(
        subnet: "b", .v6(outside), blocks: [.v6(ipv6Prefix(0x2001, 0xdb8, 0x1200, 0, 56))])
    ) {
      try dual.network.addSubnet(
        name: "b", cidr: prefix(10, 0, 2, 0, 24), ipv6CIDR: outside, zone: "z")
    }
    let taken = ipv6Prefix(0x2001, 0xdb8, 0x1200, 1, 64)
    #expect(
      throws: VirtualNetworkError.subnetsOverlap(subnet: "b", .v6(taken), other: "a", .v6(taken))
    ) {
      try dual.network.addSubnet(
        name: "b", cidr: prefix(10, 0, 2, 0, 24), ipv6CIDR: taken, zone: "z")
    }
    let many = (0..<6).map { prefix(10, UInt8($0), 0, 0, 16) }
    #expect(throws: VirtualNetworkError.tooManyBlocks(vpc: "v", .v4, count: 6, limit: 5)) {
      try VirtualPrivateCloud(name: "v", blocks: many, seed: 1)
    }
    #expect(
      throws: VirtualNetworkError.blocksOverlap(
        vpc: "v", .v6(ipv6Prefix(0x2001, 0xdb8, 0, 0, 44)), .v6(ipv6Prefix(0x2001, 0xdb8, 1, 0, 48))
      )
    ) {
      try VirtualPrivateCloud(
        name: "v", blocks: [prefix(10, 0, 0, 0, 16)],
        ipv6Blocks: [ipv6Prefix(0x2001, 0xdb8, 0, 0, 44), ipv6Prefix(0x2001, 0xdb8, 1, 0, 48)],
        seed: 1)
    }
  }

  @Test func `DHCP names four resolvers at most, and a domain that is one`() throws {
    var dual = try Dual()
    let server = IPAddress.v4(IPv4Address(10, 0, 1, 53))
    try dual.network.setDHCPOptions(
      DHCPOptions(domainName: "shop.internal", domainNameServers: [server]))
    #expect(dual.network.dhcpOptions.domainNameServers == [server])
    #expect(throws: VirtualNetworkError.tooManyNameServers(vpc: "dual", count: 5)) {
      try dual.network.setDHCPOptions(
        DHCPOptions(domainNameServers: Array(repeating: server, count: 5)))
    }
    #expect(throws: VirtualNetworkError.malformedName("a..b")) {
      try dual.network.setDHCPOptions(DHCPOptions(domainName: "a..b"))
    }
  }

  @Test func `A group of a VPC with IPv6 lets everything of both families out`() throws {
    var dual = try Dual()
    let group = try dual.network.addSecurityGroup(name: "web")
    #expect(
      dual.network.securityGroups[Int(group.rawValue)].egress == [
        SecurityGroupRule(.all, peer: .anywhere), SecurityGroupRule(.all, peer: .anywhereIPv6),
      ])
    #expect(dual.network.networkACLs[0].ingress.map(\.number) == [100, 101])
  }
}
