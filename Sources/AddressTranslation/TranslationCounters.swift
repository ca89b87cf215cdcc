/// How often each thing has happened since the translator was made.
///
/// A packet that is held counts when it is decided about, and one that is handed in again then. Of
/// a packet whose length cannot be believed all bytes count that were handed over.
public struct TranslationCounters: Hashable, Sendable {
  /// Packets from inside that were rewritten.
  public internal(set) var translatedOutbound: UInt64 = 0
  /// The bytes of those, with their IP headers.
  public internal(set) var translatedOutboundBytes: UInt64 = 0
  /// Packets from outside that were rewritten.
  public internal(set) var translatedInbound: UInt64 = 0
  /// The bytes of those, with their IP headers.
  public internal(set) var translatedInboundBytes: UInt64 = 0
  /// Packets from inside that were rewritten and went back there.
  public internal(set) var hairpinned: UInt64 = 0
  /// Packets let through unchanged.
  public internal(set) var passed: UInt64 = 0
  /// Packets whose sender was owed a RST.
  public internal(set) var resetSenders: UInt64 = 0
  /// Packets whose sender was owed an ICMP error; they count as dropped too.
  public internal(set) var refused: UInt64 = 0
  /// Translations begun.
  public internal(set) var made: UInt64 = 0
  /// Translations ended.
  public internal(set) var ended: UInt64 = 0
  /// Translations ended because no packet came for too long.
  public internal(set) var endedIdle: UInt64 = 0
  /// TCP connections that a SYN began.
  public internal(set) var connectionAttempts: UInt64 = 0
  /// TCP connections whose handshake was seen to its end.
  public internal(set) var connectionsEstablished: UInt64 = 0

  /// What came from inside and did not go out.
  private var remainingInside = Tally()
  /// What came from outside and did not go in.
  private var remainingOutside = Tally()
  private var drops: [UInt64]

  private struct Tally: Hashable {
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
  }

  public init() {
    drops = Array(repeating: 0, count: DropReason.allCases.count)
  }

  /// Packets dropped for `reason`.
  public subscript(reason: DropReason) -> UInt64 { drops[Int(reason.rawValue)] }

  /// Packets dropped, for whatever reason.
  public var dropped: UInt64 { drops.reduce(0, +) }

  /// The counters under the names that AWS's NAT gateway publishes its metrics by (lambda-vpc §6.2;
  /// VPC guide, "NAT gateway metrics and dimensions").
  ///
  /// AWS sums them up by the minute and counts what is active at its peak; these are totals, and
  /// what is active now. *Source* is inside, *destination* outside.
  public var natGatewayMetrics: KeyValuePairs<String, UInt64> {
    [
      "ActiveConnectionCount": made - ended,
      "BytesInFromDestination": translatedInboundBytes + remainingOutside.bytes,
      "BytesInFromSource": translatedOutboundBytes + remainingInside.bytes,
      "BytesOutToDestination": translatedOutboundBytes,
      "BytesOutToSource": translatedInboundBytes,
      "ConnectionAttemptCount": connectionAttempts,
      "ConnectionEstablishedCount": connectionsEstablished,
      "ErrorPortAllocation": self[.portsExhausted] + self[.quotaExhausted],
      "IdleTimeoutCount": endedIdle,
      "PacketsDropCount": dropped,
      "PacketsInFromDestination": translatedInbound + remainingOutside.packets,
      "PacketsInFromSource": translatedOutbound + remainingInside.packets,
      "PacketsOutToDestination": translatedOutbound,
      "PacketsOutToSource": translatedInbound,
    ]
  }

  @inline(__always)
  mutating func countTranslated(_ byteCount: Int, fromInside: Bool) {
    if fromInside {
      translatedOutbound &+= 1
      translatedOutboundBytes &+= UInt64(truncatingIfNeeded: byteCount)
    } else {
      translatedInbound &+= 1
      translatedInboundBytes &+= UInt64(truncatingIfNeeded: byteCount)
    }
  }

  /// Counts a packet, and what became of it; a held one counts when that is decided.
  mutating func count(_ verdict: Verdict, _ byteCount: Int, fromInside: Bool) {
    switch verdict {
    case .translated:
      countTranslated(byteCount, fromInside: fromInside)
      return
    case .held: return
    case .hairpinned: hairpinned += 1
    case .passed: passed += 1
    case .resetSender: resetSenders += 1
    case .dropped(let reason): countDrop(reason)
    case .refused(let reason, _):
      refused += 1
      countDrop(reason)
    }
    if fromInside {
      remainingInside.packets += 1
      remainingInside.bytes += UInt64(byteCount)
    } else {
      remainingOutside.packets += 1
      remainingOutside.bytes += UInt64(byteCount)
    }
  }

  /// Counts a packet that was held; one that is handed in again counts then.
  mutating func count(_ release: Release, _ byteCount: Int, fromInside: Bool) {
    switch release.decision {
    case .submitAgain: break
    case .drop(let reason): count(.dropped(reason), byteCount, fromInside: fromInside)
    case .refuse(let reason, let answer):
      count(.refused(reason, answer), byteCount, fromInside: fromInside)
    }
  }

  private mutating func countDrop(_ reason: DropReason) {
    drops[Int(reason.rawValue)] += 1
  }
}
