import SimulatedTime

/// How one direction of a link treats frames.
public struct LinkBehavior: Hashable, Sendable {
  /// Line rate, in bits per second; zero means no limit.
  public var bitsPerSecond: Int64
  /// How much passes at once before the rate applies, in bytes: a token bucket of this depth.
  public var burstByteCount: Int
  /// Time from the last bit sent to the last bit received.
  public var propagation: Duration
  /// The most by which a frame is late, each delay up to it equally likely.
  ///
  /// A link never reorders: a frame that would overtake waits for the one before it, and arrives
  /// as much later as it takes on the line.
  public var jitter: Duration
  /// How much may wait for the line, in bytes; zero means no limit.
  public var queueByteLimit: Int
  /// How many frames in a million are lost, each independently.
  public var lossPerMillion: Int

  public init(
    bitsPerSecond: Int64 = 0, burstByteCount: Int = 0, propagation: Duration,
    jitter: Duration = .zero,
    queueByteLimit: Int = 0, lossPerMillion: Int = 0
  ) {
    precondition(
      bitsPerSecond >= 0 && queueByteLimit >= 0 && burstByteCount >= 0, "a rate or limit below zero"
    )
    precondition(propagation >= .zero && jitter >= .zero, "a delay below zero")
    precondition((0...1_000_000).contains(lossPerMillion), "a loss above one million per million")
    self.bitsPerSecond = bitsPerSecond
    self.burstByteCount = burstByteCount
    self.propagation = propagation
    self.jitter = jitter
    self.queueByteLimit = queueByteLimit
    self.lossPerMillion = lossPerMillion
  }
}

/// One direction of a link: its settings in the units of the inner loop, and the frames on it.
struct LinkState {
  /// The node that the port at the sending end belongs to.
  var owner: UInt32
  /// The port at the other end.
  var peer: UInt32
  /// What the owner calls the port at the sending end.
  var label: Int32
  /// First and last frame on the link.
  var head: UInt32 = FramePool.none
  var tail: UInt32 = FramePool.none
  let propagation: Int64
  /// Serialisation time of a byte, in nanoseconds times 2¹⁶.
  let byteTime: Int64
  /// How far the line may be ahead of its rate, in nanoseconds.
  let burst: Int64
  /// The longest wait for the line before frames are refused, in nanoseconds.
  let longestWait: Int64
  /// Jitter in nanoseconds.
  let jitter: UInt64
  /// Loss as a fraction of 2⁶⁴.
  let loss: UInt64
  /// When the line would be free again without a burst.
  var idleAt: Int64 = 0
  /// When the last frame sent will arrive.
  var lastArrival: Int64 = 0
  var random: RandomStream

  init(owner: UInt32, peer: UInt32, label: Int32, behavior: LinkBehavior, random: RandomStream) {
    self.owner = owner
    self.peer = peer
    self.label = label
    self.random = random
    let rate = behavior.bitsPerSecond
    propagation = behavior.propagation.wholeNanoseconds
    byteTime = rate == 0 ? 0 : (8 * 1_000_000_000 << 16) / rate
    func lineTime(of byteCount: Int) -> Int64 {
      Int64(clamping: Int128(byteCount) * 8_000_000_000 / Int128(rate))
    }
    burst = rate == 0 ? 0 : lineTime(of: behavior.burstByteCount)
    longestWait =
      behavior.queueByteLimit == 0 || rate == 0 ? .max : lineTime(of: behavior.queueByteLimit)
    jitter = UInt64(behavior.jitter.wholeNanoseconds)
    loss =
      behavior.lossPerMillion == 0
      ? 0 : UInt64(behavior.lossPerMillion) * (.max / 1_000_000)
  }

  /// What became of a frame put on the link.
  enum Admission {
    case arrives(Int64)
    case queueFull
    case lost
  }

  /// When a frame of `byteCount` bytes sent at `now` arrives, if it does.
  @inline(__always)
  mutating func admit(byteCount: Int, at now: Int64) -> Admission {
    var sent = now
    // What passes in a burst takes no time on the line.
    var lineTime: Int64 = 0
    if byteTime != 0 {
      let free = max(now, idleAt)
      if free &- now &- burst > longestWait { return .queueFull }
      lineTime = (Int64(byteCount) &* byteTime) >> 16
      idleAt = free &+ lineTime
      sent = max(now, idleAt &- burst)
      lineTime = min(lineTime, sent &- now)
    }
    // A frame that is lost has still used the line.
    if loss != 0, random.next() < loss { return .lost }
    var arrival = sent &+ propagation
    if jitter != 0 { arrival &+= Int64(random.next(below: jitter &+ 1)) }
    arrival = max(arrival, lastArrival &+ lineTime)
    lastArrival = arrival
    return .arrives(arrival)
  }
}
