public import CaptureFiles
public import SimulatedTime

/// What a node may see and do while it handles an event.
@safe public struct Network: ~Copyable {
  /// The instant of the event being handled.
  public internal(set) var now: Instant = .start
  /// The frames in flight.
  public var frames: FramePool
  /// Where frames are written down as they pass.
  public internal(set) var captures: CaptureSet
  /// Packets that died since the owner of the run last asked.
  private var drops: [Drop] = []
  /// What each link is called, by the number of its ports divided by two.
  private var linkNames: [String] = []

  var queue: EventQueue
  /// Links whose first frame arrives at this very instant, which need no place in the queue.
  var arrivingNow = ArrivalsNow()
  private(set) var links: UnsafeMutablePointer<LinkState>
  private(set) var linkCount = 0
  private var linkCapacity = 16
  private var nextSequence: UInt64 = 0
  /// The node that is handling an event.
  var current: UInt32 = 0

  /// Set in an event's target when it is a node and not a port.
  static let nodeBit: UInt32 = 1 << 31
  /// Set beside ``nodeBit`` when the node gets back a frame that it held.
  static let holdBit: UInt32 = 1 << 30

  init(frames: consuming FramePool, captures: consuming CaptureSet) {
    self.frames = frames
    self.captures = captures
    queue = EventQueue(capacity: 1024)
    unsafe links = .allocate(capacity: linkCapacity)
  }

  deinit {
    unsafe links.deinitialize(count: linkCount)
    unsafe links.deallocate()
  }

  /// Puts `frame` on the link behind `port`.
  ///
  /// It arrives after queueing, serialisation and propagation delay, never before a frame that
  /// was sent earlier on the same link.
  ///
  /// - Precondition: `port` belongs to this network.
  public mutating func send(_ frame: consuming Frame, from port: PortID) {
    precondition(port.index >= 0 && Int(port.index) < linkCount, "not a port of this network")
    let token = frame.relinquish()
    let link = unsafe links + Int(port.index)
    switch unsafe link.pointee.admit(byteCount: Int(token.byteCount), at: now.nanoseconds) {
    case .arrives(let time):
      let bookkeeping = unsafe frames.bookkeeping(of: token.slot)
      let sequence = nextSequence
      nextSequence &+= 1
      unsafe bookkeeping.pointee.arrival = time
      unsafe bookkeeping.pointee.sequence = sequence
      unsafe bookkeeping.pointee.start = token.start
      unsafe bookkeeping.pointee.byteCount = token.byteCount
      unsafe bookkeeping.pointee.next = FramePool.none
      if unsafe link.pointee.head == FramePool.none, time == now.nanoseconds {
        unsafe link.pointee.head = token.slot
        arrivingNow.append((UInt32(port.index), sequence))
      } else if unsafe link.pointee.head == FramePool.none {
        unsafe link.pointee.head = token.slot
        queue.insert(
          EventQueue.Entry(
            time: time, sequence: sequence, token: 0, target: UInt32(port.index)))
      } else {
        unsafe frames.bookkeeping(of: link.pointee.tail).pointee.next = token.slot
      }
      unsafe link.pointee.tail = token.slot
    case .queueFull:
      drop(token, on: port, code: "LINK_QUEUE_FULL", detail: "more waited than the queue holds")
    case .lost:
      drop(token, on: port, code: "LINK_LOSS", detail: "lost on the line")
    }
  }

  private mutating func drop(
    _ token: Frame.Token, on port: PortID, code: String, detail: String
  ) {
    drop(
      Frame(token), at: linkNames[Int(port.index) / 2], code: code, detail: detail, flow: "")
  }

  /// Ends the life of `frame` and notes why.
  ///
  /// - Parameters:
  ///   - frame: The packet that dies.
  ///   - place: Where: a capture point, a node or a link.
  ///   - code: Why, in the vocabulary of AWS's reachability explanation codes where there is one.
  ///   - detail: The rule or limit, in a sentence for people.
  ///   - flow: Which flow it belonged to, in the words of packet tools.
  public mutating func drop(
    _ frame: consuming Frame, at place: String, code: String, detail: String, flow: String
  ) {
    drops.append(
      Drop(
        time: now, packetID: frames.packetID(of: frame), place: place, code: code,
        detail: detail, flow: flow))
    frames.discard(frame)
  }

  /// Notes that a packet was lost before it existed, because ``frames`` has no slot free.
  ///
  /// Such a packet has the number 0.
  public mutating func reportUnmadeFrame(at place: String) {
    drops.append(
      Drop(
        time: now, packetID: PacketID(rawValue: 0), place: place, code: "NOMEM",
        detail: "the simulation has no free frame", flow: ""))
  }

  /// Takes the first frame off the link behind `port`, which has just arrived at its far end.
  mutating func arrive(on port: UInt32) -> Frame.Token {
    let link = unsafe links + Int(port)
    let slot = unsafe link.pointee.head
    let bookkeeping = unsafe frames.bookkeeping(of: slot)
    let next = unsafe bookkeeping.pointee.next
    unsafe link.pointee.head = next
    if next != FramePool.none {
      let following = unsafe frames.bookkeeping(of: next)
      queue.insert(
        unsafe EventQueue.Entry(
          time: following.pointee.arrival, sequence: following.pointee.sequence, token: 0,
          target: port))
    }
    return unsafe Frame.Token(
      slot: slot, start: bookkeeping.pointee.start, byteCount: bookkeeping.pointee.byteCount)
  }

  /// Has the node that is handling an event woken at `time`, or at once if that has passed.
  public mutating func wake(at time: Instant, token: UInt64) {
    schedule(node: current, at: time, token: token)
  }

