/// The units that one kind of quantity may be written in.
struct UnitTable: Sendable {
  /// What the quantity is called, with its article.
  let name: String
  /// Each unit and how many of the smallest one it is, from small to large.
  ///
  /// Empty if the quantity is a plain number.
  let units: [(name: String, factor: Int)]
  /// Units printed in preference to others of the same size.
  let printed: Set<String>
  let example: String

  static let integer = UnitTable(name: "a whole number", units: [], printed: [], example: "10")
  static let duration = UnitTable(
    name: "a duration",
    units: [
      ("ns", 1), ("us", 1_000), ("\u{b5}s", 1_000), ("\u{3bc}s", 1_000), ("ms", 1_000_000),
      ("s", 1_000_000_000), ("min", 60_000_000_000), ("h", 3_600_000_000_000),
      ("d", 86_400_000_000_000),
    ], printed: ["ns", "us", "ms", "s", "h", "d"], example: "250 us")
  static let byteCount = UnitTable(
    name: "a size",
    units: [
      ("B", 1), ("kB", 1_000), ("KiB", 1_024), ("MB", 1_000_000), ("MiB", 1_048_576),
      ("GB", 1_000_000_000), ("GiB", 1_073_741_824),
    ], printed: ["B", "kB", "KiB", "MB", "MiB", "GB", "GiB"], example: "10 kB")
  static let bitRate = UnitTable(
    name: "a bit rate",
    units: [
      ("bit/s", 1), ("kbit/s", 1_000), ("Mbit/s", 1_000_000), ("Gbit/s", 1_000_000_000),
    ], printed: ["bit/s", "kbit/s", "Mbit/s", "Gbit/s"], example: "600 Mbit/s")
  static let ratio = UnitTable(
    name: "a percentage", units: [("%", 10_000)], printed: ["%"], example: "5 %")
}

extension UnitTable {
  /// The quantity that `text` stands for, in the smallest unit.
  ///
  /// Decimals are exact: a value between two of the smallest units is refused, not rounded.
  func parse(_ text: String) throws(ValueProblem) -> Int {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-") }
    var unit = text[number.endIndex...]
    if unit.first == " " { unit.removeFirst() }
    guard let decimal = ExactDecimal(number) else { throw ValueProblem() }
    let factor: Int
    if units.isEmpty {
      guard unit.isEmpty else {
        throw ValueProblem(found: "\(quoted(text)), with a unit", expected: "\(name) without one")
      }
      factor = 1
    } else {
      guard let known = units.first(where: { $0.name == unit }) else {
        throw unknownUnit(String(unit), number: String(number), text: text)
      }
      factor = known.factor
    }
    guard let value = decimal.times(factor) else {
      throw ValueProblem(
        found: "\(quoted(text)), which is too large or too fine",
        expected: "\(name) with fewer digits")
    }
    return value
  }

  private func unknownUnit(_ unit: String, number: String, text: String) -> ValueProblem {
    let names = units.map(\.name)
    // The two spellings of µ with a non-ASCII letter are accepted, not advertised.
    // What is a unit of something else was meant as such: no letter of it is a slip.
    if !has(unit), let other = Self.all.first(where: { $0.has(unit) }) {
      return ValueProblem(
        found: "\(quoted(text)), which is \(other.name)", expected: "\(name), such as \(example)")
    }
    let listed = names.filter { $0.utf8.allSatisfy { $0 < 128 } }.joined(separator: ", ")
    return ValueProblem(
      found: unit.isEmpty ? "\(quoted(text)) without a unit" : "the unit \(quoted(unit))",
      expected: "\(name) in one of \(listed)",
      suggestion: unit.isEmpty
        ? nil : Suggestion.nearest(to: unit, among: names).map { "\(number) \($0)" })
  }

  private static let all = [duration, byteCount, bitRate, ratio]

  /// Whether this is one of the units, in whatever case.
  private func has(_ unit: String) -> Bool {
    units.contains { $0.name.lowercased() == unit.lowercased() }
  }

  /// `value`, given in the smallest unit, in the largest unit that leaves a whole number.
  func describe(_ value: Int) -> String {
    guard !units.isEmpty else { return "\(value)" }
    let fitting = units.last { printed.contains($0.name) && value != 0 && value % $0.factor == 0 }
    if let fitting { return "\(value / fitting.factor) \(fitting.name)" }
    let smallest = units[0]
    if smallest.factor == 1 || value == 0 { return "\(value / smallest.factor) \(smallest.name)" }
    // Only percentages come here: four decimals at most.
    var decimals = "\(value % smallest.factor + smallest.factor)".dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return "\(value / smallest.factor).\(decimals) \(smallest.name)"
  }

  /// A regular expression for the JSON Schema that texts of this kind match.
  var pattern: String {
    let number = #"[0-9]+(\.[0-9]+)?"#
    return units.isEmpty
      ? "^[0-9]+$"
      : "^\(number) ?(\(units.map(\.name).joined(separator: "|")))$"
  }
}
