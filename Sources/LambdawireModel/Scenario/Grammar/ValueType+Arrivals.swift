/// When invocations come, as scenarios say it.
extension ValueType<Scenario.Arrivals> {
  /// When invocations come.
  static let arrivals = Self.text(
    "`once`, `3 at once`, `every 100 ms`, `poisson 40/s`, `ramp 1/s to 40/s` or "
      + "`diurnal 40/s peak 180 % period 24 h`",
    schema: [
      "type": "string",
      "pattern": .string(
        "^(once|[0-9]+ at once|every .+|poisson .+|ramp .+ to .+|diurnal .+ peak .+ period .+)$"),
    ]
  ) { text throws(ValueProblem) in
    let words = text.split(separator: " ")
    let rest = words.dropFirst().joined(separator: " ")
    switch words.first {
    case "once" where rest.isEmpty: return .atOnce(1)
    case "every":
      let interval = Quantity.duration(.microseconds(1), .seconds(86_400))
      return .every(try explained(interval, rest))
    case "poisson": return .poisson(try rate(rest))
    case "ramp": return try ramp(rest)
    case "diurnal": return try diurnal(rest)
    case let number? where rest == "at once":
      return .atOnce(try explained(.integer(1...1_000_000), String(number)))
    case let word?:
      let names = ["once", "every", "poisson", "ramp", "diurnal"]
      throw ValueProblem(
        suggestion: Suggestion.nearest(to: String(word), among: names).map {
          rest.isEmpty ? $0 : "\($0) \(rest)"
        })
    case nil: throw ValueProblem()
    }
  }

  /// Reads `1/s to 40/s`.
  private static func ramp(_ text: String) throws(ValueProblem) -> Scenario.Arrivals {
    let ends = text.split(separator: " to ", omittingEmptySubsequences: false)
    guard ends.count == 2 else {
      throw ValueProblem(
        found: "\(quoted(text)) as a ramp", expected: "two rates, such as `ramp 1/s to 40/s`")
    }
    let from = try rate(String(ends[0]), mayBeZero: true)
    let to = try rate(String(ends[1]), mayBeZero: true)
    guard from.count + to.count > 0 else {
      throw ValueProblem(
        found: "a ramp from nothing to nothing", expected: "a rate above zero at one end")
    }
    return .ramp(from: from, to: to)
  }

  /// Reads `40/s peak 180 % period 24 h`.
  private static func diurnal(_ text: String) throws(ValueProblem) -> Scenario.Arrivals {
    let form = ValueProblem(
      found: "\(quoted(text)) as a wave",
      expected: "mean rate, peak and period, such as `diurnal 40/s peak 180 % period 24 h`")
    let halves = text.split(separator: " peak ", omittingEmptySubsequences: false)
    guard halves.count == 2 else { throw form }
    let rest = halves[1].split(separator: " period ", omittingEmptySubsequences: false)
    guard rest.count == 2 else { throw form }
    let mean = try rate(String(halves[0]))
    let peak = try explained(
      .ratio(1_000_000...2_000_000), trimmed(rest[0]), called: "peak, a share of the mean")
    let period = try explained(
      .duration(.milliseconds(1), .seconds(31_536_000)), trimmed(rest[1]), called: "period")
    return .diurnal(mean: mean, peak: peak, period: period)
  }

  /// Reads `text` and, where it is out of range, says which part of the value is meant.
  private static func explained<Part>(
    _ quantity: Quantity<Part>, _ text: String, called name: String? = nil
  ) throws(ValueProblem) -> Part {
    do throws(ValueProblem) { return try quantity.parse(text) } catch {
      let expected = error.expected ?? quantity.expectation
      throw ValueProblem(
        found: error.found ?? quoted(text),
        expected: name.map { "the \($0): \(expected)" } ?? expected, suggestion: error.suggestion)
    }
  }

  /// Reads `40/s`, `2.5/min` or `3/10ms`.
  private static func rate(
    _ text: String, mayBeZero: Bool = false
  ) throws(ValueProblem) -> Scenario.Rate {
    let expectation = ValueProblem(
      found: quoted(text), expected: "a rate from 1/d to 1000000000/s, such as `40/s`")
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = ExactDecimal(trimmed(parts[0])) else { throw expectation }
    // `40/s` leaves the one before the unit out.
    let unit = trimmed(parts[1])
    let span = unit.utf8.first.map { (48...57).contains($0) } ?? false ? unit : "1\(unit)"
    let interval: Duration
    do throws(ValueProblem) {
      interval = try Quantity.duration(.nanoseconds(1), .seconds(86_400)).parse(span)
    } catch {
      throw ValueProblem(found: expectation.found, expected: expectation.expected)
    }
    if mayBeZero, number.times(1_000) == 0 { return Scenario.Rate(count: 0, interval: .seconds(1)) }
    // Decimals go into the interval, where they cost no precision.
    for scale in [1, 10, 100, 1_000] {
      guard let count = number.times(scale) else { continue }
      let scaled = interval * scale
      guard count > 0, .nanoseconds(count) <= scaled, scaled <= .seconds(86_400) * count else {
        break
      }
      return Scenario.Rate(count: count, interval: scaled)
    }
    throw expectation
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
