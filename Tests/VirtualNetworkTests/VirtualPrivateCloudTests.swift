import PacketFormats
import Testing
import VirtualNetwork

@Suite struct VirtualPrivateCloudTests {
  func makeNetwork(_ blocks: IPv4Prefix...) throws(VirtualNetworkError) -> VirtualPrivateCloud {
    try VirtualPrivateCloud(
      name: "shop", blocks: blocks.isEmpty ? [prefix(10, 0, 0, 0, 16)] : blocks, seed: 7)
  }

  // MARK: - Blocks

  @Test func `A VPC needs an address block`() {
    #expect(throws: VirtualNetworkError.noAddressBlock(vpc: "shop")) {
      try VirtualPrivateCloud(name: "shop", blocks: [], seed: 7)
    }
  }

  @Test(arguments: [0, 8, 15, 29, 32])
  func `A block outside the allowed sizes is refused`(length: Int) {
    #expect(
      throws: VirtualNetworkError.blockSizeNotAllowed(vpc: "shop", .v4(prefix(10, 0, 0, 0, length)))
    ) {
      try makeNetwork(prefix(10, 0, 0, 0, length))
    }
  }

  @Test func `Blocks that overlap are refused`() {
    #expect(
      throws: VirtualNetworkError.blocksOverlap(
        vpc: "shop", .v4(prefix(10, 0, 0, 0, 16)), .v4(prefix(10, 0, 3, 0, 24)))
    ) {
      try makeNetwork(prefix(10, 0, 0, 0, 16), prefix(10, 0, 3, 0, 24))
    }
  }

  // MARK: - Subnets

  @Test(arguments: [15, 29])
  func `A subnet outside the allowed sizes is refused`(length: Int) throws {
    var network = try makeNetwork()
    let cidr = prefix(10, 0, 0, 0, length)
    #expect(throws: VirtualNetworkError.subnetSizeNotAllowed(subnet: "a", .v4(cidr))) {
      try network.addSubnet(name: "a", cidr: cidr, zone: "z")
    }
  }

  @Test(arguments: [prefix(10, 1, 0, 0, 24), prefix(192, 168, 0, 0, 16)])
  func `A subnet outside the VPC is refused`(cidr: IPv4Prefix) throws {
    var network = try makeNetwork()
    #expect(
      throws: VirtualNetworkError.subnetOutsideVPC(
        subnet: "a", .v4(cidr), blocks: [.v4(prefix(10, 0, 0, 0, 16))])
    ) {
      try network.addSubnet(name: "a", cidr: cidr, zone: "z")
    }
  }

  @Test func `A subnet wider than its block is refused`() throws {
    var network = try makeNetwork(prefix(10, 0, 4, 0, 24))
    #expect(throws: VirtualNetworkError.self) {
      try network.addSubnet(name: "a", cidr: prefix(10, 0, 4, 0, 23), zone: "z")
    }
  }

  @Test func `Subnets that overlap are refused`() throws {
    var network = try makeNetwork()
    _ = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "z")
    #expect(
      throws: VirtualNetworkError.subnetsOverlap(
        subnet: "b", .v4(prefix(10, 0, 0, 0, 20)), other: "a", .v4(prefix(10, 0, 1, 0, 24)))
    ) {
      try network.addSubnet(name: "b", cidr: prefix(10, 0, 0, 0, 20), zone: "z")
    }
    #expect(network.subnets.count == 1)
  }

  @Test func `A secondary block takes subnets too`() throws {
    var network = try makeNetwork(prefix(10, 0, 0, 0, 24), prefix(100, 64, 0, 0, 16))
    let subnet = try network.addSubnet(name: "a", cidr: prefix(100, 64, 5, 0, 24), zone: "z")
    #expect(network.subnet(containing: IPv4Address(100, 64, 5, 77)) == subnet)
    #expect(network.subnet(containing: IPv4Address(10, 0, 0, 9)) == nil)
    #expect(network.contains(IPv4Address(100, 64, 77, 1)))
    #expect(network.resolverAddress == IPv4Address(10, 0, 0, 2))
  }

  @Test func `Names are unique for each kind of resource`() throws {
    var network = try makeNetwork()
    let subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "z")
    #expect(throws: VirtualNetworkError.nameTaken(.subnet, name: "a")) {
      try network.addSubnet(name: "a", cidr: prefix(10, 0, 2, 0, 24), zone: "z")
    }
    #expect(throws: VirtualNetworkError.nameTaken(.routeTable, name: "main")) {
      try network.addRouteTable(name: "main")
    }
    #expect(throws: VirtualNetworkError.nameTaken(.securityGroup, name: "default")) {
      try network.addSecurityGroup(name: "default")
    }
    _ = try network.addGateway(.regionalNAT, name: "a")
    #expect(throws: VirtualNetworkError.nameTaken(.natGateway, name: "a")) {
      try network.addGateway(.regionalNAT, name: "a")
    }
    let interface = try network.addInterface(name: "a", in: subnet)
    #expect(throws: VirtualNetworkError.nameTaken(.networkInterface, name: "a")) {
      try network.addInterface(name: "a", in: subnet)
    }
    #expect(network.interface(named: "a") == interface)
    #expect(network.subnet(named: "a") == subnet)
    #expect(network.subnet(named: "b") == nil)
    #expect(network.gateway(.natGateway, named: "a") != nil)
    #expect(network.gateway(.internetGateway, named: "a") == nil)
    #expect(network.routeTable(named: "main") == VirtualPrivateCloud.mainRouteTable)
    #expect(network.securityGroup(named: "default") == VirtualPrivateCloud.defaultSecurityGroup)
  }

  // MARK: - Addresses

  @Test(arguments: zip([0, 1, 2, 3, -1], ReservedAddress.allCases))
  func `The five addresses that AWS keeps cannot be had`(
    offset: Int, purpose: ReservedAddress
  ) throws {
    var network = try makeNetwork()
    let cidr = prefix(10, 0, 1, 0, 24)
    let subnet = try network.addSubnet(name: "a", cidr: cidr, zone: "z")
    #expect(throws: VirtualNetworkError.addressReserved(.v4(cidr[offset]), subnet: "a", purpose)) {
      try network.addInterface(name: "host", in: subnet, address: cidr[offset])
    }
    #expect(network.interfaces.isEmpty)
    #expect(network.interface(named: "host") == nil, "a failed attempt must not keep the name")
  }

  @Test func `An address outside the subnet cannot be had`() throws {
    var network = try makeNetwork()
    let cidr = prefix(10, 0, 1, 0, 24)
    let subnet = try network.addSubnet(name: "a", cidr: cidr, zone: "z")
    #expect(
      throws: VirtualNetworkError.addressOutsideSubnet(
        .v4(IPv4Address(10, 0, 2, 9)), subnet: "a", .v4(cidr))
    ) {
      try network.addInterface(name: "host", in: subnet, address: IPv4Address(10, 0, 2, 9))
    }
  }

  @Test func `An address has one holder`() throws {
    var network = try makeNetwork()
    let subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "z")
    let address = IPv4Address(10, 0, 1, 9)
    let first = try network.addInterface(name: "first", in: subnet, address: address)
    #expect(throws: VirtualNetworkError.addressTaken(.v4(address), subnet: "a", holder: "first")) {
      try network.addInterface(name: "second", in: subnet, address: address)
    }
    network.removeInterface(first)
    #expect(network.interface(at: address) == nil)
    let second = try network.addInterface(name: "second", in: subnet, address: address)
    #expect(network.interface(at: address) == second)
    #expect(!network.interfaces[0].exists)
  }

  @Test func `The lowest free address is given first`() throws {
    var network = try makeNetwork()
    let subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 28), zone: "z")
    _ = try network.addInterface(name: "fixed", in: subnet, address: IPv4Address(10, 0, 1, 5))
    var given: [IPv4Address] = []
    var made: [InterfaceIndex] = []
    for number in 0..<10 {
      made.append(try network.addInterface(name: "host-\(number)", in: subnet))
      given.append(network.interfaces.last?.address ?? IPv4Address(0, 0, 0, 0))
    }
    #expect(given == [4, 6, 7, 8, 9, 10, 11, 12, 13, 14].map { IPv4Address(10, 0, 1, $0) })
    #expect(network.subnets[0].freeAddressCount == 0)
    #expect(
      throws: VirtualNetworkError.subnetOutOfIPAddresses(subnet: "a", .v4(prefix(10, 0, 1, 0, 28)))
    ) {
      try network.addInterface(name: "late", in: subnet)
    }
    network.removeInterface(made[3])
    network.removeInterface(made[1])
    network.removeInterface(made[1])
    #expect(network.subnets[0].freeAddressCount == 2)
    _ = try network.addInterface(name: "late", in: subnet)
    #expect(network.interfaces.last?.address == IPv4Address(10, 0, 1, 6))
  }

  // MARK: - Interfaces

  @Test func `Identifiers and Ethernet addresses are the same in every run`() throws {
    let (once, again) = (try Shop().network, try Shop().network)
    #expect(once.interfaces == again.interfaces)
    #expect(once.subnets == again.subnets)
    let other = try VirtualPrivateCloud(name: "other", blocks: [prefix(10, 0, 0, 0, 16)], seed: 7)
    #expect(other.routeTables[0].identifier != once.routeTables[0].identifier)
  }

  @Test func `Adding a resource leaves the others' identifiers alone`() throws {
    var network = try makeNetwork()
    _ = try network.addSubnet(name: "early", cidr: prefix(10, 0, 9, 0, 24), zone: "z")
    let subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "z")
    var lone = try makeNetwork()
    let same = try lone.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "z")
    #expect(
      network.subnets[Int(subnet.rawValue)].identifier
        == lone.subnets[Int(same.rawValue)].identifier)
  }

  @Test func `Ethernet addresses are unique and locally administered`() throws {
    var network = try makeNetwork()
    let subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 0, 0, 16), zone: "z")
    for number in 0..<2_000 { _ = try network.addInterface(name: "\(number)", in: subnet) }
    let addresses = Set(network.interfaces.map(\.linkLayerAddress))
    #expect(addresses.count == 2_000)
    #expect(addresses.allSatisfy { $0.rawValue >> 40 == 0x0a })
    #expect(!addresses.contains(network.subnets[0].gatewayLinkLayerAddress))
  }

  @Test func `A namesake of a deleted interface is another interface`() throws {
    var network = try makeNetwork()
    let subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "z")
    let first = try network.addInterface(name: "eni", in: subnet)
    network.removeInterface(first)
    _ = try network.addInterface(name: "eni", in: subnet)
    #expect(network.interfaces[0].identifier != network.interfaces[1].identifier)
    #expect(network.interfaces[0].linkLayerAddress != network.interfaces[1].linkLayerAddress)
    #expect(network.interfaces[0].address != network.interfaces[1].address)
  }

  @Test func `Lambda's description names the function and ends in a random UUID`() {
    let text = NetworkInterface.lambdaDescription(function: "orders", interface: "eni", seed: 7)
    #expect(text.hasPrefix("AWS Lambda VPC ENI-orders-"))
    let uuid = text.dropFirst("AWS Lambda VPC ENI-orders-".count).split(separator: "-")
    #expect(uuid.map(\.count) == [8, 4, 4, 4, 12])
    #expect(uuid[2].first == "4")
    #expect(uuid[3].first.map { "89ab".contains($0) } == true)
    #expect(
      text == NetworkInterface.lambdaDescription(function: "orders", interface: "eni", seed: 7))
    #expect(
      text != NetworkInterface.lambdaDescription(function: "orders", interface: "eni-2", seed: 7))
  }

  // MARK: - Security groups

  @Test func `An interface has at most five groups, none of them twice`() throws {
    var network = try makeNetwork()
    let subnet = try network.addSubnet(name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "z")
    var groups: [SecurityGroupIndex] = []
    for number in 0..<6 { groups.append(try network.addSecurityGroup(name: "group-\(number)")) }
    #expect(
      throws: VirtualNetworkError.tooManySecurityGroups(interface: "eni", count: 6, limit: 5)
    ) {
      try network.addInterface(name: "eni", in: subnet, securityGroups: groups)
    }
    let index = try network.addInterface(
      name: "eni", in: subnet, securityGroups: Array(groups.prefix(5)))
    #expect(
      throws: VirtualNetworkError.securityGroupRepeated(interface: "eni", group: "group-0")
    ) {
      try network.setSecurityGroups([groups[0], groups[1], groups[0]], of: index)
    }
    try network.setSecurityGroups([], of: index)
    #expect(network.interfaces[0].securityGroups == [VirtualPrivateCloud.defaultSecurityGroup])
  }

  @Test func `A new group lets everything out, unless it states its egress`() throws {
    var network = try makeNetwork()
    let open = try network.addSecurityGroup(name: "open")
    let stated = try network.addSecurityGroup(name: "stated", allowsAllEgress: false)
    let groups = network.securityGroups
    #expect(groups[Int(open.rawValue)].ingress.isEmpty)
    #expect(groups[Int(open.rawValue)].egress == [SecurityGroupRule(.all, peer: .anywhere)])
    #expect(groups[Int(stated.rawValue)].rules(.egress).isEmpty)
  }

  @Test func `A rule is there once, and what is not there cannot be revoked`() throws {
    var network = try makeNetwork()
    let group = try network.addSecurityGroup(name: "web")
    let rule = SecurityGroupRule(.tcp(443...443), peer: .anywhere)
    #expect(throws: VirtualNetworkError.ruleNotFound(group: "web", .ingress, rule)) {
      try network.revoke(rule, .ingress, in: group)
    }
    try network.authorize(rule, .ingress, in: group)
    #expect(throws: VirtualNetworkError.ruleExists(group: "web", .ingress, rule)) {
      try network.authorize(rule, .ingress, in: group)
    }
    try network.authorize(rule, .egress, in: group)
    try network.revoke(rule, .ingress, in: group)
    #expect(network.securityGroups[Int(group.rawValue)].ingress.isEmpty)
    #expect(network.securityGroups[Int(group.rawValue)].egress.count == 2)
    #expect(throws: VirtualNetworkError.icmpCodeWithoutType(group: "web", code: 4)) {
      try network.authorize(
        SecurityGroupRule(.icmp(type: nil, code: 4), peer: .anywhere), .ingress, in: group)
    }
  }

  @Test func `Every error says in words what is wrong`() {
    let error = VirtualNetworkError.subnetsOverlap(
      subnet: "b", .v4(prefix(10, 0, 1, 0, 24)), other: "a", .v4(prefix(10, 0, 0, 0, 23)))
    #expect("\(error)" == "10.0.1.0/24 of subnet b overlaps 10.0.0.0/23 of subnet a")
    let rule = SecurityGroupRule(.tcp(443...443), peer: .anywhere)
    let block = prefix(10, 0, 0, 0, 16)
    let all: [VirtualNetworkError] = [
      .noAddressBlock(vpc: "v"), .blockSizeNotAllowed(vpc: "v", .v4(block)),
      .blocksOverlap(vpc: "v", .v4(block), .v4(block)),
      .subnetSizeNotAllowed(subnet: "s", .v4(block)),
      .subnetOutsideVPC(subnet: "s", .v4(block), blocks: [.v4(block)]),
      .addressOutsideSubnet(.v4(block[0]), subnet: "s", .v4(block)),
      .addressReserved(.v4(block[1]), subnet: "s", .router),
      .addressTaken(.v4(block[9]), subnet: "s", holder: "h"),
      .subnetOutOfIPAddresses(subnet: "s", .v4(block)),
      .tooManySecurityGroups(interface: "i", count: 6, limit: 5),
      .securityGroupRepeated(interface: "i", group: "g"), .nameTaken(.subnet, name: "s"),
      .ruleExists(group: "g", .ingress, rule), .ruleNotFound(group: "g", .egress, rule),
      .icmpCodeWithoutType(group: "g", code: 4), .routeExists(table: "t", destination: "d"),
      .routeNotFound(table: "t", destination: "d"), .localRouteIsFixed(table: "t", .v4(block)),
      .routeInsideVPC(table: "t", .v4(block)), .malformedName(".."),
      .nameOutsideZone("n", zone: "z"), .timeoutOutOfRange("t", seconds: 1, allowed: 2...3),
    ]
    #expect(Set(all.map(\.description)).count == all.count)
    #expect(all.allSatisfy { $0.description.count > 15 })
  }
}
