/// What became of a packet.
public enum Verdict: Hashable, Sendable {
  /// The packet was rewritten in place; `isNew` says that it began a translation.
  case translated(isNew: Bool)
  /// The packet needs no translation and may go on unchanged.
  case passed
  /// The packet must go no further, and nobody is told. Its bytes are unchanged.
  case dropped(DropReason)
  /// The packet must go no further, and its sender is owed the RST that ``ResetSegment``
  /// describes. Its bytes are unchanged.
  case resetSender
}