  /// Has another node woken at `time`, or at once if that has passed.
  public mutating func wake<Kind: Node & ~Copyable>(
    _ node: NodeID<Kind>, at time: Instant, token: UInt64
  ) {
    schedule(node: node.index, at: time, token: token)
  }

  /// Keeps `frame` for the node that is handling an event, which receives it again at `time`.
  ///
  /// Frames held by one node come back in order of time whatever the order of holding. Where all
  /// wait equally long, a link from the node to itself costs less.
  ///
  /// - Parameters:
  ///   - frame: The frame to keep.
  ///   - time: When it comes back; at once if that has passed.
  ///   - label: What the node will see as the port's label.
  public mutating func hold(_ frame: consuming Frame, until time: Instant, label: Int32) {
    let token = frame.relinquish()
    unsafe frames.bookkeeping(of: token.slot).pointee.start = token.start
    unsafe frames.bookkeeping(of: token.slot).pointee.byteCount = token.byteCount
    let sequence = nextSequence
    nextSequence &+= 1
    queue.insert(
      EventQueue.Entry(
        time: max(time, now).nanoseconds, sequence: sequence,
        token: UInt64(UInt32(bitPattern: label)) << 32 | UInt64(token.slot),
        target: current | Self.nodeBit | Self.holdBit))
  }

  /// The frame that `slot` was held with.
  func heldFrame(in slot: UInt32) -> Frame.Token {
    let bookkeeping = unsafe frames.bookkeeping(of: slot)
    return unsafe Frame.Token(
      slot: slot, start: bookkeeping.pointee.start, byteCount: bookkeeping.pointee.byteCount)
  }

  mutating func schedule(node: UInt32, at time: Instant, token: UInt64) {
    let sequence = nextSequence
    nextSequence &+= 1
    queue.insert(
      EventQueue.Entry(
        time: max(time, now).nanoseconds, sequence: sequence, token: token,
        target: node | Self.nodeBit))
  }

  /// Writes `frame` down at `point`, as it is now.
  @inline(__always)
  public mutating func capture(
    _ frame: borrowing Frame, at point: CapturePoint, direction: CaptureDirection
  ) {
    guard point.isOpen else { return }
    let id = frames.packetID(of: frame)
    let time = now
    frames.withContents(of: frame) { bytes in
      captures.write(bytes, at: point, time: time, direction: direction, packetID: id)
    }
  }

  /// Writes `frame` down at `point` with a comment that `describe` composes.
  ///
  /// `describe` is not called where comments of this kind are switched off.
  @inline(__always)
  public mutating func capture(
    _ frame: borrowing Frame, at point: CapturePoint, direction: CaptureDirection,
    verdict: CaptureVerdict = .none, describe: (inout CommentText) -> Void
  ) {
    guard point.isOpen else { return }
    let id = frames.packetID(of: frame)
    let time = now
    captures.compose(describe)
    frames.withContents(of: frame) { bytes in
      captures.writeWithComment(
        bytes, at: point, time: time, direction: direction, packetID: id, verdict: verdict)
    }
  }

  /// Replaces the record of `frame` just written at `point`, now that its fate is known.
  ///
  /// A node that rewrites frames writes them down before it knows whether it will; this gives the
  /// record of one that dies its comment and verdict.
  ///
  /// - Precondition: nothing was captured since, and the frame's bytes are the same.
  public mutating func amendCapture(
    of frame: borrowing Frame, at point: CapturePoint, direction: CaptureDirection,
    verdict: CaptureVerdict, describe: (inout CommentText) -> Void
  ) {
    guard point.isOpen else { return }
    let id = frames.packetID(of: frame)
    let time = now
    captures.compose(describe)
    frames.withContents(of: frame) { bytes in
      captures.amendLast(
        bytes, at: point, time: time, direction: direction, packetID: id, verdict: verdict)
    }
  }

  /// Has readers of the files that `points` write to show `name` for an address from here on.
  ///
  /// For addresses that are given out while the run goes on.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - address: An IPv4 address, in host order.
  ///   - points: Where packets with the address may be seen.
  public mutating func addName(
    _ name: String, ofIPv4 address: UInt32, at points: [CapturePoint]
  ) {
    captures.add(NameResolution(entries: [.init(.ipv4(address), name)]), at: points)
  }

  /// Gives `body` the capture files, between events.
  package mutating func withCaptures<Result>(_ body: (inout CaptureSet) -> Result) -> Result {
    body(&captures)
  }

  /// Writes the last blocks of every capture file without waiting for them to be on the disk.
  package mutating func endCaptures() { captures.end(at: now) }

  /// Completes and closes every capture file.
  ///
  /// - Throws: the first failure to write one.
  public mutating func finishCaptures() throws(CaptureFileError) {
    try captures.finish(at: now)
  }

  /// Adds both directions of a link.
  mutating func appendLink(named name: String, _ forward: LinkState, _ backward: LinkState) {
    linkNames.append(name)
    append(forward)
    append(backward)
  }

  private mutating func append(_ link: LinkState) {
    if linkCount == linkCapacity {
      let larger = UnsafeMutablePointer<LinkState>.allocate(capacity: linkCapacity * 2)
      unsafe larger.moveInitialize(from: links, count: linkCount)
      unsafe links.deallocate()
      unsafe links = larger
      linkCapacity *= 2
    }
    unsafe (links + linkCount).initialize(to: link)
    linkCount += 1
  }

  /// Hands over the packets that died since the last call.
  public mutating func takeDrops() -> [Drop] {
    if drops.isEmpty { return [] }
    let taken = drops
    drops = []
    return taken
  }
}

/// A packet that died, and why.
public struct Drop: Hashable, Sendable {
  /// When it died, or was put on the link that lost it.
  public var time: Instant
  public var packetID: PacketID
  public var place: String
  public var code: String
  public var detail: String
  public var flow: String
}
