/// Reads and writes how long something takes.
struct TimingNotation: Sendable {
  /// What every duration in it may be.
  let quantity: Quantity<Duration>
  private let longest: Duration
  /// A millionth is the finest spread, and 3 more than any step of a computer has.
  private static let spread = 0...3_000_000

  init(to longest: Duration) {
    self.longest = longest
    quantity = .duration(.zero, longest)
  }

  /// What every duration of at most `longest` may be.
  static func timing(to longest: Duration) -> Self { Self(to: longest) }

  var expected: String {
    "a duration up to \(quantity.describe(longest)), or a distribution of such: "
      + "`uniform 5 ms to 20 ms`, `exponential 20 ms`, `exponential 20 ms from 1 ms to 50 ms` or "
      + "`log-normal 20 ms spread 0.3 from 5 ms to 80 ms`"
  }

  static let schema: JSONValue = [
    "type": "string",
    "pattern": .string(
      UnitTable.duration.pattern
        + "|^uniform .+ to .+$|^exponential .+$|^log-normal .+ spread [0-9.]+( from .+ to .+)?$"),
  ]

  func parse(_ text: String) throws(ValueProblem) -> Scenario.Timing {
    let kinds = ["uniform", "exponential", "log-normal"]
    guard let first = text.split(separator: " ").first, !isNumber(first) else {
      return .fixed(try quantity.parse(text))
    }
    var rest = text.dropFirst(first.count)
    switch first {
    case "uniform":
      return .uniform(try range(rest, after: nil, in: text))
    case "exponential":
      let bounds = try takeBounds(&rest, in: text)
      let mean = try duration(rest, called: "mean")
      guard mean > .zero else {
        throw ValueProblem(found: "a mean of \(quantity.describe(mean))", expected: "a longer mean")
      }
      return .exponential(mean: mean, bounds: try holding(mean, bounds, called: "mean"))
    case "log-normal":
      let bounds = try takeBounds(&rest, in: text)
      guard let separator = rest.ranges(of: " spread ").first else {
        throw ValueProblem(
          found: "\(quoted(text)) without a spread",
          expected: "`log-normal MEDIAN spread NUMBER`, such as `log-normal 20 ms spread 0.3`")
      }
      let median = try duration(rest[..<separator.lowerBound], called: "median")
      let number = trimmed(rest[separator.upperBound...])
      guard let millionths = ExactDecimal(number)?.times(1_000_000),
        Self.spread.contains(millionths)
      else {
        throw ValueProblem(
          found: "the spread \(quoted(number))",
          expected: "a number from 0 to 3 with at most six decimals, such as `0.3`: the standard "
            + "deviation of the logarithm")
      }
      return .logNormal(
        median: median, spread: Ratio(partsPerMillion: millionths),
        bounds: try holding(median, bounds, called: "median"))
    default:
      throw ValueProblem(
        suggestion: Suggestion.nearest(to: String(first), among: kinds).map { "\($0)\(rest)" })
    }
  }

  /// `timing` as it would be written.
  func describe(_ timing: Scenario.Timing) -> String {
    switch timing {
    case .fixed(let duration): quantity.describe(duration)
    case .uniform(let range): "uniform \(describe(range))"
    case .exponential(let mean, let bounds):
      "exponential \(quantity.describe(mean))" + (bounds.map { " from \(describe($0))" } ?? "")
    case .logNormal(let median, let spread, let bounds):
      "log-normal \(quantity.describe(median)) spread \(spread.decimal)"
        + (bounds.map { " from \(describe($0))" } ?? "")
    }
  }

  private func describe(_ range: ClosedRange<Duration>) -> String {
    "\(quantity.describe(range.lowerBound)) to \(quantity.describe(range.upperBound))"
  }

  private func isNumber(_ word: Substring) -> Bool {
    word.utf8.first.map { (48...57).contains($0) || $0 == UInt8(ascii: "-") } ?? true
  }

  private func duration(
    _ text: some StringProtocol, called name: String
  ) throws(ValueProblem) -> Duration {
    let text = trimmed(text)
    do throws(ValueProblem) { return try quantity.parse(text) } catch {
      throw ValueProblem(
        found: error.found ?? "the \(name) \(text.isEmpty ? "nothing" : quoted(text))",
        expected: error.expected ?? quantity.expectation, suggestion: error.suggestion)
    }
  }

  /// Cuts ` from A to B` off the end of `text`.
  private func takeBounds(
    _ text: inout Substring, in whole: String
  ) throws(ValueProblem) -> ClosedRange<Duration>? {
    guard let separator = text.ranges(of: " from ").first else { return nil }
    let bounds = try range(text[separator.upperBound...], after: "from", in: whole)
    text = text[..<separator.lowerBound]
    return bounds
  }

  private func range(
    _ text: Substring, after word: String?, in whole: String
  ) throws(ValueProblem) -> ClosedRange<Duration> {
    guard let separator = text.ranges(of: " to ").first else {
      throw ValueProblem(
        found: "\(quoted(whole)), of which the end is missing",
        expected: "two durations with `to` between them, such as "
          + "`\(word ?? "uniform") 5 ms to 20 ms`")
    }
    let lower = try duration(text[..<separator.lowerBound], called: "lower bound")
    let upper = try duration(text[separator.upperBound...], called: "upper bound")
    guard lower <= upper else {
      throw ValueProblem(
        found: "bounds from \(quantity.describe(lower)) down to \(quantity.describe(upper))",
        expected: "the lower bound first")
    }
    return lower...upper
  }

  private func holding(
    _ middle: Duration, _ bounds: ClosedRange<Duration>?, called name: String
  ) throws(ValueProblem) -> ClosedRange<Duration>? {
    guard let bounds, !bounds.contains(middle) else { return bounds }
    throw ValueProblem(
      found: "a \(name) of \(quantity.describe(middle)) outside \(describe(bounds))",
      expected: "a \(name) within the bounds")
  }

  private func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}

extension ValueType<Scenario.Timing> {
  /// How long something takes, at most `longest`.
  static func timing(to longest: Duration) -> Self { timing(TimingNotation(to: longest)) }

  static func timing(_ notation: TimingNotation) -> Self {
    .text(notation.expected, schema: TimingNotation.schema) { text throws(ValueProblem) in
      try notation.parse(text)
    }
  }
}

extension Ratio {
  /// The share as a decimal number: 0.3 for 300,000 millionths.
  fileprivate var decimal: String {
    let (whole, part) = partsPerMillion.quotientAndRemainder(dividingBy: 1_000_000)
    guard part > 0 else { return "\(whole)" }
    var digits = "\(part + 1_000_000)".dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
  }
}
