import PacketFormats
import SimulatedTime
import TestSupport
import Testing
import VirtualNetwork

/// Routes, the one place where blocks are looked up by bisection, against a search through all of them.
@Suite struct RouteLookupTests {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `The route that a packet takes is the one that a plain search finds`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var network = try VirtualPrivateCloud(
      name: "v", blocks: [prefix(10, 0, 0, 0, 16)],
      ipv6Blocks: [ipv6Prefix(0x2001, 0xdb8, 0, 0, 56)], seed: 1)
    let subnet = try network.addSubnet(
      name: "s", cidr: prefix(10, 0, 1, 0, 24), ipv6CIDR: ipv6Prefix(0x2001, 0xdb8, 0, 1, 64),
      zone: "z")
    let eni = try network.addInterface(name: "eni", in: subnet)
    try network.assignIPv6Address(to: eni)
    try network.authorize(
      SecurityGroupRule(.all, peer: .anywhere), .ingress,
      in: VirtualPrivateCloud.defaultSecurityGroup)
    let main = VirtualPrivateCloud.mainRouteTable
    let virtualPrivate = try network.addGateway(.virtualPrivate, name: "vgw")
    for number in 0..<60 {
      let gateway = try network.addGateway(.transit, name: "\(number)")
      let entries = (0..<Int.random(in: 1...3, using: &random)).map { _ in block(&random) }
      var route = Route(to: entries[0], via: .gateway(gateway))
      switch number % 3 {
      case 0: route = Route(to: entries[0], via: .gateway(virtualPrivate), origin: .propagated)
      case 1:
        let family = entries[0].family
        let list = try network.addPrefixList(
          name: "\(number)", entries: Array(Set(entries.filter { $0.family == family })))
        route = Route(to: .prefixList(list), via: .gateway(gateway))
      default: break
      }
      do throws(VirtualNetworkError) { try network.addRoute(route, to: main) } catch { continue }
    }
    #expect(network.routeTables[0].routes.count > 30)
    var plane = DataPlane(network)
    for _ in 0..<500 {
      let far = address(&random)
      if network.contains(far) || network.service(at: far) != nil { continue }
      let own: IPAddress =
        far.family == .v4
        ? .v4(IPv4Address(10, 0, 1, 4)) : .v6(network.interfaces[0].ipv6Addresses[0])
      let key = plane.flowKey(
        .udp, source: own, sourcePort: 1, destination: far, destinationPort: 2)
      let expected: NextHop =
        switch network.route(for: far, in: main)?.target {
        case .gateway(let gateway): .gateway(gateway)
        default: .none
        }
      let found = plane.egress(key, from: eni, now: .start).nextHop
      #expect(found == expected, "\(far)")
    }
  }

  /// From few addresses, so that blocks hold each other.
  func address(_ random: inout SplitMix64) -> IPAddress {
    if Bool.random(using: &random) {
      let octets = (0..<4).map { _ in
        [UInt8]([1, 2, 3, 128, 255])[Int.random(in: 0..<5, using: &random)]
      }
      return .v4(IPv4Address(octets[0] & 0x7f, octets[1], octets[2], octets[3]))
    }
    let low: UInt64 = [0, 1, .max, 1 << 63][Int.random(in: 0..<4, using: &random)]
    let high: UInt64 = [0, 1, 1 << 62, 0x2600 << 48, 0x2600 << 48 | 7][
      Int.random(in: 0..<5, using: &random)]
    return .v6(IPv6Address(high: high, low: low))
  }

  func block(_ random: inout SplitMix64) -> IPPrefix {
    let address = address(&random)
    return IPPrefix(
      address, length: .random(in: 0...address.family.addressBitCount, using: &random))
  }
}
