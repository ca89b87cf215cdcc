/// Numbers of the pcapng format that more than one type needs (draft-ietf-opsawg-pcapng).
enum PcapngFormat {
  /// Tells the byte order of a section (section 4.1).
  static let byteOrderMagic: UInt32 = 0x1a2b_3c4d
  /// The longest that an option's value can be, in bytes: its length is a 16-bit number.
  static let longestOption = 0xffff
  /// The snapshot length that we write, in bytes: libpcap's own default.
  ///
  /// The same for every interface of a file, because libpcap refuses anything else
  /// (observability-formats §5.2).
  static let snapshotLength = 262_144

  /// `byteCount` rounded up to the next multiple of four: every body, option and packet is padded.
  @inline(__always)
  static func padded(_ byteCount: Int) -> Int {
    (byteCount + 3) & ~3
  }

  /// How much of `text` fits an option without breaking a character, in bytes.
  static func fittingPrefix(of text: String.UTF8View) -> Int {
    guard text.count > longestOption else { return text.count }
    var end = text.index(text.startIndex, offsetBy: longestOption)
    while text[end] & 0xc0 == 0x80 { end = text.index(before: end) }
    return text.distance(from: text.startIndex, to: end)
  }
}
