/// Whether a key has to be there.
enum Presence: Sendable, Hashable {
  case required
  /// It may be missing; the text says what that means.
  case optional(String)
  /// It may be missing; it then has this value, written as in a file.
  case defaulted(String)
}
