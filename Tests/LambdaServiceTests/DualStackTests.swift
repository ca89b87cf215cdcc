import AddressTranslation
import EndpointStack
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// The IPv6 way of a function: slot, tunnel, NAPT66 at the shared interface, and back.
@Suite struct DualStackTests {
  static let server = IPAddress.v6(DualStack.hostAddress)

  @Test func `Functions talk over IPv6 from the address of the interface they share`() throws {
    var world = try DualStack([
      .ask(DatagramRequest(destination: Self.server, port: 7, payloadByteCount: 100, count: 3)),
      .transfer(Upload(destination: Self.server, port: 9, flowCount: 2, bytesPerFlow: 50_000)),
      .fetch(HTTPFetch(server: Self.server, path: "/bytes/20000")),
    ])
    world.run()
    for script in world.scripts {
      #expect(
        script.results == [
          .answers(count: 3), .transferred(byteCount: 100_000),
          .responses(count: 1, status: 200, byteCount: 20_000),
        ])
    }
    #expect(world.simulation.network.takeDrops().isEmpty)
    let (sources, hopLimits) = world.simulation.withNode(world.vpc) {
      ($0.sources, $0.hopLimits)
    }
    #expect(sources == [DualStack.interfaceAddress])
    // Hyperplane takes a hop, the slot none.
    #expect(hopLimits == [63])
    // Four flows of each environment, whose slots make their equal addresses different.
    let made = world.madeTranslations
    #expect(made.count == 8)
    #expect(Set(made.map(\.flow.inside.address)).count == 2)
    #expect(made.allSatisfy { $0.outside.address == DualStack.interfaceAddress })
    #expect(Set(made.map { "\($0.flow.protocol) \($0.outside.port)" }).count == 8)
  }

  @Test func `Echo requests go no further than Hyperplane`() throws {
    // as over IPv4.
    var world = try DualStack([.ping(Ping(destination: Self.server, count: 2))])
    world.run()
    #expect(
      world.scripts[0].results
        == [.echoes(sent: 2, received: 0, totalRoundTrip: .zero)])
    let drops = world.simulation.network.takeDrops()
    #expect(Set(drops.map(\.code)) == ["NAT_UNSUPPORTED_PROTOCOL"])
    #expect(drops.allSatisfy { $0.flow.hasPrefix("icmpv6 fd00:4c57:") })
  }

  @Test func `A closed port is told to the function through both translations`() throws {
    var world = try DualStack([
      .ask(DatagramRequest(destination: Self.server, port: 99, payloadByteCount: 10)),
      .transfer(Upload(destination: Self.server, port: 99, bytesPerFlow: 1)),
    ])
    world.run()
    #expect(world.scripts[0].results == [.failed(.refused), .failed(.refused)])
  }

  @Test func `A connection whose translation has ended is reset`() throws {
    var upload = Upload(
      destination: Self.server, port: 9, writesPerFlow: 2, bytesPerWrite: 10,
      interval: .seconds(400))
    upload.timeLimit = .seconds(900)
    var world = try DualStack([.transfer(upload)])
    world.run(.seconds(1000))
    //
    #expect(world.scripts[0].results == [.failed(.reset)])
    let drops = world.simulation.network.takeDrops()
    #expect(Set(drops.map(\.code)) == ["NAT_NO_TRANSLATION"])
  }

  @Test func `Flows of an interface that is replaced are gone`() throws {
    let upload = Upload(
      destination: Self.server, port: 9, writesPerFlow: 3, bytesPerWrite: 10,
      interval: .seconds(10))
    var world = try DualStack([.transfer(upload)])
    let token = world.simulation.withNode(world.hyperplane) {
      $0.plan(
        HyperplaneFault(
          .failFlowMaster(pair: 0, .primary), component: "hyperplane-flow-master/1/primary"))
    }
    let second = world.simulation.withNode(world.hyperplane) {
      $0.plan(
        HyperplaneFault(
          .failFlowMaster(pair: 0, .secondary), component: "hyperplane-flow-master/1/secondary"))
    }
    world.simulation.wake(
      world.hyperplane, at: Instant.start.advanced(by: .seconds(5)), token: token)
    world.simulation.wake(
      world.hyperplane, at: Instant.start.advanced(by: .seconds(6)), token: second)
    world.run()
    let lost = world.events.all.filter {
      if case .ipv6TranslationLost = $0.kind { true } else { false }
    }
    #expect(lost.count == 2)
  }
}
