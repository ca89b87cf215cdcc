public import PacketFormats
public import SimulatedTime

/// Translates the addresses of IPv4 packets that pass between an inside and an outside network.
///
/// A translator rewrites the packets it is handed, in place, and says what became of each. It has
/// no clock and does no I/O. The instants it is told should not decrease; where one does, what has
/// ended stays ended, and what begins does so at the latest instant told before.
///
/// Making one costs next to nothing: tables are reserved when the first flow begins.
public struct Translator: ~Copyable {
  /// The rules it follows.
  public var behavior: Behavior { rules.behavior }
  /// What stands in packets on the outside instead of inside addresses.
  public var outsideAddresses: [IPv4Address] { rules.outsideAddresses }
  /// Whether ``nextEvent()`` has anything to tell.
  ///
  /// Events that nobody takes pile up: switch this on only if someone does.
  public var recordsEvents = false
  /// Which of ``Behavior/stateNodes`` is asked for the port of flows that begin from now on, from 0
  /// on, or `nil` to have one drawn for each.
  public var askedStateNode: Int?
  /// How often each thing has happened.
  public internal(set) var counters = TranslationCounters()

  let rules: Rules
  var fixedMappings: FixedMappings
  var flows: Slab<FlowRecord>
  var outbound: HashIndex
  var inbound: HashIndex
  var wheel: TimingWheel
  var bindings: BindingTable
  var pools: PortPools
  /// Ports held by each inside address; kept only if there is a quota.
  var portsByInside = CountTable()
  /// Ports held towards each destination; kept only if their number is limited.
  var portsByDestination = CountTable()
  var fragments = FragmentTable()
  /// The end of the packet in fragments that came last, in nanoseconds.
  var latestFragmentEnd = Int64.min
  var waitingSYNs = WaitingSYNs()
  /// The end of the waiting SYN that came last, in nanoseconds.
  var latestSYNEnd = Int64.min
  var heldPackets = HeldPackets()
  var generator: SplitMix64
  /// What nobody outside knows when ports are chosen by a hash.
  let secret: UInt64
  /// Where a sequential search for a port begins.
  var sequentialPort: UInt16
  var serial: UInt32 = 0
  var log: FIFO<TranslationEvent>

  /// Makes a translator without flows.
  ///
  /// - Parameters:
  ///   - behavior: The rules to follow.
  ///   - outsideAddresses: What to translate to; one, or several that a hash of the flow chooses
  ///     from (N-10).
  ///   - insideAddresses: For ``Behavior/Method/oneToOne`` the address that each of the outside
  ///     ones stands for, in the same order; otherwise without meaning.
  ///   - fixedMappings: Mappings that are there from the start and stay.
  ///   - seed: Where the sequence of random ports begins. The same seed and packets give the same
  ///     ports.
  /// - Throws: ``BehaviorError`` if the settings contradict each other.
  public init(
    behavior: Behavior, outsideAddresses: [IPv4Address], insideAddresses: [IPv4Address] = [],
    fixedMappings: [FixedMapping] = [], seed: UInt64
  ) throws(BehaviorError) {
    // First of all, because a noncopyable value cannot be left half made by an error.
    let rules = try Rules(
      behavior: behavior, outsideAddresses: outsideAddresses, insideAddresses: insideAddresses,
      fixedMappings: fixedMappings)
    try FixedMappings.check(fixedMappings)
    self.rules = rules
    self.fixedMappings = FixedMappings(fixedMappings)
    bindings = BindingTable(
      sharesPorts: rules.sharesPorts,
      countsAdmissions: behavior.mapping == .endpointIndependent
        && rules.filtering == .addressDependent)
    flows = Slab()
    outbound = HashIndex()
    inbound = HashIndex()
    wheel = TimingWheel()
    pools = PortPools()
    log = FIFO()
    generator = SplitMix64(seed: seed)
    var secrets = SplitMix64(seed: ~seed)
    secret = secrets.next()
    sequentialPort = behavior.ports.lowerBound
  }

  /// Makes room for `flowCount` flows in all, before they begin.
  ///
  /// Tables grow by themselves, a little with each new flow. Those that were reserved lie in huge
  /// pages if the kernel has any, in which established flows are found faster once there are
  /// hundreds of thousands of them; and a new flow never waits for memory. Reserving takes as long
  /// as it takes to write all of the memory, 91 bytes for each flow and more.
  public mutating func reserve(flowCount: Int) {
    flows.reserve(flowCount)
    outbound.reserve(flowCount)
    inbound.reserve(flowCount)
  }

  /// Rewrites the IPv4 packet whose header starts at `offset`, on its way out.
  public mutating func translateOutbound(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Instant
  ) -> Verdict {
    translate(&bytes, at: offset, .source, now: now.nanoseconds)
  }

  /// Rewrites the IPv4 packet whose header starts at `offset`, on its way in.
  public mutating func translateInbound(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Instant
  ) -> Verdict {
    translate(&bytes, at: offset, .destination, now: now.nanoseconds)
  }

  /// Which of ``Behavior/stateNodes`` keeps a translation, from 0 on.
  public func stateNode(of translation: Translation) -> Int {
    FlowKey(
      protocolNumber: translation.flow.protocol.rawValue,
      localAddress: translation.outside.address.rawValue, localPort: translation.outside.port,
      remoteAddress: translation.flow.remote.address.rawValue,
      remotePort: translation.flow.remote.port
    ).stateNode(of: rules.behavior.stateNodes)
  }

  /// Ends every translation whose timer has run out by `now`, and decides about held packets
  /// whose time is up.
  ///
  /// Translations end on time whether or not this is called; it gives back their memory and
  /// makes their events available. It never scans the table: its cost is constant for each
  /// translation made.
  public mutating func expire(at now: Instant) {
    endIdle(by: now.nanoseconds)
    endFragments(by: now.nanoseconds)
    refuseSYNs(by: now.nanoseconds)
  }

  /// A lower bound of the instant at which a translation ends or a held packet's time is up next,
  /// or `nil` if there are none.
  ///
  /// An owner that calls ``expire(at:)`` then, and asks again, is told of each end at its instant
  /// and is woken a constant number of times for each translation.
  public var nextExpiry: Instant? {
    var next = wheel.nextInstant
    for other in [fragments.nextEnd, waitingSYNs.nextEnd] {
      if let other { next = min(next ?? other, other) }
    }
    return next.map(Instant.init(nanoseconds:))
  }

  /// Takes the oldest event not yet taken, in the order in which things happened.
  ///
  /// - Returns: `nil` if all were taken, or if ``recordsEvents`` is off.
  public mutating func nextEvent() -> TranslationEvent? { log.next() }

  /// Takes the oldest decision not yet taken about a packet that the owner keeps.
  ///
  /// Decisions come about when a packet is translated or time passes (``expire(at:)``). An owner
  /// that was never told ``Verdict/held(_:)`` need not ask.
  public mutating func nextRelease() -> Release? {
    guard let (release, packet) = heldPackets.nextRelease() else { return nil }
    counters.count(release, Int(packet.byteCount), fromInside: packet.isFromInside)
    return release
  }
}
