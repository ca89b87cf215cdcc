import AddressTranslation
import PacketFormats
import SimulatedTime

/// What a translator has to do, said a second time and with no thought for speed.
///
/// Written from the RFCs and from the comments on ``Behavior`` and its settings alone. How the RFCs
/// are read where they leave room:
/// - A session ends when `now - lastUsed` reaches the timer of its state; what comes at that very
///   nanosecond comes too late.
/// - A mapping lives as long as one of its sessions (RFC 6146, section 3.5). Sessions made by packets
///   from outside belong to the mapping that they came in by.
/// - Packets from outside restart timers if the behaviour says so; a change of state always does.
///
/// Where a behaviour leaves a choice, such as that of a port, the model is told what was chosen and
/// complains if it may not be.
struct SpecifiedTranslator {
  enum Side: Int { case inside, outside }

  struct Session {
    var flow: Flow
    var outside: TransportAddress
    /// The part of the remote end that the mapping depends on.
    var mappedRemote: TransportAddress
    var state: Translation.State
    var made: Int64
    var lastUsed: Int64
    var beganInside: Bool
    /// Whether its outside end is fixed for ever, and so nobody's to give or to count.
    var isFixed = false
    var ends = [End(), End()]

    /// What was seen of one side of a TCP connection.
    struct End {
      var sentSYN = false
      /// The next sequence number it is expected to use.
      var next: UInt32?
      /// The sequence number after its FIN.
      var finEnd: UInt32?
      var finAcknowledged = false
    }
  }

  /// A packet that comes in fragments.
  struct FragmentedPacket {
    struct Key: Equatable {
      var fromInside: Bool
      var source: IPv4Address
      var destination: IPv4Address
      var `protocol`: IPProtocol
      var identification: UInt16
    }

    enum Fate {
      case unknown
      case refused
      case translated(hairpinned: Bool)
    }

    /// What its fragments have in common as they leave.
    struct Leaving {
      var source: IPv4Address
      var destination: IPv4Address
      var identification: UInt16
    }

    var key: Key
    var end: Int64
    var fate = Fate.unknown
    /// As some have left, or `nil` if none has.
    var leaving: Leaving?
    /// The numbers of those that wait for the first.
    var held: [UInt32] = []
  }

  /// A SYN from outside that is answered later, or never (RFC 5382, REQ-4).
  struct WaitingSYN {
    var remote: TransportAddress
    var outside: TransportAddress
    var end: Int64
    var number: UInt32
  }

  /// What the translator under test did where it had a choice.
  struct Choices {
    /// Its verdict.
    var verdict: Verdict
    /// What it has as the outside end of the packet's flow.
    var outside: TransportAddress?
    /// The identification that it gave the packet.
    var identification: UInt16
  }

  /// A choice that may not be.
  struct Complaint: Error {
    var text: String
  }

  struct Result {
    var verdict: Verdict
    var bytes: [UInt8]
  }

  let behavior: Behavior
  let outsideAddresses: [IPv4Address]
  let insideAddresses: [IPv4Address]
  let fixedMappings: [FixedMapping]

  var sessions: [Session] = []
  var packetsInFragments: [FragmentedPacket] = []
  var waitingSYNs: [WaitingSYN] = []
  /// Decisions about held packets that nobody has taken yet.
  var releases: [Release] = []
  /// The lengths of the packets that the owner keeps.
  var heldByteCounts: [UInt32: (fromInside: Bool, byteCount: Int)] = [:]
  var events: [TranslationEvent] = []
  var counters = SpecifiedCounters()
  /// The outside address that each inside one was seen to have, where it has one for good.
  var pairs: [IPv4Address: IPv4Address] = [:]
  /// Where the search for a port was seen to begin for a flow, if a hash decides.
  var hashes: [HashKey: UInt16] = [:]
  /// The port after the one given out last.
  var nextPort: UInt16?

  struct HashKey: Hashable {
    var flow: Flow
    var address: IPv4Address
  }

  init(
    behavior: Behavior, outsideAddresses: [IPv4Address], insideAddresses: [IPv4Address] = [],
    fixedMappings: [FixedMapping] = []
  ) {
    self.behavior = behavior
    self.outsideAddresses = outsideAddresses
    self.insideAddresses = insideAddresses
    self.fixedMappings = fixedMappings
  }

  // MARK: Time

  static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  /// How long a session lasts without a packet.
  func patience(_ session: Session) -> Int64 {
    if session.flow.protocol == .udp,
      let timer = behavior.timers.udpByRemotePort[session.flow.remote.port]
    {
      return Self.nanoseconds(timer)
    }
    return Self.nanoseconds(behavior.timers[session.state])
  }

