/// How numbers are said in reports.
enum Wording {
  /// A length of time with a fitting unit, such as `30.359 µs`.
  ///
  /// - Parameter nanoseconds: May be negative, where clocks disagree.
  /// - Returns: The time to three decimals, cut and not rounded.
  static func time(_ nanoseconds: Int64) -> String {
    let magnitude = nanoseconds.magnitude
    let sign = nanoseconds < 0 ? "-" : ""
    switch magnitude {
    case 0..<1000: return "\(sign)\(magnitude) ns"
    case 1000..<1_000_000: return sign + thousandths(magnitude) + " µs"
    case 1_000_000..<1_000_000_000: return sign + thousandths(magnitude / 1000) + " ms"
    default: return sign + thousandths(magnitude / 1_000_000) + " s"
    }
  }

  /// A number with commas between thousands.
  static func count(_ value: UInt64) -> String {
    var digits = String(value)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return ([digits] + groups).joined(separator: ",")
  }

  /// `1 packet`, `2 packets`.
  static func count(_ value: UInt64, _ noun: String) -> String {
    "\(count(value)) \(noun)\(value == 1 ? "" : "s")"
  }

  /// What an interface is called in short: what stands before the colon in `orders-1: the
  /// function's own interface`.
  static func short(_ label: String) -> String {
    guard let colon = label.firstIndex(of: ":") else { return label }
    return String(label[..<colon])
  }

  /// `text` in lines of at most `width` characters; a word that is longer has a line of its own.
  static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  private static func thousandths(_ value: UInt64) -> String {
    let fraction = String(value % 1000)
    return "\(value / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }
}
