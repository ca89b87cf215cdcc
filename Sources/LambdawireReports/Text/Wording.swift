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

  /// As of when a path is judged, where that makes a difference.
  static func configuration(asOf time: String) -> String {
    "rules and routes as they are \(time) after a run began; events change them (--at)"
  }

  /// A length of time that is not negative in about three figures, rounded, such as `10.4 s` or
  /// `457 ms`: for tables and plots.
  static func shortTime(_ nanoseconds: Int64) -> String {
    var unit: Int64 = 1
    var name = "ns"
    for (size, next) in [(1000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s")] as [(Int64, String)]
    where nanoseconds >= size - size / 2000 {
      (unit, name) = (size, next)
    }
    // As many decimals as leave three figures, and none that are zero.
    let decimals = unit == 1 ? 0 : nanoseconds >= unit * 100 ? 0 : nanoseconds >= unit * 10 ? 1 : 2
    let scale: Int64 = [1, 10, 100][decimals]
    let step = unit / scale
    let rounded = nanoseconds / step + (nanoseconds % step * 2 >= step ? 1 : 0)
    guard decimals > 0, rounded % scale > 0 else { return "\(rounded / scale) \(name)" }
    var fraction = String(rounded % scale)
    fraction = String(repeating: "0", count: decimals - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(rounded / scale).\(fraction) \(name)"
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

  /// `1 packet`, `2 packets`; `plural` is for nouns that take more than an s.
  static func count(_ value: UInt64, _ noun: String, plural: String? = nil) -> String {
    "\(count(value)) \(value == 1 ? noun : plural ?? "\(noun)s")"
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
