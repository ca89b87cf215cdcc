import AddressTranslation
import EndpointStack
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// What stands for a customer's VPC behind Hyperplane: one host on one subnet.
struct SmallVPC: Node, ~Copyable {
  static let interface = InterfaceIndex(rawValue: 0)

  var hyperplane: PortID?
  var host: PortID?
  /// Source and destination of the IPv6 packets that Hyperplane has sent.
  var sources: Set<IPv6Address> = []
  var hopLimits: Set<UInt8> = []

  init() {}

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    guard let hyperplane, let host else { preconditionFailure("the VPC has no ends") }
    if port == host {
      network.frames.setNote(UInt64(Self.interface.rawValue), on: frame)
      network.send(frame, from: hyperplane)
      return
    }
    let header = network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(DualStack.hostMAC, in: &bytes)
      return try? IPv6Header(parsing: bytes.bytes, at: EthernetHeader.byteCount)
    }
    if let header {
      sources.insert(header.source)
      hopLimits.insert(header.hopLimit)
    }
    network.send(frame, from: host)
  }
}

/// Hands a guest its exchanges one after the other.
final class GuestScript: HostProgram {
  private var remaining: [Exchange]
  private(set) var results: [ExchangeResult] = []

  init(_ exchanges: [Exchange]) {
    remaining = exchanges
  }

  func wake(_ token: UInt64, on host: inout Host, in network: inout Network) {
    guard !remaining.isEmpty else { return }
    host.begin(remaining.removeFirst(), in: &network)
  }

  func exchange(
    _ id: ExchangeID, endedWith outcome: ExchangeOutcome, on host: inout Host,
    in network: inout Network
  ) {
    results.append(outcome.result)
    wake(0, on: &host, in: &network)
  }
}

/// Two dual-stack environments on a worker, Hyperplane, and a host in a VPC.
struct DualStack: ~Copyable {
  static let hostMAC = MACAddress(0x0a00_0000_0020)
  static let interfaceMAC = MACAddress(0x0a00_0000_0010)
  static let guestMAC = MACAddress(0x7e1c_3f00_0000)
  static let gatewayMAC = MACAddress(0x024c_5700_0000)
  static let hostAddress = IPv6Address(0x2001, 0xdb8, 0x12, 2, 0, 0, 0, 0x20)
  static let interfaceAddress = IPv6Address(0x2001, 0xdb8, 0x12, 1, 0, 0, 0, 0x4)
  static let guestPrefix = IPv6Prefix(IPv6Address(0x2001, 2, 0, 0x79, 0, 0, 0, 0), length: 64)
  static let guestAddress = IPv6Address(0x2001, 2, 0, 0x79, 0, 0, 0, 1)
  static let firstSlotPrefix = IPv6Prefix(
    IPv6Address(0xfd00, 0x4c57, 0, 0, 0, 0, 0, 0), length: 64)

  var simulation: Simulation
  let guests: [NodeID<Host>]
  let host: NodeID<Host>
  let vpc: NodeID<SmallVPC>
  let hyperplane: NodeID<HyperplaneNode>
  let scripts: [GuestScript]
  private(set) var events: Events

  /// What the nodes have reported.
  final class Events {
    var all: [RunEvent] = []
  }

  static func slotPrefix(_ slot: Int) -> IPv6Prefix {
    IPv6Prefix(
      IPv6Address(high: firstSlotPrefix.address.high + UInt64(slot), low: 0), length: 64)
  }

