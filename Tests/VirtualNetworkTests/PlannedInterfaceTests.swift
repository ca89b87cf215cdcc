import PacketFormats
import Testing
import VirtualNetwork

struct PlannedInterfaceTests {
  private func network() throws -> (VirtualPrivateCloud, SubnetIndex) {
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [prefix(10, 0, 0, 0, 16)], seed: 1)
    let subnet = try network.addSubnet(
      name: "a", cidr: prefix(10, 0, 1, 0, 28), zone: "use1-az1")
    return (network, subnet)
  }

  @Test func `A planned interface takes no address until it is brought up, and may come again`()
    throws
  {
    var (network, subnet) = try network()
    let planned = try network.planInterface(name: "env-1", in: subnet)
    let position = Int(planned.rawValue)
    #expect(!network.interfaces[position].exists)
    #expect(network.subnets[0].freeAddressCount == 11)
    for address in [IPv4Address(10, 0, 1, 4), IPv4Address(10, 0, 1, 9)] {
      try network.bringUp(planned, at: address)
      #expect(network.interface(at: address) == planned)
      #expect(network.interfaces[position].exists)
      #expect(network.interfaces[position].address == address)
      #expect(network.subnets[0].freeAddressCount == 10)
      network.removeInterface(planned)
      #expect(network.interface(at: address) == nil)
      #expect(network.interface(named: "env-1") == planned)
      #expect(network.subnets[0].freeAddressCount == 11)
    }
  }

  @Test func `What cannot be brought up says so`() throws {
    var (network, subnet) = try network()
    let planned = try network.planInterface(name: "env-1", in: subnet)
    #expect(throws: VirtualNetworkError.nameTaken(.networkInterface, name: "env-1")) {
      _ = try network.planInterface(name: "env-1", in: subnet)
    }
    let host = try network.addInterface(name: "host", in: subnet)
    #expect(throws: VirtualNetworkError.self) {
      try network.bringUp(planned, at: IPv4Address(10, 0, 1, 4))
    }
    #expect(throws: VirtualNetworkError.self) {
      try network.bringUp(planned, at: IPv4Address(10, 0, 1, 1))
    }
    #expect(throws: VirtualNetworkError.self) {
      try network.bringUp(host, at: IPv4Address(10, 0, 1, 5))
    }
    try network.bringUp(planned, at: IPv4Address(10, 0, 1, 5))
    #expect(throws: VirtualNetworkError.self) {
      try network.bringUp(planned, at: IPv4Address(10, 0, 1, 6))
    }
    #expect(network.subnets[0].freeAddressCount == 9)
  }
}
