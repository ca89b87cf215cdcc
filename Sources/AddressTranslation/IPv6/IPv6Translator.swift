public import PacketFormats
public import SimulatedTime

/// Translates the addresses and ports of IPv6 packets: NAPT66.
///
/// Lambda's IPv6 has to be translated this way if functions share an interface's address (A-24,
/// N-12: assumed). It follows the same ``Behavior`` as ``Translator`` and is used like it; all that
/// is said there holds here.
public struct IPv6Translator: ~Copyable {
  /// What stands in packets on the outside instead of inside addresses.
  public let outsideAddresses: [IPv6Address]
  /// Whether ``nextEvent()`` has anything to tell.
  public var recordsEvents = false

  /// Does the work, for the numbers that stand for addresses.
  var core: Translator
  var book: AddressBook
  private var log: FIFO<IPv6TranslationEvent>
  /// Numbers that fragments and waiting SYNs may refer to, and until when.
  private var borrowed: FIFO<Borrowed>
  /// How long they may, in nanoseconds.
  private let borrowTime: Int64
  private var latestReturn = Int64.min

  /// Makes a translator without flows.
  ///
  /// - Parameters:
  ///   - behavior: The rules to follow. Segment sizes are clamped to 20 bytes less than it says,
  ///     since IPv6's header is longer by so much.
  ///   - outsideAddresses: What to translate to.
  ///   - seed: Where the sequence of random ports begins.
  /// - Throws: ``BehaviorError`` if the settings contradict each other. A translator without state
  ///   is a ``PrefixTranslator`` and not to be had here.
  public init(
    behavior: Behavior, outsideAddresses: [IPv6Address], seed: UInt64
  ) throws(BehaviorError) {
    guard behavior.method == .stateful else { throw .oneToOneIsIPv4Only }
    var book = AddressBook()
    var numbers: [IPv4Address] = []
    for address in outsideAddresses {
      guard book.find(address) == 0 else { throw .duplicateOutsideIPv6Address(address) }
      numbers.append(IPv4Address(rawValue: book.retain(address)))
    }
    var behavior = behavior
    behavior.maximumSegmentSize = behavior.maximumSegmentSize.map { $0 > 20 ? $0 - 20 : $0 }
    var core = try Translator(behavior: behavior, outsideAddresses: numbers, seed: seed)
    // Whose addresses are in use is known from them.
    core.recordsEvents = true
    borrowTime = max(core.rules.fragmentTimeout, core.rules.timeouts.unsolicitedSYN)
    self.core = core
    self.book = book
    self.outsideAddresses = outsideAddresses
    log = FIFO()
    borrowed = FIFO()
  }

  /// The rules it follows.
  public var behavior: Behavior { core.behavior }
  /// How often each thing has happened.
  public var counters: TranslationCounters { core.counters }
  /// How many translations are held; see ``Translator/count``.
  public var count: Int { core.count }

  /// Rewrites the IPv6 packet whose header starts at `offset`, on its way out.
  public mutating func translateOutbound(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Instant
  ) -> Verdict {
    translate(&bytes, at: offset, fromInside: true, now: now.nanoseconds)
  }

  /// Rewrites the IPv6 packet whose header starts at `offset`, on its way in.
  public mutating func translateInbound(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Instant
  ) -> Verdict {
    translate(&bytes, at: offset, fromInside: false, now: now.nanoseconds)
  }

  /// Ends every translation whose timer has run out by `now`; see ``Translator/expire(at:)``.
  public mutating func expire(at now: Instant) {
    core.expire(at: now)
    takeEvents()
    returnNumbers(by: now.nanoseconds)
  }

  /// When to call ``expire(at:)`` next; see ``Translator/nextExpiry``.
  public var nextExpiry: Instant? { core.nextExpiry }

  /// Takes the oldest event not yet taken.
  public mutating func nextEvent() -> IPv6TranslationEvent? { log.next() }

  /// Takes the oldest decision about a held packet; see ``Translator/nextRelease()``.
  public mutating func nextRelease() -> Release? { core.nextRelease() }

  /// The translation of `flow` as it stands at `now`.
  public func translation(of flow: IPv6Flow, at now: Instant) -> IPv6Translation? {
    let (inside, remote) = (book.find(flow.inside.address), book.find(flow.remote.address))
    guard inside != 0, remote != 0 else { return nil }
    let known = core.translation(
      of: Flow(
        protocol: flow.protocol,
        inside: TransportAddress(IPv4Address(rawValue: inside), flow.inside.port),
        remote: TransportAddress(IPv4Address(rawValue: remote), flow.remote.port)), at: now)
    return known.map { spelledOut($0) }
  }

  /// Every translation as it stands at `now`, in the order in which they were made.
  public func translations(at now: Instant) -> [IPv6Translation] {
    var all: [IPv6Translation] = []
    for translation in core.translations(at: now) { all.append(spelledOut(translation)) }
    return all
  }

  func spelledOut(_ translation: Translation) -> IPv6Translation {
    func address(_ end: TransportAddress) -> IPv6TransportAddress {
      IPv6TransportAddress(book[end.address.rawValue], end.port)
    }
    return IPv6Translation(
      flow: IPv6Flow(
        protocol: translation.flow.protocol, inside: address(translation.flow.inside),
        remote: address(translation.flow.remote)),
      outside: address(translation.outside), state: translation.state, made: translation.made,
      lastUsed: translation.lastUsed, expiry: translation.expiry)
  }

  // MARK: Numbers

  /// Two numbers that are returned at an instant, in nanoseconds.
  private struct Borrowed {
    let numbers: (UInt32, UInt32)
    let end: Int64
  }

  /// Keeps two numbers for as long as fragments or a waiting SYN may refer to them.
  mutating func borrow(_ a: UInt32, _ b: UInt32, now: Int64) {
    latestReturn = max(latestReturn, IdleTimeouts.end(now, borrowTime))
    book.retain(a)
    book.retain(b)
    borrowed.append(Borrowed(numbers: (a, b), end: latestReturn))
  }

  /// Returns the numbers whose time is over.
  mutating func returnNumbers(by now: Int64) {
    while let oldest = borrowed.first, oldest.end < now {
      _ = borrowed.next()
      book.release(oldest.numbers.0)
      book.release(oldest.numbers.1)
    }
  }

  /// Passes on what happened to translations, and keeps or releases their addresses.
  mutating func takeEvents() {
    while let event = core.nextEvent() {
      let flow = event.translation.flow
      if event.kind == .made {
        book.retain(flow.inside.address.rawValue)
        book.retain(flow.remote.address.rawValue)
      }
      if recordsEvents {
        log.append(
          IPv6TranslationEvent(
            instant: event.instant, kind: event.kind,
            translation: spelledOut(event.translation)))
      }
      if case .ended = event.kind {
        book.release(flow.inside.address.rawValue)
        book.release(flow.remote.address.rawValue)
      }
    }
  }
}
