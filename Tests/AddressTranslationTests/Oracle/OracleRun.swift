import AddressTranslation
import PacketFormats
import SimulatedTime

/// A fast translator and a slow one that are told the same.
struct OracleRun: ~Copyable {
  struct Input: CustomStringConvertible {
    enum Event {
      case packet([UInt8], fromInside: Bool)
      /// Everything that can be asked is asked.
      case check
    }

    var now: Int64
    var event: Event

    var description: String {
      switch event {
      case .check: "at \(now): all that can be asked"
      case .packet(let bytes, let fromInside):
        "at \(now) from \(fromInside ? "inside" : "outside"): \(bytes)"
      }
    }
  }

  var translator: Translator
  var model: SpecifiedTranslator
  var coverage = OracleCoverage()
  /// Packets that the owner keeps, and those of them it is to hand in again.
  private var kept: [UInt32: (bytes: [UInt8], fromInside: Bool)] = [:]
  var submitAgain: [(bytes: [UInt8], fromInside: Bool)] = []
  private var lastEvent = Instant(nanoseconds: .min)

  init(_ oracleCase: OracleCase) throws(BehaviorError) {
    translator = try Translator(
      behavior: oracleCase.behavior, outsideAddresses: oracleCase.outsideAddresses,
      insideAddresses: oracleCase.insideAddresses, fixedMappings: oracleCase.fixedMappings,
      seed: oracleCase.seed)
    translator.recordsEvents = true
    model = SpecifiedTranslator(
      behavior: oracleCase.behavior, outsideAddresses: oracleCase.outsideAddresses,
      insideAddresses: oracleCase.insideAddresses, fixedMappings: oracleCase.fixedMappings)
  }

  /// Tells both the same.
  ///
  /// - Returns: how they differ, or `nil` if they agree.
  mutating func step(_ input: Input) -> String? {
    switch input.event {
    case .packet(let bytes, let fromInside):
      submit(bytes, fromInside: fromInside, at: input.now)
    case .check: check(at: input.now)
    }
  }

  private mutating func submit(
    _ packet: [UInt8], fromInside: Bool, at now: Int64
  ) -> String? {
    var bytes = packet
    let verdict =
      fromInside ? translator.outbound(&bytes, at: now) : translator.inbound(&bytes, at: now)
    let seen = SpecifiedPacket(packet)
    var outside: TransportAddress?
    if fromInside, seen.hasSoundHeader, seen.fragmentOffset == 0, seen.hasSoundTransport {
      outside =
        translator.translation(
          of: SpecifiedTranslator.flow(of: seen), at: Instant(nanoseconds: now))?.outside
    }
    let wanted: SpecifiedTranslator.Result
    do throws(SpecifiedTranslator.Complaint) {
      wanted = try model.judge(
        packet, fromInside: fromInside, at: now,
        SpecifiedTranslator.Choices(
          verdict: verdict, outside: outside,
          identification: bytes.count > 5 ? TestPacket.word(at: 4, of: bytes) : 0))
    } catch {
      return "\(error.text) (verdict \(verdict))"
    }
    guard verdict == wanted.verdict else { return "\(verdict) instead of \(wanted.verdict)" }
    guard bytes == wanted.bytes else { return "bytes \(bytes) instead of \(wanted.bytes)" }
    if seen.hasSoundHeader, !seen.isFragment, seen.hasSoundTransport {
      // Once more by another way: all checksums from the beginning.
      guard
        !TestPacket.hasRightChecksums(Array(packet.prefix(seen.totalLength)))
          || TestPacket.hasRightChecksums(Array(bytes.prefix(seen.totalLength)))
      else { return "wrong checksums in \(bytes)" }
    }
    if case .held(let number) = verdict { kept[number] = (packet, fromInside) }
    coverage.note(verdict, packet, bytes, fromInside: fromInside)
    return takeReleases()
  }

  private mutating func takeReleases() -> String? {
    while let release = translator.nextRelease() {
      guard model.take(release), let packet = kept.removeValue(forKey: release.number) else {
        return "\(release), due were \(model.releases)"
      }
      coverage.releases.insert(release.decision)
      if release.decision == .submitAgain { submitAgain.append(packet) }
    }
    return nil
  }

  /// Compares all that both know and what they told since the last time.
  private mutating func check(at now: Int64) -> String? {
    let instant = Instant(nanoseconds: now)
    model.pass(to: now)
    let live = translator.translations(at: instant)
    let expected = model.sessions.map(model.translation)
    guard live == expected else { return "translations \(live) instead of \(expected)" }
    for any in expected {
      guard translator.translation(of: any.flow, at: instant) == any,
        translator.translation(
          protocol: any.flow.protocol, outside: any.outside, remote: any.flow.remote, at: instant)
          == any
      else { return "no way to \(any)" }
    }
    translator.expire(at: instant)
    if let difference = takeReleases() { return difference }
    guard model.releases.isEmpty else { return "not released: \(model.releases)" }
    var ends = expected.map(\.expiry.nanoseconds)
    ends += model.packetsInFragments.filter { !$0.held.isEmpty }.map(\.end)
    ends += model.waitingSYNs.map(\.end)
    if let next = translator.nextExpiry?.nanoseconds {
      guard next > now, next <= ends.min() ?? next else { return "next expiry \(next) at \(now)" }
    } else if !ends.isEmpty {
      return "no next expiry, but there are \(ends)"
    }
    guard translator.count == expected.count else {
      return "\(translator.count) held instead of \(expected.count)"
    }
    let differences = model.counters.differences(from: translator.counters)
    guard differences.isEmpty else { return differences.joined(separator: ", ") }
    return compareEvents()
  }

  private mutating func compareEvents() -> String? {
    var told = translator.takeEvents()
    for event in told {
      guard event.instant >= lastEvent else { return "event out of order: \(event)" }
      lastEvent = event.instant
      coverage.note(event)
    }
    var wanted = model.events
    model.events = []
    if told == wanted { return nil }
    // Ends at one instant may be told in any order, before whatever a packet does then.
    told.sort(by: Self.precedes)
    wanted.sort(by: Self.precedes)
    return told == wanted ? nil : "events \(told) instead of \(wanted)"
  }

  private static func precedes(_ a: TranslationEvent, _ b: TranslationEvent) -> Bool {
    guard a.instant == b.instant else { return a.instant < b.instant }
    return "\(a.kind) \(a.translation.flow)" < "\(b.kind) \(b.translation.flow)"
  }
}
