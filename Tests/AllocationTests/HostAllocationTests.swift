import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// Hosts of both families talk without taking memory.
@Suite(.enabled(if: AllocationCount.isMeaningful), .serialized)
struct HostAllocationTests {
  private final class Beginner: HostProgram {
    let exchange: Exchange

    init(_ exchange: Exchange) {
      self.exchange = exchange
    }

    func wake(_ token: UInt64, on host: inout Host, in network: inout Network) {
      host.begin(exchange, in: &network)
    }

    func exchange(
      _ id: ExchangeID, endedWith outcome: ExchangeOutcome, on host: inout Host,
      in network: inout Network
    ) {}
  }

  private static func interface(_ number: UInt16) -> HostInterface {
    HostInterface(
      hardwareAddress: MACAddress(0x0a00_0000_0000 | UInt64(number)),
      address: IPv4Address(10, 0, 0, UInt8(number)), prefixLength: 24,
      ipv6: HostInterface.IPv6Settings(
        addresses: [IPv6Address(0x2001, 0xdb8, 1, 0, 0, 0, 0, number)]))
  }

  private static let servers: [IPAddress] = [
    .v4(IPv4Address(10, 0, 0, 9)), .v6(IPv6Address(0x2001, 0xdb8, 1, 0, 0, 0, 0, 9)),
  ]

  /// How often memory is taken between 0.1 s and 0.2 s of an exchange, and how many frames come in.
  private func allocations(during exchange: Exchange) -> (count: UInt64, frames: UInt64) {
    var simulation = Simulation(seed: 1, frames: FramePool(capacity: 1 << 12))
    var client = Host(name: "client", seed: 1, interface: Self.interface(5))
    client.program = Beginner(exchange)
    var server = Host(name: "server", seed: 1, interface: Self.interface(9))
    server.serve(.datagramSink(port: 8))
    server.serve(.streamSink(port: 9))
    let (a, b) = (simulation.add(client), simulation.add(server))
    let link = simulation.connect(
      a, b, name: "a-b",
      LinkBehavior(bitsPerSecond: 1_000_000_000, propagation: .microseconds(10)))
    simulation.withNode(a) { $0.attach(to: link.a) }
    simulation.withNode(b) { $0.attach(to: link.b) }
    simulation.wake(a, at: .start, token: 0)
    simulation.run(until: Instant(nanoseconds: 100_000_000))
    let before = simulation.withNode(b) { $0.statistics.framesReceived }
    let count = AllocationCount.during {
      simulation.run(until: Instant(nanoseconds: 200_000_000))
    }
    let after = simulation.withNode(b) { $0.statistics.framesReceived }
    return (count, after - before)
  }

  @Test(arguments: servers)
  func `A train of datagrams allocates nothing`(
    server: IPAddress
  ) {
    let (count, frames) = allocations(
      during: .send(
        DatagramTrain(
          destination: server, port: 8, datagramsPerFlow: 100_000, payloadByteCount: 100,
          interval: .microseconds(10))))
    #expect(frames > 5_000)
    #expect(count == 0)
  }

  @Test(arguments: servers)
  func `A stream over TCP allocates nothing`(server: IPAddress) {
    let (count, frames) = allocations(
      during: .transfer(Upload(destination: server, port: 9, bytesPerFlow: 1 << 30)))
    #expect(frames > 5_000)
    #expect(count == 0)
  }
}