  init(_ exchanges: [Exchange], behavior: Behavior = .lambdaV2N) throws {
    let events = Events()
    self.events = events
    let record = RunRecord { events.all.append($0) }
    simulation = Simulation(seed: 7, frames: FramePool(capacity: 1 << 12))
    let far = GeneveTunnel(
      local: IPv4Address(198, 19, 0, 1), localLinkLayerAddress: MACAddress(0x024c_57ff_0001))
    let near = GeneveTunnel(
      local: IPv4Address(198, 18, 0, 1), localLinkLayerAddress: MACAddress(0x024c_5701_0001))
    worker = simulation.add(
      WorkerNode(
        WorkerNode.Settings(
          name: "worker", tunnel: near, hyperplane: far.local,
          hyperplaneLinkLayerAddress: far.localLinkLayerAddress,
          slotLatency: .microseconds(10), firstPacketLatency: .zero,
          firstPacketLatencyPerSlot: .zero, gatewayLinkLayerAddress: Self.gatewayMAC,
          firstSlotAddress: IPv4Address(10, 128, 0, 0), firstSlotPrefix: Self.firstSlotPrefix,
          slotPoint: .none, tunnelPoint: .none), record: record))
    var fleet = TopFleet(topCount: 1)
    let ring = fleet.add(TopRing(hand: [0]))
    hyperplane = simulation.add(
      HyperplaneNode(
        HyperplaneNode.Settings(
          tunnel: far, latency: .microseconds(30), lookupLatency: .microseconds(250),
          growthThresholdPerMillion: 800_000, detection: .milliseconds(500), inPoint: .none,
          outPoint: .none),
        fleet: fleet,
        cells: [
          Cell(
            zone: "use1-az1",
            capacity: Cell.Capacity(connections: 1000, connectionsPerSecond: 1000),
            random: RandomStream(seed: 7, name: "cell"))
        ], pairCount: 1, deciderRandom: RandomStream(seed: 7, name: "decider"),
        firstSlotAddress: IPv4Address(10, 128, 0, 0), firstSlotPrefix: Self.firstSlotPrefix,
        record: record))
    vpc = simulation.add(SmallVPC())
    var server = Host(
      name: "host", seed: 7,
      interface: HostInterface(
        hardwareAddress: Self.hostMAC, address: IPv4Address(10, 0, 2, 20), prefixLength: 24,
        gateway: IPv4Address(10, 0, 2, 1),
        ipv6: HostInterface.IPv6Settings(
          addresses: [Self.hostAddress],
          gateway: IPv6Address(high: 0xfe80 << 48, low: 1))))
    server.setNeighbor(
      .v6(IPv6Address(high: 0xfe80 << 48, low: 1)), to: Self.interfaceMAC)
    server.serve(.datagramEcho(port: 7))
    server.serve(.streamSink(port: 9))
    server.serve(.http(.bytes()))
    host = simulation.add(server)
    var guests: [NodeID<Host>] = []
    var scripts: [GuestScript] = []
    for number in 0..<2 {
      let script = GuestScript(exchanges)
      var guest = Host(
        name: "guest-\(number)", seed: 7,
        interface: HostInterface(
          hardwareAddress: Self.guestMAC, address: IPv4Address(169, 254, 79, 1),
          prefixLength: 32, gateway: IPv4Address(169, 254, 79, 129),
          ipv6: HostInterface.IPv6Settings(
            addresses: [Self.guestAddress], prefixLength: 128,
            gateway: IPv6Address(high: 0xfe80 << 48, low: 0x79))))
      guest.program = script
      scripts.append(script)
      guests.append(simulation.add(guest))
    }
    self.guests = guests
    self.scripts = scripts
    try connect(ring: ring, far: far, near: near, behavior: behavior)
  }

  private let worker: NodeID<WorkerNode>

