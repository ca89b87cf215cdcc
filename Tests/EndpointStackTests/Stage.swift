import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime

/// A node that sends what a test tells it to and remembers what it hears.
struct Puppet: Node, ~Copyable {
  var port: PortID?
  var outbox: [[UInt8]] = []
  var heard: [Heard] = []
  /// Whether arriving frames are looked at; a fuzz test has no use for them.
  var listens = true

  init() {}

  mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
    if listens {
      let now = network.now
      let segment = network.frames.withContents(of: frame) { Heard(at: now, $0) }
      if let segment { heard.append(segment) }
    }
    network.frames.discard(frame)
  }

  mutating func wake(_ token: UInt64, in network: inout Network) {
    let bytes = outbox[Int(token)]
    guard let frame = network.frames.makeFrame(byteCount: bytes.count), let port else {
      preconditionFailure("the puppet cannot speak")
    }
    network.frames.withBytes(of: frame) { span in
      unsafe span.copyBytes(from: bytes.span.bytes, at: 0)
    }
    network.send(frame, from: port)
  }
}

/// A TCP segment that the puppet has heard.
struct Heard {
  var time: Instant
  var header: TCPHeader
  var options: TCPOptions
  var payload: [UInt8]

  var flags: TCPHeader.Flags { header.flags }
  var sequence: UInt32 { header.sequenceNumber }
  var acknowledgment: UInt32 { header.acknowledgmentNumber }
  var milliseconds: Int64 { time.nanoseconds / 1_000_000 }

  init?(at time: Instant, _ bytes: RawSpan) {
    guard let ip = try? IPv4Header(parsing: bytes, at: 14), ip.protocol == .tcp,
      let header = try? TCPHeader(parsing: bytes, at: 34),
      let options = try? TCPOptions(parsing: bytes, of: header, at: 34)
    else { return nil }
    self.time = time
    self.header = header
    self.options = options
    payload = (34 + header.headerByteCount..<14 + Int(ip.totalLength)).map {
      bytes[Field<UInt8>(at: 0), at: $0]
    }
  }
}

/// A host and a puppet on one link without delay, and both ends of a conversation between them.
struct Stage: ~Copyable {
  static let hostAddress = IPv4Address(10, 0, 0, 9)
  static let puppetAddress = IPv4Address(10, 0, 0, 5)
  static let hostMAC = MACAddress(0x0a00_0000_0009)
  static let puppetMAC = MACAddress(0x0a00_0000_0005)

  var simulation: Simulation
  let host: NodeID<Host>
  let puppet: NodeID<Puppet>
  let script: Script
  /// The puppet's port and the host's.
  var puppetPort: UInt16 = 40_000
  var hostPort: UInt16 = 9
  /// What the puppet says next and has heard so far.
  var sequence: UInt32 = 1_000_000
  var acknowledgment: UInt32 = 0
  /// What was heard the last time.
  private(set) var latest: [Heard] = []

  init(
    _ exchanges: [Exchange] = [], seed: UInt64 = 1, settings: HostSettings = HostSettings()
  ) {
    simulation = Simulation(seed: seed, frames: FramePool(capacity: 1 << 14))
    script = Script(exchanges)
    var made = Host(
      name: "host", seed: seed,
      interface: HostInterface(
        hardwareAddress: Self.hostMAC, address: Self.hostAddress, prefixLength: 24),
      settings: settings)
    made.setNeighbor(.v4(Self.puppetAddress), to: Self.puppetMAC)
    made.serve(.streamSink(port: 9))
    made.serve(.postgreSQL(PostgreSQLServer()))
    made.program = script
    host = simulation.add(made)
    puppet = simulation.add(Puppet())
    let link = simulation.connect(host, puppet, name: "link", LinkBehavior(propagation: .zero))
    simulation.withNode(host) { $0.attach(to: link.a) }
    simulation.withNode(puppet) { $0.port = link.b }
    simulation.wake(host, at: .start, token: 0)
  }

  var now: Instant { simulation.network.now }

