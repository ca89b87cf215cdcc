import AddressTranslation

/// What a translator must have counted, one verdict after the other.
struct SpecifiedCounters {
  /// How many packets, and how many bytes.
  struct Tally: Equatable {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0

    mutating func count(_ byteCount: Int) {
      packets += 1
      bytes += UInt64(byteCount)
    }
  }

  var made: UInt64 = 0
  var ended: UInt64 = 0
  var endedIdle: UInt64 = 0
  var connectionAttempts: UInt64 = 0
  var connectionsEstablished: UInt64 = 0
  private var fromInside = Tally()
  private var fromOutside = Tally()
  private var outbound = Tally()
  private var inbound = Tally()
  private var hairpinned: UInt64 = 0
  private var passed: UInt64 = 0
  private var resetSenders: UInt64 = 0
  private var refused: UInt64 = 0
  private var drops: [DropReason: UInt64] = [:]

  /// Counts a packet; one that is held counts when it is decided about.
  mutating func count(_ verdict: Verdict, _ byteCount: Int, fromInside isFromInside: Bool) {
    if case .held = verdict { return }
    if isFromInside { fromInside.count(byteCount) } else { fromOutside.count(byteCount) }
    switch verdict {
    case .translated:
      if isFromInside { outbound.count(byteCount) } else { inbound.count(byteCount) }
    case .hairpinned: hairpinned += 1
    case .passed: passed += 1
    case .held: break
    case .resetSender: resetSenders += 1
    case .dropped(let reason): drops[reason, default: 0] += 1
    case .refused(let reason, _):
      refused += 1
      drops[reason, default: 0] += 1
    }
  }

  mutating func count(
    _ decision: Release.Decision, _ byteCount: Int, fromInside: Bool
  ) {
    switch decision {
    case .submitAgain: break
    case .drop(let reason): count(.dropped(reason), byteCount, fromInside: fromInside)
    case .refuse(let reason, let answer):
      count(.refused(reason, answer), byteCount, fromInside: fromInside)
    }
  }

  /// Every count under its name, those of a translator beside those it must have.
  func differences(from counters: TranslationCounters) -> [String] {
    var pairs: [(String, UInt64, UInt64)] = [
      ("translatedOutbound", counters.translatedOutbound, outbound.packets),
      ("translatedOutboundBytes", counters.translatedOutboundBytes, outbound.bytes),
      ("translatedInbound", counters.translatedInbound, inbound.packets),
      ("translatedInboundBytes", counters.translatedInboundBytes, inbound.bytes),
      ("hairpinned", counters.hairpinned, hairpinned), ("passed", counters.passed, passed),
      ("resetSenders", counters.resetSenders, resetSenders),
      ("refused", counters.refused, refused), ("made", counters.made, made),
      ("ended", counters.ended, ended), ("endedIdle", counters.endedIdle, endedIdle),
      ("connectionAttempts", counters.connectionAttempts, connectionAttempts),
      ("connectionsEstablished", counters.connectionsEstablished, connectionsEstablished),
    ]
    for reason in DropReason.allCases {
      pairs.append(("\(reason)", counters[reason], drops[reason] ?? 0))
    }
    let exhausted = (drops[.portsExhausted] ?? 0) + (drops[.quotaExhausted] ?? 0)
    let metrics: [String: UInt64] = [
      "ActiveConnectionCount": made - ended, "BytesInFromDestination": fromOutside.bytes,
      "BytesInFromSource": fromInside.bytes, "BytesOutToDestination": outbound.bytes,
      "BytesOutToSource": inbound.bytes, "ConnectionAttemptCount": connectionAttempts,
      "ConnectionEstablishedCount": connectionsEstablished, "ErrorPortAllocation": exhausted,
      "IdleTimeoutCount": endedIdle, "PacketsDropCount": drops.values.reduce(0, +),
      "PacketsInFromDestination": fromOutside.packets, "PacketsInFromSource": fromInside.packets,
      "PacketsOutToDestination": outbound.packets, "PacketsOutToSource": inbound.packets,
    ]
    for (name, value) in counters.natGatewayMetrics {
      pairs.append((name, value, metrics[name] ?? .max))
    }
    return pairs.filter { $0.1 != $0.2 }.map { "\($0.0) is \($0.1) instead of \($0.2)" }
  }
}