  private mutating func connect(
    ring: Int, far: GeneveTunnel, near: GeneveTunnel, behavior: Behavior
  ) throws {
    let wire = LinkBehavior(propagation: .microseconds(50))
    let workerOut = simulation.connect(
      worker, worker, name: "out", wire, labels: (0, WorkerNode.Label.outbound))
    let workerIn = simulation.connect(
      worker, worker, name: "in", wire, labels: (0, WorkerNode.Label.inbound))
    let uplink = simulation.connect(
      worker, hyperplane, name: "uplink", wire, labels: (WorkerNode.Label.uplink, 0))
    simulation.withNode(worker) {
      $0.setPorts(uplink: uplink.a, outboundLane: workerOut.a, inboundLane: workerIn.a)
    }
    let out = simulation.connect(
      hyperplane, hyperplane, name: "hout", wire, labels: (0, HyperplaneNode.Label.outbound))
    let back = simulation.connect(
      hyperplane, hyperplane, name: "hin", wire, labels: (0, HyperplaneNode.Label.inbound))
    let toVPC = simulation.connect(
      hyperplane, vpc, name: "vpc", wire, labels: (HyperplaneNode.Label.vpc(0), 0))
    let toHost = simulation.connect(vpc, host, name: "host", wire)
    simulation.withNode(vpc) {
      $0.hyperplane = toVPC.b
      $0.host = toHost.a
    }
    simulation.withNode(host) { $0.attach(to: toHost.b) }
    try simulation.withNode(hyperplane) {
      (node: inout HyperplaneNode) throws(BehaviorError) in
      let ipv4 = try Translator(
        behavior: behavior, outsideAddresses: [IPv4Address(10, 0, 1, 4)], seed: 7)
      var ipv6 = try IPv6Translator(
        behavior: behavior, outsideAddresses: [Self.interfaceAddress], seed: 7)
      ipv6.recordsEvents = true
      node.setLanes(outbound: out.a, inbound: back.a)
      node.addVPC(at: toVPC.a)
      node.add(
        HyperplaneNode.Worker(
          port: uplink.b, address: near.local, linkLayerAddress: near.localLinkLayerAddress))
      let number = node.add(
        HyperplaneNode.SharedInterface(
          index: SmallVPC.interface, vpc: 0, linkLayerAddress: Self.interfaceMAC,
          gatewayLinkLayerAddress: Self.hostMAC, networkIdentifier: 77),
        HyperplaneNode.Duty(group: 0, ring: ring, cell: 0, pairs: [0], seed: 7) {
          "eni-\($0)"
        }, translator: ipv4)
      node.add(ipv6, to: number)
      _ = node.add(InterfaceGroup(member: number, spares: []), owner: "orders")
    }
    for (slot, guest) in guests.enumerated() {
      var translator = try PrefixTranslator(
        inside: Self.guestPrefix, outside: Self.slotPrefix(slot))
      translator.hopLimitDecrement = 0
      guard let address = translator.outsideAddress(for: Self.guestAddress) else {
        preconditionFailure("a guest's address has a counterpart")
      }
      let link = simulation.connect(
        guest, worker, name: "guest-\(slot)", wire, labels: (0, Int32(slot)))
      simulation.withNode(guest) { $0.attach(to: link.a) }
      let mac = MACAddress(0x024c_5700_0100 | UInt64(slot))
      simulation.withNode(worker) {
        let number = $0.add(translator)
        $0.add(
          Slot(
            guest: link.b, address: IPv4Address(rawValue: 0x0a80_0000 + UInt32(slot)),
            linkLayerAddress: mac, guestLinkLayerAddress: Self.guestMAC,
            networkIdentifier: 77, translators: 0..<0, prefixTranslator: number))
      }
      simulation.withNode(hyperplane) {
        $0.addEnvironment(
          group: 0, identity: UInt64(slot), worker: 0, slotLinkLayerAddress: mac, slot: slot,
          ipv6Address: address)
      }
      simulation.wake(guest, at: .start, token: 0)
    }
  }

  mutating func run(_ duration: Duration = .seconds(100)) {
    simulation.run(until: Instant.start.advanced(by: duration))
  }

  /// The translations of IPv6 addresses that began, by the names of their ends.
  var madeTranslations: [IPv6Translation] {
    events.all.compactMap {
      if case .ipv6Translation(.made, let translation, _) = $0.kind { translation } else { nil }
    }
  }
}
