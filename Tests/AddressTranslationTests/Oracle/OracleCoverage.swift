import AddressTranslation
import PacketFormats

/// What a run has come by.
///
/// One that never gets anywhere proves nothing.
struct OracleCoverage {
  /// Something rare that a run should have met.
  enum Feat: Hashable, CaseIterable {
    case translatedError, hairpinnedError, truncatedQuote, hairpinnedQuery, translatedFragment
    case hairpinnedFragment, newIdentification, clampedSegmentSize, keptZeroChecksum
    case beganOutside, revived, reopened
  }

  var verdicts: Set<Verdict> = []
  var releases: Set<Release.Decision> = []
  var states: Set<Translation.State> = []
  var ends: Set<TranslationEvent.EndReason> = []
  var feats: Set<Feat> = []
  var packetCount = 0

  mutating func note(
    _ verdict: Verdict, _ before: [UInt8], _ after: [UInt8], fromInside: Bool
  ) {
    packetCount += 1
    switch verdict {
    case .held: verdicts.insert(.held(0))
    case .refused(let reason, .packetTooBig):
      verdicts.insert(.refused(reason, .packetTooBig(mtu: 0)))
    default: verdicts.insert(verdict)
    }
    let isHairpin: Bool
    switch verdict {
    case .translated(let isNew):
      isHairpin = false
      if isNew, !fromInside { feats.insert(.beganOutside) }
    case .hairpinned: isHairpin = true
    default: return
    }
    let packet = SpecifiedPacket(before)
    let start = packet.headerByteCount
    if packet.isFragment {
      feats.insert(isHairpin ? .hairpinnedFragment : .translatedFragment)
      if packet.identification != SpecifiedPacket(after).identification {
        feats.insert(.newIdentification)
      }
    } else if packet.protocol == .icmp, packet.message == .error {
      feats.insert(isHairpin ? .hairpinnedError : .translatedError)
      if packet.payloadByteCount < 8 + 28 + 4 { feats.insert(.truncatedQuote) }
    } else if packet.protocol == .icmp, isHairpin {
      feats.insert(.hairpinnedQuery)
    } else if packet.protocol == .tcp, packet.payloadByteCount > 20,
      before[(start + 20)..<packet.totalLength] != after[(start + 20)..<packet.totalLength]
    {
      feats.insert(.clampedSegmentSize)
    } else if packet.protocol == .udp, packet.word(start + 6) == 0 {
      feats.insert(.keptZeroChecksum)
    }
  }

  mutating func note(_ event: TranslationEvent) {
    states.insert(event.translation.state)
    switch (event.kind, event.translation.state) {
    case (.ended(let reason), _): ends.insert(reason)
    case (.changed(from: .reset), .established): feats.insert(.revived)
    case (.changed(from: .reset), .opening), (.changed(from: .closed), .opening):
      feats.insert(.reopened)
    default: break
    }
  }

  mutating func merge(_ other: OracleCoverage) {
    verdicts.formUnion(other.verdicts)
    releases.formUnion(other.releases)
    states.formUnion(other.states)
    ends.formUnion(other.ends)
    feats.formUnion(other.feats)
    packetCount += other.packetCount
  }

  /// Verdicts and decisions by name, whatever they carry.
  var kinds: Set<String> {
    Set(verdicts.map { Self.kind("\($0)") } + releases.map { Self.kind("\($0)") })
  }

  static let allKinds: Set<String> = [
    "translated", "hairpinned", "passed", "held", "dropped", "resetSender", "refused",
    "submitAgain", "drop", "refuse",
  ]

  private static func kind(_ description: String) -> String {
    let name = description.prefix { $0 != "(" }
    return String(name.split(separator: ".").last ?? name)
  }

  /// The reasons for which packets were dropped, by a verdict or a release.
  var reasons: Set<DropReason> {
    var reasons: Set<DropReason> = []
    for verdict in verdicts {
      switch verdict {
      case .dropped(let reason), .refused(let reason, _): reasons.insert(reason)
      default: break
      }
    }
    for release in releases {
      switch release {
      case .drop(let reason), .refuse(let reason, _): reasons.insert(reason)
      case .submitAgain: break
      }
    }
    return reasons
  }
}
