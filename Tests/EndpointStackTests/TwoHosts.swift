import CaptureFiles
import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime

/// A program that begins one list of exchanges after the other and keeps the outcomes.
final class Script: HostProgram {
  private var remaining: [Exchange]
  private(set) var outcomes: [ExchangeOutcome] = []
  /// Called for each wake with a token other than 0.
  var onWake: ((UInt64, inout Host, inout Network) -> Void)?

  init(_ exchanges: [Exchange] = []) {
    remaining = exchanges
  }

  var results: [ExchangeResult] { outcomes.map(\.result) }

  func wake(_ token: UInt64, on host: inout Host, in network: inout Network) {
    if token == 0 { beginNext(on: &host, in: &network) }
    onWake?(token, &host, &network)
  }

  func exchange(
    _ id: ExchangeID, endedWith outcome: ExchangeOutcome, on host: inout Host,
    in network: inout Network
  ) {
    outcomes.append(outcome)
    beginNext(on: &host, in: &network)
  }

  private func beginNext(on host: inout Host, in network: inout Network) {
    guard !remaining.isEmpty else { return }
    host.begin(remaining.removeFirst(), in: &network)
  }
}

/// A frame that came by a ``Wire``.
struct Sighting {
  var time: Instant
  /// Whether it came from the client.
  var isFromClient: Bool
  var bytes: [UInt8]
}

/// What joins two hosts: it passes frames on, unless told to lose some, and remembers all.
struct Wire: Node, ~Copyable {
  var client: PortID?
  var server: PortID?
  var sightings: [Sighting] = []
  var remembers = true
  /// Decides whether a frame, known by its number from 0 on, is lost.
  var loses: ((Int, Sighting) -> Bool)?
  /// Changes the bytes of a frame, known by its number from 0 on.
  var corrupts: ((Int, inout [UInt8]) -> Void)?
  /// Routers on the way, in the order in which the client's packets meet them.
  var hops: [Hop] = []
  private var count = 0

  init() {}

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    if remembers || loses != nil || corrupts != nil {
      var bytes = network.frames.withContents(of: frame) { span in
        (0..<span.byteCount).map { span[Field<UInt8>(at: 0), at: $0] }
      }
      if let corrupts {
        corrupts(count, &bytes)
        network.frames.withBytes(of: frame) { span in
          unsafe span.copyBytes(from: bytes.span.bytes, at: 0)
        }
      }
      let sighting = Sighting(time: network.now, isFromClient: port == client, bytes: bytes)
      if remembers { sightings.append(sighting) }
      count += 1
      if let loses, loses(count - 1, sighting) {
        network.frames.discard(frame)
        return
      }
    }
    guard let out = port == client ? server : client else {
      preconditionFailure("the wire has no ends")
    }
    if !hops.isEmpty {
      let route = port == client ? hops : hops.reversed()
      let fate = network.frames.withBytes(of: frame) { Hop.fate(of: &$0, on: route) }
      if case .lost(let answer) = fate {
        network.frames.discard(frame)
        guard let answer, let reply = network.frames.makeFrame(byteCount: answer.count) else {
          return
        }
        network.frames.withBytes(of: reply) { span in
          unsafe span.copyBytes(from: answer.span.bytes, at: 0)
        }
        network.send(reply, from: port)
        return
      }
    }
    network.send(frame, from: out)
  }
}

/// A client and a server with a wire between them.
struct TwoHosts: ~Copyable {
  static let clientAddress = IPv4Address(10, 0, 0, 5)
  static let serverAddress = IPv4Address(10, 0, 0, 9)
  static let clientIPv6 = IPv6Address(0x2001, 0xdb8, 1, 0, 0, 0, 0, 5)
  static let serverIPv6 = IPv6Address(0x2001, 0xdb8, 1, 0, 0, 0, 0, 9)

  var simulation: Simulation
  let client: NodeID<Host>
  let server: NodeID<Host>
  let wire: NodeID<Wire>
  let script: Script

  init(
    _ exchanges: [Exchange] = [], seed: UInt64 = 1, link: LinkBehavior? = nil,
    clientPrefix: Int = 24, settings: HostSettings = HostSettings(),
    serverSettings: HostSettings? = nil, additionalAddresses: [IPv4Address] = [],
    ipv6: Bool = false, mtu: Int = 1500, frames: Int = 1 << 14,
    capturingTo file: consuming PcapngWriter? = nil
  ) {
    var captures = CaptureSet()
    var points: [CapturePoint] = [.none, .none]
    if var file {
      points = ["client", "server"].map { captures.addPoint(named: $0) }
      let interfaces = ["client", "server"].map { file.add(InterfaceDescription(name: $0)) }
      let id = captures.add(file)
      // Two points in one file would look like two copies of every packet.
      captures.attach(points[0], to: id, interface: interfaces[0])
    }
    simulation = Simulation(
      seed: seed, frames: FramePool(capacity: frames), captures: captures)
    script = Script(exchanges)
    client = simulation.add(
      Host(
        name: "client", seed: seed,
        interface: HostInterface(
          hardwareAddress: MACAddress(0x0a00_0000_0005), address: Self.clientAddress,
          prefixLength: clientPrefix, gateway: Self.serverAddress,
          ipv6: ipv6 ? HostInterface.IPv6Settings(addresses: [Self.clientIPv6]) : nil,
          maximumTransmissionUnit: mtu, capturePoint: points[0]), settings: settings))
    server = simulation.add(
      Host(
        name: "server", seed: seed,
        interface: HostInterface(
          hardwareAddress: MACAddress(0x0a00_0000_0009), address: Self.serverAddress,
          prefixLength: 24, additionalAddresses: additionalAddresses,
          ipv6: ipv6 ? HostInterface.IPv6Settings(addresses: [Self.serverIPv6]) : nil,
          maximumTransmissionUnit: mtu),
        settings: serverSettings ?? settings))
    wire = simulation.add(Wire())
    // Half of the way each, so that one way takes 100 µs.
    let half = link ?? LinkBehavior(propagation: .microseconds(50))
    let left = simulation.connect(client, wire, name: "left", half)
    let right = simulation.connect(wire, server, name: "right", half)
    simulation.withNode(client) { $0.attach(to: left.a) }
    simulation.withNode(wire) {
      $0.client = left.b
      $0.server = right.a
    }
    simulation.withNode(server) { $0.attach(to: right.b) }
    let program = script
    simulation.withNode(client) { $0.program = program }
    simulation.wake(client, at: .start, token: 0)
  }

  mutating func serve(_ offer: Server) {
    simulation.withNode(server) { $0.serve(offer) }
  }

  /// Runs for `duration` of virtual time from the beginning.
  mutating func run(_ duration: Duration = .seconds(600)) {
    simulation.run(until: Instant.start.advanced(by: duration))
  }

  mutating func sightings() -> [Sighting] {
    simulation.withNode(wire) { $0.sightings }
  }
}
