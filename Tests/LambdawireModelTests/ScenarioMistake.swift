import Testing

/// One way to spoil the sound scenario, and what must be said about it.
struct ScenarioMistake: CustomTestStringConvertible, Sendable {
  let piece: String
  let replacement: String
  /// Text that the diagnostic must hold.
  let message: String

  /// Replaces `piece` by `replacement`, in which `§` marks where the diagnostic must point.
  init(_ piece: String, _ replacement: String, _ message: String) {
    self.piece = piece
    self.replacement = replacement
    self.message = message
  }

  var testDescription: String { replacement }
}