  func end(of session: Session) -> Int64 { session.lastUsed + patience(session) }

  /// Ends what has ended by `now`.
  mutating func pass(to now: Int64) {
    let ended = sessions.filter { end(of: $0) <= now }.sorted { end(of: $0) < end(of: $1) }
    if !ended.isEmpty {
      sessions = sessions.filter { end(of: $0) > now }
      for session in ended {
        let reason: TranslationEvent.EndReason =
          session.state == .closed ? .closed : session.state == .reset ? .reset : .idle
        counters.ended += 1
        if reason == .idle { counters.endedIdle += 1 }
        note(.ended(reason), session, at: end(of: session))
      }
    }
    for packet in packetsInFragments where packet.end <= now {
      for number in packet.held { release(number, .drop(.firstFragmentMissing)) }
    }
    packetsInFragments.removeAll { $0.end <= now }
    for syn in waitingSYNs where syn.end <= now {
      release(syn.number, .refuse(.unsolicited, .portUnreachable))
    }
    waitingSYNs.removeAll { $0.end <= now }
  }

  mutating func note(_ kind: TranslationEvent.Kind, _ session: Session, at now: Int64) {
    events.append(
      TranslationEvent(
        instant: Instant(nanoseconds: now), kind: kind, translation: translation(session)))
  }

  func translation(_ session: Session) -> Translation {
    Translation(
      flow: session.flow, outside: session.outside, state: session.state,
      made: Instant(nanoseconds: session.made), lastUsed: Instant(nanoseconds: session.lastUsed),
      expiry: Instant(nanoseconds: end(of: session)))
  }

  // MARK: Keeping packets

  /// Has the owner keep a packet, under a number that the translator chooses.
  mutating func hold(
    _ packet: SpecifiedPacket, fromInside: Bool, _ choices: Choices
  ) throws(Complaint) -> UInt32 {
    guard case .held(let number) = choices.verdict else {
      throw Complaint(text: "\(choices.verdict), but the packet is to be held")
    }
    guard heldByteCounts[number] == nil else {
      throw Complaint(text: "two packets are held under the number \(number)")
    }
    heldByteCounts[number] = (fromInside, packet.totalLength)
    return number
  }

  mutating func release(_ number: UInt32, _ decision: Release.Decision) {
    releases.append(Release(number: number, decision: decision))
  }

  /// Takes note of a decision that the owner was told.
  ///
  /// - Returns: `false` if it is none that was due.
  mutating func take(_ release: Release) -> Bool {
    guard let place = releases.firstIndex(of: release),
      let held = heldByteCounts.removeValue(forKey: release.number)
    else { return false }
    releases.remove(at: place)
    counters.count(release.decision, held.byteCount, fromInside: held.fromInside)
    return true
  }

  // MARK: Packets

  /// What must become of a packet, and what its bytes must be then.
  mutating func judge(
    _ bytes: [UInt8], fromInside: Bool, at now: Int64, _ choices: Choices
  ) throws(Complaint) -> Result {
    pass(to: now)
    let packet = SpecifiedPacket(bytes)
    var changed = packet
    let verdict = try judge(&changed, fromInside: fromInside, at: now, choices)
    switch verdict {
    case .translated, .hairpinned: break
    default: changed = packet
    }
    // Of a packet whose header cannot be believed, what is there.
    counters.count(
      verdict, packet.hasSoundHeader ? packet.totalLength : bytes.count, fromInside: fromInside)
    return Result(verdict: verdict, bytes: changed.bytes)
  }

  private mutating func judge(
    _ packet: inout SpecifiedPacket, fromInside: Bool, at now: Int64, _ choices: Choices
  ) throws(Complaint) -> Verdict {
    guard packet.hasSoundHeader else { return .dropped(.malformed) }
    if behavior.method == .oneToOne { return judgeOneToOne(&packet, fromInside: fromInside) }
    if let refusal = refusalOfLength(packet) { return refusal }
    if packet.isFragment {
      return try judgeFragment(&packet, fromInside: fromInside, at: now, choices)
    }
    return try judgeWhole(&packet, fromInside: fromInside, at: now, choices)
  }

