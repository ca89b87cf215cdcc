/// The rule for names of VPCs, hosts, functions and everything else that a scenario names.
///
/// Names become parts of file names, of domain names and of paths in `--set`, so they hold nothing
/// that means something there.
enum EntityName {
  static let pattern = "^[A-Za-z][A-Za-z0-9_-]{0,62}$"
  static let expected = "a name of letters, digits, `-` and `_` that begins with a letter"

  static func isValid(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.count <= 63 && text.utf8.allSatisfy(allows)
  }

  /// Whether a name may hold this byte, apart from its first.
  static func allows(_ byte: UInt8) -> Bool {
    isLetter(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
      || byte == UInt8(ascii: "_")
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
