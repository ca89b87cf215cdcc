public import SimulatedTime

/// A set of nodes joined by links, and the events still to come.
@safe public struct Simulation: ~Copyable {
  public var network: Network
  /// Keeps the nodes alive; the run reaches them through `table`.
  private var cells: [NodeCell] = []
  private var table: UnsafeMutablePointer<Unmanaged<NodeCell>>
  private var tableCapacity = 16
  private let seed: UInt64
  /// Events handled since the simulation was made.
  public private(set) var eventCount: UInt64 = 0

  /// An empty network at virtual time zero.
  ///
  /// - Parameters:
  ///   - seed: What all random streams derive from.
  ///   - frames: The pool for all frames.
  ///   - captures: Where capture points write.
  public init(
    seed: UInt64, frames: consuming FramePool = FramePool(),
    captures: consuming CaptureSet = CaptureSet()
  ) {
    self.seed = seed
    network = Network(frames: frames, captures: captures)
    unsafe table = .allocate(capacity: tableCapacity)
  }

  deinit {
    unsafe table.deallocate()
  }

  /// Adds `node`, which the simulation owns from now on.
  public mutating func add<Kind: Node & ~Copyable>(_ node: consuming Kind) -> NodeID<Kind> {
    let cell = TypedNodeCell(node)
    let index = cells.count
    if index == tableCapacity {
      let larger = UnsafeMutablePointer<Unmanaged<NodeCell>>.allocate(
        capacity: tableCapacity * 2)
      unsafe larger.moveInitialize(from: table, count: index)
      unsafe table.deallocate()
      unsafe table = larger
      tableCapacity *= 2
    }
    unsafe (table + index).initialize(to: Unmanaged.passUnretained(cell))
    cells.append(cell)
    return NodeID(index: UInt32(index))
  }

  /// Gives `body` a node to read or set up.
  public mutating func withNode<Kind: Node & ~Copyable, Result, Failure: Error>(
    _ id: NodeID<Kind>, _ body: (inout Kind) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let cell = cells[Int(id.index)] as? TypedNodeCell<Kind> else {
      preconditionFailure("a node of another simulation")
    }
    return try unsafe body(&cell.node.pointee)
  }

  /// Joins two nodes by a link.
  ///
  /// A node may be joined to itself, which is how it keeps a frame for a while.
  ///
  /// - Parameters:
  ///   - a: One end.
  ///   - b: The other end.
  ///   - name: What the link's random streams are named after.
  ///   - behavior: How the link treats frames.
  ///   - back: How it treats those from `b` to `a`, if not the same.
  ///   - labels: What each node calls its port; it sees this when a frame arrives there.
  /// - Returns: The port that each node was given.
  public mutating func connect<A: Node & ~Copyable, B: Node & ~Copyable>(
    _ a: NodeID<A>, _ b: NodeID<B>, name: String, _ behavior: LinkBehavior,
    back: LinkBehavior? = nil, labels: (a: Int32, b: Int32) = (0, 0)
  ) -> (a: PortID, b: PortID) {
    let first = UInt32(network.linkCount)
    network.appendLink(
      named: name,
      LinkState(
        owner: a.index, peer: first + 1, label: labels.a, behavior: behavior,
        random: RandomStream(seed: seed, name: name + ">")),
      LinkState(
        owner: b.index, peer: first, label: labels.b, behavior: back ?? behavior,
        random: RandomStream(seed: seed, name: name + "<")))
    return (PortID(index: first, label: labels.a), PortID(index: first + 1, label: labels.b))
  }

  /// Has `node` woken at `time`.
  public mutating func wake<Kind: Node & ~Copyable>(
    _ node: NodeID<Kind>, at time: Instant, token: UInt64
  ) {
    network.schedule(node: node.index, at: time, token: token)
  }

  /// When the next event happens, or `nil` if nothing is left to do.
  public var nextTime: Instant? {
    if network.arrivingNow.first != nil { return network.now }
    return network.queue.first.map { Instant(nanoseconds: $0.time) }
  }

  /// Handles events in order until none is left at or before `deadline`, or `limit` have been.
  ///
  /// - Returns: How many were handled; fewer than `limit` means that the deadline was reached.
  @discardableResult
  public mutating func run(until deadline: Instant, limit: Int = .max) -> Int {
    var handled = 0
    while handled < limit {
      if let arrival = network.arrivingNow.first,
        !network.queue.hasEntry(before: network.now.nanoseconds, arrival.sequence)
      {
        network.arrivingNow.removeFirst()
        arrive(on: arrival.port)
      } else if let event = network.queue.takeFirst(notAfter: deadline.nanoseconds) {
        network.now = Instant(nanoseconds: event.time)
        handle(event)
      } else {
        break
      }
      handled &+= 1
    }
    eventCount &+= UInt64(handled)
    if handled < limit { network.now = max(network.now, deadline) }
    return handled
  }

  @inline(__always)
  private mutating func handle(_ event: EventQueue.Entry) {
    guard event.target & Network.nodeBit != 0 else {
      arrive(on: event.target)
      return
    }
    let node = event.target & ~(Network.nodeBit | Network.holdBit)
    if event.target & Network.holdBit == 0 {
      wake(node, token: event.token)
    } else {
      let token = network.heldFrame(in: UInt32(truncatingIfNeeded: event.token))
      let label = Int32(truncatingIfNeeded: event.token >> 32)
      deliver(token, to: node, at: PortID(index: .max >> 1, label: label))
    }
  }

  @inline(__always)
  private mutating func arrive(on port: UInt32) {
    let token = network.arrive(on: port)
    let peer = unsafe network.links[Int(port)].peer
    let (node, label) = unsafe (network.links[Int(peer)].owner, network.links[Int(peer)].label)
    deliver(token, to: node, at: PortID(index: peer, label: label))
  }

  @inline(__always)
  private mutating func deliver(_ token: Frame.Token, to node: UInt32, at port: PortID) {
    network.current = node
    // Guaranteed alive by `cells`: counting references here would cost more than the event.
    unsafe table[Int(node)]._withUnsafeGuaranteedRef {
      $0.receive(Frame(token), at: port, in: &network)
    }
  }

  @inline(__always)
  private mutating func wake(_ node: UInt32, token: UInt64) {
    network.current = node
    unsafe table[Int(node)]._withUnsafeGuaranteedRef { $0.wake(token, in: &network) }
  }
}