  /// Judges a packet, or the first fragment of one.
  mutating func judgeWhole(
    _ packet: inout SpecifiedPacket, fromInside: Bool, at now: Int64, _ choices: Choices
  ) throws(Complaint) -> Verdict {
    switch packet.protocol {
    case .tcp where behavior.protocols.contains(.tcp): break
    case .udp where behavior.protocols.contains(.udp): break
    case .icmp:
      let isQuery =
        packet.isFragment || packet.payloadByteCount == 0 || packet.message == .request
        || packet.message == .reply
      guard
        isQuery ? behavior.protocols.contains(.icmpQueries) : behavior.translatesErrors
      else { return .dropped(.unsupportedProtocol) }
    default: return .dropped(.unsupportedProtocol)
    }
    guard packet.hasSoundTransport else { return .dropped(.malformed) }
    if packet.protocol == .icmp {
      switch packet.message {
      case .error:
        // Its checksum covers what this fragment lacks.
        if packet.isFragment { return .dropped(.unsupportedProtocol) }
        return judgeError(&packet, fromInside: fromInside)
      case .request, .reply: break
      case .other: return .dropped(.unsupportedProtocol)
      }
    }
    // Only what is forwarded needs hops (RFC 1812, section 5.3.1).
    if fromInside || isForSomebody(packet), let refusal = refusalOfHops(packet) { return refusal }
    if packet.protocol == .tcp, behavior.checksSegments, !isSensible(packet.flags) {
      return .dropped(.malformed)
    }
    if fromInside, outsideAddresses.contains(packet.destination) {
      // A query has no port that says which inside host it is for.
      let isForSomebody =
        packet.protocol != .icmp
        || fixedInside(protocol: .icmp, outside: packet.destinationEnd) != nil
      guard behavior.hairpinning, isForSomebody else { return .dropped(.hairpin) }
    }
    if !fromInside {
      switch enter(
        &packet, from: remote(packet.sourceEnd, packet), to: packet.destinationEnd, at: now)
      {
      case .known: return .translated(isNew: false)
      case .new: return .translated(isNew: true)
      case .unfit(let reason): return .dropped(reason)
      case .refused(let verdict):
        return try unsolicited(packet, verdict, at: now, choices)
      }
    }
    let asSent = packet
    switch try leave(&packet, at: now, choices) {
    case .refused(let verdict): return verdict
    case .unfit(let reason): return .dropped(reason)
    case .known(let session):
      return hairpin(&packet, asSent, session, isNew: false, at: now)
        ?? .translated(isNew: false)
    case .new(let session):
      return hairpin(&packet, asSent, session, isNew: true, at: now) ?? .translated(isNew: true)
    }
  }

  /// Sends a packet that goes to an outside address back inside.
  private mutating func hairpin(
    _ packet: inout SpecifiedPacket, _ asSent: SpecifiedPacket, _ session: Session, isNew: Bool,
    at now: Int64
  ) -> Verdict? {
    guard outsideAddresses.contains(packet.destination) else { return nil }
    // The hops were taken off on the way out.
    packet.bytes[8] = asSent.timeToLive
    switch enter(
      &packet, from: remote(session.outside, packet),
      to: packet.protocol == .icmp ? packet.destinationEnd : asSent.destinationEnd, at: now)
    {
    case .known: return .hairpinned(isNew: isNew)
    case .new: return .hairpinned(isNew: true)
    case .unfit(let reason): return .dropped(reason)
    case .refused(let verdict): return unsolicitedNeighbour(asSent, verdict)
    }
  }

  /// The remote end, of which a query shows the address only.
  func remote(_ end: TransportAddress, _ packet: SpecifiedPacket) -> TransportAddress {
    TransportAddress(end.address, packet.protocol == .icmp ? 0 : end.port)
  }

  /// Whether a packet has too few hops left to go on.
  func refusalOfHops(_ packet: SpecifiedPacket) -> Verdict? {
    let decrement = behavior.timeToLiveDecrement
    guard decrement > 0, packet.timeToLive <= decrement else { return nil }
    // Nobody is told of an error's end or a later fragment's (RFC 1122, section 3.2.2).
    let isSilent =
      packet.fragmentOffset > 0 || packet.protocol == .icmp && packet.message == .error
    return behavior.answersTimeExceeded && !isSilent
      ? .refused(.timeToLiveExceeded, .timeExceeded) : .dropped(.timeToLiveExceeded)
  }

  /// Whether a packet is too long to go on.
  func refusalOfLength(_ packet: SpecifiedPacket) -> Verdict? {
    guard let mtu = behavior.mtu, packet.totalLength > mtu, packet.dontFragment else { return nil }
    return .refused(.packetTooBig, .packetTooBig(mtu: mtu))
  }
}
