public import AddressTranslation

/// What came of sending a capture through a translator.
public struct TranslateSummary: Sendable {
  /// The options that asked for it.
  public var options: TranslateOptions
  /// Packets read.
  public var packetCount: UInt64 = 0
  /// From the first packet to the last, in nanoseconds.
  public var duration: Int64 = 0
  /// Packets written, those the translator made itself included.
  public var recordCount: UInt64 = 0
  /// What the translator counted by the end of the capture.
  public var counters = TranslationCounters()
  /// Most translations that there were at a time.
  public var mostActive: UInt64 = 0
  /// The most bytes a second in any ten seconds, counted from the start.
  public var peakBytesPerSecond: UInt64 = 0
  /// The most packets a second in any ten seconds, counted from the start.
  public var peakPacketsPerSecond: UInt64 = 0
  /// Answers captured inside, which were addressed anew.
  public var readdressedCount: UInt64 = 0
  /// Answers captured inside for which there was no translation.
  public var unansweredCount: UInt64 = 0
  /// Packets of which it was not decided by the end of the capture what becomes of them.
  public var heldCount: UInt64 = 0
  /// Packets that the translator made: resets and ICMP errors.
  public var madeCount: UInt64 = 0
  /// Frames without IPv4.
  public var otherCount: UInt64 = 0
  /// Packets from inside to inside.
  public var localCount: UInt64 = 0
  /// Packets between two ends that are neither inside nor the translator.
  public var elsewhereCount: UInt64 = 0
  /// Packets of which the capture holds less than there was, translated all the same.
  public var cutCount: UInt64 = 0
  /// Packets of which the capture holds too little to translate them.
  public var unreadableCutCount: UInt64 = 0
  /// Packets earlier than the one before, which the translator saw at the latest time so far.
  public var backwardCount: UInt64 = 0
  /// The largest such step, in nanoseconds.
  public var largestStepBack: Int64 = 0
  /// Packets without a time.
  public var timelessCount: UInt64 = 0
  /// Link types that could not be read.
  public var unknownLinkTypes: [UInt16] = []
  /// What is wrong with the input, which was read until there.
  public var inputProblem: String?
  /// Whether the user stopped it.
  public var isInterrupted = false

  init(options: TranslateOptions) {
    self.options = options
  }

  /// Packets that went no further.
  public var droppedCount: UInt64 { counters.dropped + counters.resetSenders }

  /// Counters under the names that AWS's NAT gateway publishes its metrics by, with the three that
  /// only somebody who knows all packets' times can tell.
  public var natGatewayMetrics: [(name: String, value: UInt64)] {
    var metrics = counters.natGatewayMetrics.map { name, value in
      (name: name, value: name == "ActiveConnectionCount" ? mostActive : value)
    }
    metrics.append(("PeakBytesPerSecond", peakBytesPerSecond))
    metrics.append(("PeakPacketsPerSecond", peakPacketsPerSecond))
    return metrics
  }
}
