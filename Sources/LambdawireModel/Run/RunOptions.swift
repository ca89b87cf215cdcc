public import EventSimulation

/// What a run writes and how, apart from what the scenario says.
public struct RunOptions: Hashable, Sendable {
  /// Which capture files are written.
  public enum Files: String, Hashable, Sendable, CaseIterable {
    /// One for each capture point.
    case taps
    /// One with everything in time order.
    case merged
    case both
  }

  /// How capture files are written.
  public enum Format: String, Hashable, Sendable, CaseIterable {
    case pcapng
    /// Classic pcap with nanosecond times, for each point: no names, comments or packet ids, and
    /// no merged file, since it could not say where a packet was seen.
    case pcap
  }

  /// An era for all functions instead of their own.
  public var networking: Scenario.Networking?
  public var files: Files
  public var format: Format
  public var annotations: AnnotationLevel
  /// Capture points to write, such as `eni` or `guest:orders-3`; empty for all.
  public var taps: [String]
  /// A filter in the language of tcpdump that packets must pass to be written, or empty.
  public var filter: String

  public init(
    networking: Scenario.Networking? = nil, files: Files = .both, format: Format = .pcapng,
    annotations: AnnotationLevel = .changes, taps: [String] = [], filter: String = ""
  ) {
    self.networking = networking
    self.files = files
    self.format = format
    self.annotations = annotations
    self.taps = taps
    self.filter = filter
  }
}
