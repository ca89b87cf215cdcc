import CaptureFiles

/// An interface of a capture point, in one file or in several.
///
/// It holds no text, so that taking it out of an array counts no references.
struct Tap: BitwiseCopyable {
  /// Index of the point.
  let point: Int
  let rank: Int
  /// The direction flag that outward packets bear, if known.
  let outwardFlag: UInt32?
  let mayTunnel: Bool
  /// Whether a capture filter was at work, so that missing packets prove nothing.
  var isFiltered: Bool
  let framing: Framing

  /// What stands before the IP header.
  enum Framing: BitwiseCopyable {
    case ethernet
    case none
    /// Linux cooked: the length of the header and where in it the EtherType is.
    case cooked(headerByteCount: Int, typeOffset: Int)
    case unknown

    init(_ linkType: LinkType) {
      switch linkType {
      case .ethernet: self = .ethernet
      case .rawIP, .ipv4, .ipv6: self = .none
      case .linuxCooked: self = .cooked(headerByteCount: 16, typeOffset: 14)
      case .linuxCooked2: self = .cooked(headerByteCount: 20, typeOffset: 0)
      default: self = .unknown
      }
    }
  }
}

/// What was counted at one tap.
struct TapCounters {
  var packetCount: UInt64 = 0
  var byteCount: UInt64 = 0
  var otherCount: UInt64 = 0
  var malformedCount: UInt64 = 0
  var duplicateCount: UInt64 = 0
  var unmatchedCount: UInt64 = 0
  var unmatched: [FrameNumber] = []
  var firstTime: Int64?
}
