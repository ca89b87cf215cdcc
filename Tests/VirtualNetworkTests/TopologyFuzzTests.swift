import PacketFormats
import TestSupport
import Testing
import VirtualNetwork

/// Whatever is asked for, the answer is a typed error or a network that AWS would accept.
@Suite struct TopologyFuzzTests {
  #if DEBUG
    static let steps = 500
  #else
    static let steps = 10_000
  #endif

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func `No sequence of requests traps or breaks an invariant`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var network = try VirtualPrivateCloud(
      name: "fuzz", blocks: [prefix(10, 0, 0, 0, 22), prefix(100, 64, 0, 0, 28)],
      ipv6Blocks: [ipv6Prefix(0x2001, 0xdb8, 0, 0, 56)], seed: seed)
    var refused = 0
    for _ in 0..<Self.steps {
      do {
        try Self.step(&network, &random)
      } catch {
        refused += 1
        #expect(!error.description.isEmpty)
      }
    }
    #expect(refused > Self.steps / 20)
    try Self.check(network)
  }

  static func step(
    _ network: inout VirtualPrivateCloud, _ random: inout SplitMix64
  ) throws(VirtualNetworkError) {
    let address = IPv4Address(
      rawValue: 0x0a00_0000 | .random(in: 0..<0x800, using: &random))
    let name = "\(UInt8.random(in: 0..<200, using: &random))"
    let cidr = IPv4Prefix(address, length: .random(in: 14...32, using: &random))
    let subnet = SubnetIndex(
      rawValue: .random(in: 0...UInt32(network.subnets.count), using: &random))
    let hasSubnet = Int(subnet.rawValue) < network.subnets.count
    let interface = InterfaceIndex(
      rawValue: .random(in: 0...UInt32(network.interfaces.count), using: &random))
    let hasInterface = Int(interface.rawValue) < network.interfaces.count
    let group = SecurityGroupIndex(
      rawValue: .random(in: 0..<UInt32(network.securityGroups.count), using: &random))
    let table = RouteTableIndex(
      rawValue: .random(in: 0..<UInt32(network.routeTables.count), using: &random))
    switch Int.random(in: 0..<24, using: &random) {
    case 0:
      let block = ipv6Prefix(0x2001, 0xdb8, 0, .random(in: 0..<64, using: &random), 64)
      _ = try network.addSubnet(
        name: name, cidr: cidr, ipv6CIDR: Bool.random(using: &random) ? block : nil, zone: "z",
        routeTable: table)
    case 1: _ = try network.addRouteTable(name: name)
    case 2: _ = try network.addSecurityGroup(name: name)
    case 3: _ = try network.addGateway(.regionalNAT, name: name)
    case 4: try network.addRoute(Route(to: cidr, via: .blackhole), to: table)
    case 5: try network.removeRoute(to: cidr, from: table)
    case 6 where hasInterface:
      try network.addRoute(Route(to: cidr, via: .networkInterface(interface)), to: table)
    case 7 where hasInterface: network.removeInterface(interface)
    case 8 where hasInterface:
      try network.setSecurityGroups(
        [group, VirtualPrivateCloud.defaultSecurityGroup], of: interface)
    case 9:
      let rule = SecurityGroupRule(.tcp(0...UInt16(cidr.length)), peer: .securityGroup(group))
      try network.authorize(rule, .ingress, in: group)
    case 10 where hasSubnet:
      _ = try network.addInterface(name: name, in: subnet, address: address)
    case 11 where hasSubnet:
      _ = try network.addInterface(name: name, in: subnet, securityGroups: [group])
    case 12...23 where hasInterface: try changeMore(&network, interface, &random)
    default: break
    }
  }

  /// What interfaces, lists and ACLs can be asked for.
  static func changeMore(
    _ network: inout VirtualPrivateCloud, _ index: InterfaceIndex, _ random: inout SplitMix64
  ) throws(VirtualNetworkError) {
    let address = IPv4Address(rawValue: 0x0a00_0000 | .random(in: 0..<0x800, using: &random))
    let block = IPPrefix.v4(IPv4Prefix(address, length: .random(in: 27...29, using: &random)))
    let number = Int.random(in: -1...40, using: &random)
    let last = UInt16.random(in: 0..<64, using: &random)
    let ipv6 = IPv6Address(0x2001, 0xdb8, 0, last, 0, 0, 0, last)
    // A deleted interface can be asked for nothing more: only one that exists has a subnet to draw from.
    guard network.interfaces[Int(index.rawValue)].exists else { return }
    switch Int.random(in: 0..<12, using: &random) {
    case 0: try network.assignPrivateAddress(address, to: index)
    case 1: try network.assignPrivateAddress(to: index)
    case 2: try network.assignIPv6Address(ipv6, to: index)
    case 3: try network.assignIPv6Address(to: index)
    case 4: try network.assignPrefix(block, to: index)
    case 5: _ = try network.assignPrefix(Bool.random(using: &random) ? .v4 : .v6, to: index)
    case 6: try network.associateAddress(IPv4Address(203, 0, 113, UInt8(last)), of: index)
    case 7: _ = try network.addNetworkACL(name: "\(number)")
    case 8:
      try network.addRule(
        NetworkACLRule(number, .deny, peer: block), .ingress,
        to: VirtualPrivateCloud.defaultNetworkACL)
    case 9:
      try network.removeRule(number, .ingress, from: VirtualPrivateCloud.defaultNetworkACL)
    case 10:
      _ = try network.addPrefixList(name: "\(number)", entries: [block], maximumEntryCount: number)
    default:
      guard let list = network.prefixList(named: "\(number)") else { return }
      try network.addRoute(
        Route(to: .prefixList(list), via: .blackhole), to: VirtualPrivateCloud.mainRouteTable)
    }
  }

  static func check(_ network: VirtualPrivateCloud) throws {
    for (position, subnet) in network.subnets.enumerated() {
      #expect(
        network.blocks.contains { $0.contains(subnet.cidr[0]) && $0.contains(subnet.cidr[-1]) })
      #expect(!network.subnets[..<position].contains { $0.cidr.overlaps(subnet.cidr) })
      let living = network.interfaces.filter {
        $0.exists && $0.subnet == SubnetIndex(rawValue: UInt32(position))
      }
      let taken = living.reduce(0) { count, interface in
        let blocks = interface.delegatedPrefixes.count { $0.family == .v4 }
        return count + 1 + interface.secondaryAddresses.count + 16 * blocks
      }
      #expect(subnet.freeAddressCount == subnet.cidr.count - 5 - taken)
      #expect(Set(living.map(\.address)).count == living.count)
      for interface in living {
        #expect(subnet.cidr.contains(interface.address))
        #expect(subnet.addresses.reservation(of: interface.address) == nil)
        let holder = try #require(network.interface(at: interface.address))
        #expect(network.interfaces[Int(holder.rawValue)] == interface)
        #expect(network.interface(named: interface.name) == holder)
        for address in interface.allAddresses { #expect(network.interface(at: address) == holder) }
        for block in interface.delegatedPrefixes {
          #expect(network.interface(at: block.address) == holder)
        }
        for pair in interface.publicAddresses {
          #expect(network.association(of: pair.publicAddress)?.interface == holder)
        }
      }
    }
    #expect(Set(network.interfaces.map(\.identifier)).count == network.interfaces.count)
    #expect(Set(network.interfaces.map(\.linkLayerAddress)).count == network.interfaces.count)
    for table in network.routeTables {
      #expect(Set(table.routes.map(\.destination)).count == table.routes.count)
      let lengths = table.routes.map { route in
        // Those to prefix lists come behind all others.
        if case .prefix(let block) = route.destination { block.length } else { -1 }
      }
      #expect(lengths == lengths.sorted(by: >))
      #expect(table.routes.filter { $0.target == .local }.map(\.destination).count == 3)
    }
  }

  @Test func `No text traps the reader of names`() {
    var random = SplitMix64(seed: 1)
    let alphabet = Array("abcXYZ019-_.*é \u{0}\u{7f}..............".unicodeScalars)
    for _ in 0..<Self.steps {
      var text = ""
      for _ in 0..<Int.random(in: 0..<300, using: &random) {
        text.unicodeScalars.append(alphabet[Int.random(in: alphabet.indices, using: &random)])
      }
      guard let name = try? ZoneName(text) else { continue }
      #expect((try? ZoneName(name.text)) == name)
      #expect(name.isInside(name))
      if let parent = name.parent { #expect(name.isInside(parent)) }
      _ = name.reversedAddress
    }
  }
}
