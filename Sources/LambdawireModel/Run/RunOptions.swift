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

  /// Which lines `events.jsonl` has.
  public enum Events: String, Hashable, Sendable, CaseIterable {
    case all
    /// What the control plane does and what breaks: nothing about single packets, translations and
    /// invocations.
    case control
    /// None; there is no such file.
    case none
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
  public var events: Events
  /// How many threads simulate, at most one to an account, or `nil` for one to a processor.
  ///
  /// What a run writes does not depend on it.
  public var threads: Int?

  public init(
    networking: Scenario.Networking? = nil, files: Files = .both, format: Format = .pcapng,
    annotations: AnnotationLevel = .changes, taps: [String] = [], filter: String = "",
    events: Events = .all, threads: Int? = nil
  ) {
    self.events = events
    self.threads = threads
    self.networking = networking
    self.files = files
    self.format = format
    self.annotations = annotations
    self.taps = taps
    self.filter = filter
  }
}
