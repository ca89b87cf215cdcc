/// How often each thing has happened since the translator was made.
public struct TranslationCounters: Hashable, Sendable {
  /// Packets from inside that were rewritten.
  public internal(set) var translatedOutbound: UInt64 = 0
  /// Packets from outside that were rewritten.
  public internal(set) var translatedInbound: UInt64 = 0
  /// Packets let through unchanged.
  public internal(set) var passed: UInt64 = 0
  /// Packets whose sender was owed a RST.
  public internal(set) var resetSenders: UInt64 = 0
  /// Translations begun.
  public internal(set) var made: UInt64 = 0
  /// Translations ended.
  public internal(set) var ended: UInt64 = 0

  private var portsExhausted: UInt64 = 0
  private var unsolicited: UInt64 = 0
  private var filtered: UInt64 = 0
  private var midConnection: UInt64 = 0
  private var hairpin: UInt64 = 0
  private var timeToLiveExceeded: UInt64 = 0
  private var fragment: UInt64 = 0
  private var unsupportedProtocol: UInt64 = 0
  private var malformed: UInt64 = 0

  public init() {}

  /// Packets dropped for `reason`.
  public subscript(reason: DropReason) -> UInt64 {
    switch reason {
    case .portsExhausted: portsExhausted
    case .unsolicited: unsolicited
    case .filtered: filtered
    case .midConnection: midConnection
    case .hairpin: hairpin
    case .timeToLiveExceeded: timeToLiveExceeded
    case .fragment: fragment
    case .unsupportedProtocol: unsupportedProtocol
    case .malformed: malformed
    }
  }

  /// Packets dropped, for whatever reason.
  public var dropped: UInt64 { DropReason.allCases.reduce(0) { $0 + self[$1] } }

  mutating func countDrop(_ reason: DropReason) {
    switch reason {
    case .portsExhausted: portsExhausted += 1
    case .unsolicited: unsolicited += 1
    case .filtered: filtered += 1
    case .midConnection: midConnection += 1
    case .hairpin: hairpin += 1
    case .timeToLiveExceeded: timeToLiveExceeded += 1
    case .fragment: fragment += 1
    case .unsupportedProtocol: unsupportedProtocol += 1
    case .malformed: malformed += 1
    }
  }
}
