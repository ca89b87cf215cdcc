public import EventSimulation
public import PacketFormats
public import SimulatedTime

/// A host with one Ethernet interface, from ARP to the conversations it holds.
///
/// Give it servers with ``serve(_:)`` and a ``HostProgram`` that begins exchanges; join it to the
/// network with `Simulation.connect` and tell it the port with ``attach(to:)``. Everything it
/// sends and everything that arrives is written down at its interface's capture point.
///
/// The host does what the Linux kernel of a Lambda guest would do as far as packets show it. What
/// it leaves out is listed in <doc:ScopeAndLimitations>.
public struct Host: ~Copyable, Node {
  // What every frame and every exchange reads comes first, so that it is in few lines of the cache:
  // a host of a hundred thousand is cold each time it is its turn.

  /// What decides which exchanges begin.
  public var program: (any HostProgram)?
  /// Whether it is stopped between two instructions, as Lambda does between invocations.
  public internal(set) var isFrozen = false
  /// Whether it has IPv6 addresses besides its IPv4 address.
  let speaksIPv6: Bool
  /// Whether nothing reaches it and nothing leaves it, because the network around it has failed.
  public internal(set) var isCutOff = false
  private var port: PortID?
  public internal(set) var interface: HostInterface
  /// Exchanges that ended during this event.
  var endings: [Ending] = []
  var neighbors = NeighborCache()
  /// One ``Annex``, or none.
  var annex = RecordPool<Annex>()
  var sockets = RecordPool<DatagramSocket>()
  var requests = RecordPool<RequestState>()
  /// Questions asked over UDP so far, which numbers them.
  var requestCount: UInt64 = 0
  /// What it has counted so far.
  public internal(set) var statistics = HostStatistics()
  public let settings: HostSettings
  /// Frames that wait for an address, for a gap to be filled, or for a server to have thought.
  var held = HeldFrames()
  /// Where a payload is kept while the frame it came in is exchanged for another.
  var scratch: [UInt8] = []
  var servers: [Server] = []
  var socketTable = IndexTable()
  var tcp = TCPTable()
  let parameters: TCPParameters
  var random: RandomStream
  /// The next source port to try.
  var nextPort: UInt16 = 0

  var lookups = RecordPool<LookupState>()
  var trains = RecordPool<TrainState>()
  var pings = RecordPool<PingState>()
  var queries = RecordPool<QueryState>()
  var uploads = RecordPool<UploadState>()
  var sessions = RecordPool<PostgreSQLSession>()
  /// Connections that queries have left open.
  var pool: [PooledConnection] = []
  /// What makes initial sequence numbers hard to guess (RFC 6528, section 3).
  let secret: UInt64
  /// Packets of which not all fragments have come, the oldest first.
  var reassemblies: [Reassembly] = []
  /// What the last packet that was sent in fragments is known by.
  var nextIdentification: UInt16 = 0
  /// Nanoseconds of the allowance for ICMP errors that are used up (see `allowsUnreachable`).
  var unreachableDebt: Int64 = 0
  var unreachableTime: Int64 = 0

  var frozenFrames: [Int32] = []
  var frozenTokens: [UInt64] = []

  /// What its random numbers are named after.
  public let name: String
  /// Shown every piece of text that a server receives, in order; for tests.
  package var streamObserver: ((RawSpan) -> Void)?

  /// An exchange that is over and of which the program does not know yet.
  struct Ending {
    var id: ExchangeID
    var outcome: ExchangeOutcome
  }

  /// A host that is not attached to anything yet.
  ///
  /// - Parameters:
  ///   - name: What its random numbers are named after; unique within a simulation.
  ///   - seed: The seed of the simulation.
  ///   - interface: Its addresses.
  ///   - settings: The numbers its behaviour depends on.
  public init(
    name: String, seed: UInt64, interface: HostInterface, settings: HostSettings = HostSettings()
  ) {
    self.name = name
    self.interface = interface
    speaksIPv6 = interface.ipv6 != nil
    self.settings = settings
    parameters = TCPParameters(
      settings.tcp,
      linkSegmentSize: interface.maximumTransmissionUnit - IPv4Header.byteCount
        - TCPHeader.byteCount)
    random = RandomStream(seed: seed, name: name)
    secret = random.next()
    nextIdentification = UInt16(truncatingIfNeeded: secret >> 32)
    let ports = settings.ephemeralPorts
    nextPort =
      settings.firstEphemeralPort
      ?? ports.lowerBound + UInt16(truncatingIfNeeded: random.next(below: UInt64(ports.count)))
    if speaksIPv6 { numberOwnAddresses() }
  }

  /// Tells the host which port it sends from.
  ///
  /// - Precondition: the port is one of this host's.
  public mutating func attach(to port: PortID) {
    self.port = port
  }

  /// Has ``program`` woken at `time` with `token`.
  ///
  /// - Precondition: `token` is below 2⁶³, and the host is handling an event.
  public mutating func wakeProgram(at time: Instant, token: UInt64, in network: inout Network) {
    precondition(token & WakeToken.ownBit == 0, "tokens from 2⁶³ on belong to the host")
    network.wake(at: time, token: token)
  }

