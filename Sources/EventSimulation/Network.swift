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
  /// Frames that died on a link since the owner of the run last asked.
  public internal(set) var linkDrops: [LinkDrop] = []

  var queue: EventQueue
  private(set) var links: UnsafeMutablePointer<LinkState>
  private(set) var linkCount = 0
  private var linkCapacity = 16
  private var nextSequence: UInt64 = 0
  /// The node that is handling an event.
  var current: UInt32 = 0

  /// Set in an event's target when it is a node and not a port.
  static let nodeBit: UInt32 = 1 << 31

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
      if unsafe link.pointee.head == FramePool.none {
        unsafe link.pointee.head = token.slot
        queue.insert(
          EventQueue.Entry(
            time: time, sequence: sequence, token: 0, target: UInt32(port.index)))
      } else {
        unsafe frames.bookkeeping(of: link.pointee.tail).pointee.next = token.slot
      }
      unsafe link.pointee.tail = token.slot
    case .queueFull:
      drop(token, on: port, reason: .queueFull)
    case .lost:
      drop(token, on: port, reason: .lost)
    }
  }

  private mutating func drop(_ token: Frame.Token, on port: PortID, reason: LinkDrop.Reason) {
    let packetID = unsafe frames.bookkeeping(of: token.slot).pointee.packetID
    linkDrops.append(
      LinkDrop(time: now, packetID: PacketID(rawValue: packetID), port: port, reason: reason))
    frames.free(token.slot)
  }

  /// Takes the first frame off the link behind `port`, which has just arrived at its far end.
  mutating func arrive(on port: UInt32) -> Frame.Token {
    let link = unsafe links + Int(port)
    let slot = unsafe link.pointee.head
    let bookkeeping = unsafe frames.bookkeeping(of: slot)
    let next = unsafe bookkeeping.pointee.next
    unsafe link.pointee.head = next
    if next == FramePool.none {
      queue.removeFirst()
    } else {
      let following = unsafe frames.bookkeeping(of: next)
      queue.replaceFirst(
        with: unsafe EventQueue.Entry(
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
    let id = frames.packetID(of: frame)
    let time = now
    captures.compose(describe)
    frames.withContents(of: frame) { bytes in
      captures.writeWithComment(
        bytes, at: point, time: time, direction: direction, packetID: id, verdict: verdict)
    }
  }

  /// Completes and closes every capture file.
  ///
  /// - Throws: the first failure to write one.
  public mutating func finishCaptures() throws(CaptureFileError) {
    try captures.finish(at: now)
  }

  mutating func appendLink(_ link: LinkState) {
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

  /// Hands over the frames that died on links since the last call.
  public mutating func takeLinkDrops() -> [LinkDrop] {
    if linkDrops.isEmpty { return [] }
    let drops = linkDrops
    linkDrops = []
    return drops
  }
}

/// A frame that died on a link.
public struct LinkDrop: Hashable, Sendable {
  /// Why a link gives up a frame.
  public enum Reason: Hashable, Sendable {
    /// More waited for the line than its queue holds.
    case queueFull
    /// The scenario's loss took it.
    case lost
  }

  /// When it was sent.
  public var time: Instant
  public var packetID: PacketID
  /// The port it was sent from.
  public var port: PortID
  public var reason: Reason
}
