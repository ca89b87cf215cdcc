public import PacketFormats
public import SimulatedTime

/// Translates the addresses of IPv4 packets that pass between an inside and an outside network.
///
/// A translator rewrites the packets it is handed, in place, and says what became of each. It has
/// no clock and does no I/O. The instants it is told must not decrease; one that does is taken
/// for the latest told before.
///
/// Making one costs next to nothing: tables are reserved when the first flow begins.
public struct Translator: ~Copyable {
  /// The rules it follows.
  public let behavior: Behavior
  /// What stands in packets on the outside instead of inside addresses.
  public let outsideAddresses: [IPv4Address]
  /// Whether ``nextEvent()`` has anything to tell.
  ///
  /// Events that nobody takes pile up: switch this on only if someone does.
  public var recordsEvents = false
  /// How often each thing has happened.
  public private(set) var counters = TranslationCounters()

  /// Makes a translator without flows.
  ///
  /// - Parameters:
  ///   - behavior: The rules to follow.
  ///   - outsideAddresses: What to translate to; one, or several that a hash of the flow chooses
  ///     from (N-10).
  ///   - insideAddress: For ``Behavior/Method/oneToOne`` the one address that is translated.
  ///   - seed: Where the sequence of random ports begins. The same seed and packets give the same
  ///     ports.
  /// - Throws: ``BehaviorError`` if the settings contradict each other.
  public init(
    behavior: Behavior, outsideAddresses: [IPv4Address], insideAddress: IPv4Address? = nil,
    seed: UInt64
  ) throws(BehaviorError) {
    self.behavior = behavior
    self.outsideAddresses = outsideAddresses
  }

  /// Rewrites the IPv4 packet whose header starts at `offset`, on its way out.
  public mutating func translateOutbound(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Instant
  ) -> Verdict {
    .passed
  }

  /// Rewrites the IPv4 packet whose header starts at `offset`, on its way in.
  public mutating func translateInbound(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Instant
  ) -> Verdict {
    .passed
  }

  /// Ends every translation whose timer has run out by `now`.
  ///
  /// Translations end on time whether or not this is called; it gives back their memory and
  /// makes their events available. It never scans the table: its cost is constant for each
  /// translation made.
  public mutating func expire(at now: Instant) {}

  /// A lower bound of the instant at which a translation ends next, or `nil` if there are none.
  ///
  /// An owner that calls ``expire(at:)`` then, and asks again, is told of each end at its instant
  /// and is woken a constant number of times for each translation.
  public var nextExpiry: Instant? { nil }

  /// Takes the oldest event not yet taken, in the order in which things happened.
  public mutating func nextEvent() -> TranslationEvent? { nil }

  /// How many translations are held.
  ///
  /// Those that ended since the last call of ``expire(at:)`` may still count.
  public var count: Int { 0 }

  /// The translation of `flow` as it stands at `now`.
  public func translation(of flow: Flow, at now: Instant) -> Translation? { nil }

  /// The translation that a packet from `remote` to `outside` belongs to at `now`.
  public func translation(
    protocol: IPProtocol, outside: TransportAddress, remote: TransportAddress, at now: Instant
  ) -> Translation? { nil }

  /// Every translation as it stands at `now`, in the order in which they were made.
  public func translations(at now: Instant) -> [Translation] { [] }
}