  /// The bytes of a segment from the puppet to the host.
  func frame(
    _ flags: TCPHeader.Flags, sequence: UInt32, acknowledgment: UInt32, window: UInt16,
    options: TCPOptions, payload: [UInt8]
  ) -> [UInt8] {
    let header = TCPHeader(
      sourcePort: puppetPort, destinationPort: hostPort, sequenceNumber: sequence,
      acknowledgmentNumber: flags.contains(.ack) ? acknowledgment : 0, flags: flags,
      window: window, headerByteCount: 20 + options.byteCount)
    var bytes = [UInt8](repeating: 0, count: 34 + header.headerByteCount + payload.count)
    for index in payload.indices { bytes[34 + header.headerByteCount + index] = payload[index] }
    let checksum = unsafe header.checksum(
      source: Self.puppetAddress, destination: Self.hostAddress, options: options,
      payload: payload.span.bytes)
    let ip = IPv4Header(
      totalLength: UInt16(bytes.count - 14), protocol: .tcp, source: Self.puppetAddress,
      destination: Self.hostAddress)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    EthernetHeader(destination: Self.hostMAC, source: Self.puppetMAC, etherType: .ipv4)
      .write(to: &raw, at: 0)
    ip.write(to: &raw, at: 14)
    header.write(to: &raw, at: 34, checksum: checksum)
    options.write(to: &raw, at: 54)
    return bytes
  }

  /// Has the puppet send `bytes` now.
  mutating func send(bytes: [UInt8]) {
    let token = simulation.withNode(puppet) { puppet in
      puppet.outbox.append(bytes)
      return UInt64(puppet.outbox.count - 1)
    }
    simulation.wake(puppet, at: now, token: token)
  }

  /// Has the puppet say something, lets `duration` pass, and returns what it heard meanwhile.
  @discardableResult
  mutating func say(
    _ flags: TCPHeader.Flags, sequence: UInt32? = nil, acknowledgment: UInt32? = nil,
    window: UInt16 = 0xffff, options: TCPOptions = TCPOptions(), payload: [UInt8] = [],
    then duration: Duration = .zero
  ) -> [Heard] {
    send(
      bytes: frame(
        flags, sequence: sequence ?? self.sequence,
        acknowledgment: acknowledgment ?? self.acknowledgment, window: window, options: options,
        payload: payload))
    if sequence == nil {
      self.sequence &+= UInt32(payload.count)
      if flags.contains(.syn) { self.sequence &+= 1 }
      if flags.contains(.fin) { self.sequence &+= 1 }
    }
    return pass(duration)
  }

  /// Lets time pass and returns what the puppet heard meanwhile.
  @discardableResult
  mutating func pass(_ duration: Duration) -> [Heard] {
    simulation.run(until: now.advanced(by: duration))
    let heard = simulation.withNode(puppet) { puppet in
      defer { puppet.heard.removeAll() }
      return puppet.heard
    }
    for segment in heard {
      var end = segment.sequence &+ UInt32(segment.payload.count)
      if segment.flags.contains(.syn) { end &+= 1 }
      if segment.flags.contains(.fin) { end &+= 1 }
      if segment.flags.contains(.syn) {
        hostPort = segment.header.sourcePort
        puppetPort = segment.header.destinationPort
        acknowledgment = end
      } else if Int32(bitPattern: end &- acknowledgment) > 0 {
        acknowledgment = end
      }
    }
    latest = heard
    return heard
  }

  /// Opens a connection to the host's server at `port`.
  @discardableResult
  mutating func open(
    port: UInt16 = 9,
    options: TCPOptions = TCPOptions(maximumSegmentSize: 1460, windowScale: 7)
  ) -> [Heard] {
    hostPort = port
    let heard = say(.syn, options: options)
    say(.ack)
    return heard
  }

  /// The states of the host's connections.
  mutating func states() -> [ConnectionSummary.State] {
    let now = now
    return simulation.withNode(host) { $0.connections(at: now).map(\.state) }
  }

  mutating func statistics() -> HostStatistics {
    simulation.withNode(host) { $0.statistics }
  }
}
