/// What became of a packet.
public enum Verdict: Hashable, Sendable {
  /// The packet was rewritten in place; `isNew` says that it began a translation.
  case translated(isNew: Bool)
  /// The packet came from inside and was rewritten in place to go back there (RFC 4787,
  /// section 6, "hairpinning"); `isNew` says that it began a translation.
  case hairpinned(isNew: Bool)
  /// The packet needs no translation and may go on unchanged.
  case passed
  /// What becomes of the packet is not known yet. The owner keeps it under this number until
  /// ``Translator/nextRelease()`` says what to do with it. Its bytes are unchanged.
  case held(UInt32)
  /// The packet must go no further, and nobody is told. Its bytes are unchanged.
  case dropped(DropReason)
  /// The packet must go no further, and its sender is owed the RST that ``ResetSegment``
  /// describes. Its bytes are unchanged.
  case resetSender
  /// The packet must go no further, and its sender is owed an ICMP error, unless ``ICMPAnswer``
  /// finds that this one may not be told. Its bytes are unchanged.
  case refused(DropReason, ICMPAnswer)
}
