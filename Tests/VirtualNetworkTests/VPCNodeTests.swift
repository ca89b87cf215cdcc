import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

struct VPCNodeTests {
  @Test func `A planned interface is there from one reminder to the other, with its address`()
    throws
  {
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [prefix(10, 0, 0, 0, 16)], seed: 1)
    let subnet = try network.addSubnet(
      name: "a", cidr: prefix(10, 0, 1, 0, 24), zone: "use1-az1")
    _ = try network.addInterface(name: "host", in: subnet)
    let planned = try network.planInterface(name: "env-1", in: subnet)
    var simulation = Simulation(seed: 1)
    let node = simulation.add(VPCNode(DataPlane(network)))
    let address = IPv4Address(10, 0, 1, 200)
    simulation.wake(node, at: seconds(2), token: VPCNode.bringUpToken(planned, at: address))
    simulation.wake(node, at: seconds(4), token: VPCNode.removalToken(planned))
    simulation.wake(node, at: seconds(6), token: VPCNode.bringUpToken(planned, at: address))
    for (time, isThere) in [(1, false), (3, true), (5, false), (7, true)] {
      _ = simulation.run(until: seconds(Int64(time)))
      let holder = simulation.withNode(node) { $0.configuration.interface(at: address) }
      #expect(holder == (isThere ? planned : nil), "at \(time) s")
    }
  }
}
