public import SimulatedTime

/// A translation as its history knows it, seen at some instant.
public struct RecordedTranslation: Hashable, Sendable {
  /// The flow as the inside host sees it.
  public var flow: Flow
  /// What stands in packets instead of the inside address and port.
  public var outside: TransportAddress
  /// How far the flow had come at that instant.
  public var state: Translation.State
  /// Since when it had been in that state.
  public var stateSince: Instant
  /// When its first packet was translated.
  public var made: Instant
  /// When it ended, which may lie after the instant that was asked about, or `nil` if the history
  /// does not say.
  public var ended: Instant?
  /// Why it ended, or `nil` if the history does not say.
  public var endReason: TranslationEvent.EndReason?

  public init(
    flow: Flow, outside: TransportAddress, state: Translation.State, stateSince: Instant,
    made: Instant, ended: Instant?, endReason: TranslationEvent.EndReason?
  ) {
    self.flow = flow
    self.outside = outside
    self.state = state
    self.stateSince = stateSince
    self.made = made
    self.ended = ended
    self.endReason = endReason
  }
}
