public import SimulatedTime

/// Something that became of a translation.
public struct TranslationEvent: Hashable, Sendable {
  /// When it happened.
  ///
  /// The end of a translation carries the nanosecond at which its timer ran out, however much
  /// later the translator was told the time.
  public var instant: Instant
  /// What happened.
  public var kind: Kind
  /// The translation, after the event.
  public var translation: Translation

  public init(instant: Instant, kind: Kind, translation: Translation) {
    self.instant = instant
    self.kind = kind
    self.translation = translation
  }

  /// What can happen to a translation.
  public enum Kind: Hashable, Sendable {
    /// Its first packet was translated.
    case made
    /// A packet moved it on from `previous` to the state it is in now.
    case changed(from: Translation.State)
    /// It is gone, and its port is free if no other translation uses it.
    case ended(EndReason)
  }

  /// Why a translation ended.
  public enum EndReason: String, Hashable, Sendable, CaseIterable {
    /// No packet came for as long as the timer of its state.
    case idle
    /// The connection was closed from both sides, and the hold on the port is over.
    case closed
    /// The connection was reset, and the hold on the port is over.
    case reset
  }
}
