import PacketFormats
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
    var random = SplitMix64(state: seed)
    var network = try VirtualPrivateCloud(
      name: "fuzz", blocks: [prefix(10, 0, 0, 0, 22), prefix(100, 64, 0, 0, 28)], seed: seed)
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
    switch Int.random(in: 0..<12, using: &random) {
    case 0: _ = try network.addSubnet(name: name, cidr: cidr, zone: "z", routeTable: table)
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
    default: break
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
      #expect(subnet.freeAddressCount == subnet.cidr.count - 5 - living.count)
      #expect(Set(living.map(\.address)).count == living.count)
      for interface in living {
        #expect(subnet.cidr.contains(interface.address))
        #expect(subnet.addresses.reservation(of: interface.address) == nil)
        let holder = try #require(network.interface(at: interface.address))
        #expect(network.interfaces[Int(holder.rawValue)] == interface)
        #expect(network.interface(named: interface.name) == holder)
      }
    }
    #expect(Set(network.interfaces.map(\.identifier)).count == network.interfaces.count)
    #expect(Set(network.interfaces.map(\.linkLayerAddress)).count == network.interfaces.count)
    for table in network.routeTables {
      #expect(Set(table.routes.map(\.destination)).count == table.routes.count)
      let lengths = table.routes.map { route in
        if case .prefix(let block) = route.destination { block.length } else { 0 }
      }
      #expect(lengths == lengths.sorted(by: >))
      #expect(table.routes.filter { $0.target == .local }.map(\.destination).count == 2)
    }
  }

  @Test func `No text traps the reader of names`() {
    var random = SplitMix64(state: 1)
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