  /// Declares that `address` is at `hardwareAddress`, so that neither ARP nor neighbour discovery
  /// ever asks for it.
  ///
  /// - Precondition: if it is IPv6, so is the host.
  public mutating func setNeighbor(_ address: IPAddress, to hardwareAddress: MACAddress) {
    guard let address = number(of: address) else {
      preconditionFailure("the host has no IPv6 address")
    }
    let index = neighbors.find(address) ?? neighbors.add(address)
    neighbors.neighbors[index].hardwareAddress = hardwareAddress
    neighbors.neighbors[index].state = .permanent
  }

  /// What a host is woken with to be given `address`, as DHCP would.
  ///
  /// For an interface that has none so far, or no connections: those that it has do not survive.
  package static func addressToken(_ address: IPv4Address) -> UInt64 {
    WakeToken(.address, RecordID(index: address.rawValue, generation: 0)).rawValue
  }

  // MARK: Events

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    if isFrozen || isCutOff {
      receiveWhileAway(frame, in: &network)
      return
    }
    process(frame, in: &network)
    reportEndings(in: &network)
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    if token & WakeToken.ownBit == 0 {
      // The program is outside the guest: it is what thaws it.
      if let program { program.wake(token, on: &self, in: &network) }
    } else if isFrozen, !WakeToken(rawValue: token).isOutage {
      frozenTokens.append(token)
    } else {
      act(on: WakeToken(rawValue: token), in: &network)
    }
    reportEndings(in: &network)
  }

  private mutating func act(on token: WakeToken, in network: inout Network) {
    switch token.kind {
    case .neighbor: neighborTimerFired(token.id, in: &network)
    case .release: releaseDelayed(token.id, in: &network)
    case .lookup: lookupTimerFired(token.id, in: &network)
    case .train: trainTimerFired(token.id, in: &network)
    case .ping: pingTimerFired(token.id, in: &network)
    case .request: requestTimerFired(token.id, in: &network)
    case .connection: connectionTimerFired(token.id, in: &network)
    case .query: queryTimerFired(token.id, in: &network)
    case .upload: uploadTimerFired(token.id, in: &network)
    case .session: sessionTimerFired(token.id, in: &network)
    case .write: writeTimerFired(token.id, in: &network)
    case .flow: flowTimerFired(token.id, in: &network)
    case .keepAlive: keepAliveTimerFired(token.id, in: &network)
    case .trace: traceTimerFired(token.id, in: &network)
    case .fetch: fetchTimerFired(token.id, in: &network)
    case .forward: forwardTimerFired(token.id, in: &network)
    case .nameStream: nameStreamTimerFired(token.id, in: &network)
    case .reassembly: reassemblyTimerFired(in: &network)
    case .cutOff, .rejoin, .switchOff: suffer(token, in: &network)
    case .address: interface.address = IPv4Address(rawValue: token.id.index)
    case nil: break
    }
  }

  /// Remembers that an exchange is over; its program is told at the end of the event.
  mutating func end(
    _ id: ExchangeID, began: Int64, with result: ExchangeResult, at now: Instant
  ) {
    endings.append(
      Ending(
        id: id,
        outcome: ExchangeOutcome(
          began: Instant(nanoseconds: began), ended: now, result: result)))
  }

  @inline(__always)
  private mutating func reportEndings(in network: inout Network) {
    if !endings.isEmpty { reportEachEnding(in: &network) }
  }

  private mutating func reportEachEnding(in network: inout Network) {
    // A program may begin an exchange that ends at once, which is then the last of them.
    var index = 0
    while index < endings.count, let program {
      let ending = endings[index]
      index += 1
      program.exchange(ending.id, endedWith: ending.outcome, on: &self, in: &network)
    }
    endings.removeAll(keepingCapacity: true)
  }

  // MARK: Freezing

  /// Stops the host: it sends nothing and its timers do not fire, until ``thaw(in:)``.
  ///
  /// Frames that arrive meanwhile wait in the interface's queue. The program is still woken.
  public mutating func freeze() {
    isFrozen = true
  }

  /// Lets the host go on: what arrived meanwhile is handled now, and late timers fire.
  ///
  /// - Precondition: the host is handling an event, its program's for instance.
  public mutating func thaw(in network: inout Network) {
    guard isFrozen else { return }
    isFrozen = false
    let frames = frozenFrames
    frozenFrames.removeAll()
    for index in frames { process(held.release(index).takeFrame(), in: &network) }
    let tokens = frozenTokens
    frozenTokens.removeAll()
    for token in tokens { network.wake(at: network.now, token: token) }
  }

  private mutating func receiveWhileAway(
    _ frame: consuming Frame, in network: inout Network
  ) {
    if isCutOff {
      refuse(frame, .cutOff, layer: .none, in: &network)
    } else {
      holdWhileFrozen(frame, in: &network)
    }
  }

  private mutating func holdWhileFrozen(_ frame: consuming Frame, in network: inout Network) {
    guard frozenFrames.count < settings.frozenQueueLimit else {
      refuse(frame, .frozen, layer: .none, in: &network)
      return
    }
    frozenFrames.append(held.hold(frame))
  }

  // MARK: Sending

  /// Puts a complete frame on the wire.
  @inline(__always)
  mutating func transmit(_ frame: consuming Frame, in network: inout Network) {
    guard let port else { preconditionFailure("the host is not attached to a port") }
    guard !isCutOff else {
      loseCarrier(frame, in: &network)
      return
    }
    network.capture(frame, at: interface.capturePoint, direction: .outbound)
    statistics.framesSent &+= 1
    network.send(frame, from: port)
  }
}
