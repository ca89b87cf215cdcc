import PacketFormats
import Testing
import VirtualNetwork

@Suite struct MappingServiceTests {
  @Test func `ARP for a neighbour gives its own address`() throws {
    let shop = try Shop()
    let neighbour = shop.network.interfaces[0]
    #expect(
      shop.network.linkLayerAddress(of: neighbour.address, seenFrom: shop.privateA)
        == neighbour.linkLayerAddress)
  }

  @Test func `ARP for the router gives the subnet's made-up address`() throws {
    let network = try Shop().network
    for (index, subnet) in network.subnets.enumerated() {
      let seen = SubnetIndex(rawValue: UInt32(index))
      #expect(
        network.linkLayerAddress(of: subnet.routerAddress, seenFrom: seen)
          == subnet.gatewayLinkLayerAddress)
      for service in LinkLocalService.allCases {
        #expect(
          network.linkLayerAddress(of: service.address, seenFrom: seen)
            == subnet.gatewayLinkLayerAddress)
      }
    }
    #expect(
      network.subnets[0].gatewayLinkLayerAddress != network.subnets[1].gatewayLinkLayerAddress)
  }

  @Test func `ARP for anybody else is not answered`() throws {
    let shop = try Shop()
    for address in [
      IPv4Address(10, 0, 1, 77), IPv4Address(10, 0, 1, 0), IPv4Address(10, 0, 1, 255),
      IPv4Address(10, 0, 2, 20), IPv4Address(8, 8, 8, 8),
    ] {
      #expect(shop.network.linkLayerAddress(of: address, seenFrom: shop.privateA) == nil)
    }
    var network = shop.network
    let address = network.interfaces[0].address
    network.removeInterface(shop.eni)
    #expect(network.linkLayerAddress(of: address, seenFrom: shop.privateA) == nil)
  }

  @Test func `A packet from another subnet seems to come from the gateway`() throws {
    let shop = try Shop()
    var network = shop.network
    let near = try network.addInterface(name: "near", in: shop.dataA)
    let gateway = network.subnets[1].gatewayLinkLayerAddress
    #expect(network.linkLayerSource(of: shop.eni, at: shop.postgres) == gateway)
    #expect(network.linkLayerSource(of: nil, at: shop.postgres) == gateway)
    #expect(
      network.linkLayerSource(of: near, at: shop.postgres)
        == network.interfaces[Int(near.rawValue)].linkLayerAddress)
  }

  @Test func `The services have their link-local addresses and the resolver one more`() throws {
    let network = try Shop().network
    #expect(network.service(at: IPv4Address(169, 254, 169, 253)) == .resolver)
    #expect(network.service(at: IPv4Address(10, 0, 0, 2)) == .resolver)
    #expect(network.service(at: IPv4Address(169, 254, 169, 254)) == .instanceMetadata)
    #expect(network.service(at: IPv4Address(169, 254, 169, 123)) == .timeSync)
    #expect(network.service(at: IPv4Address(10, 0, 1, 2)) == nil)
  }
}
