import SimulatedTime

extension ValueType<CalendarTime> {
  /// The date and time that a capture begins with.
  static let calendarTime = Self.text(
    "a time in UTC such as `2019-09-03T00:00:00Z`", schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    guard let time = CalendarTime(text: text) else { throw ValueProblem() }
    return time
  }
}

extension ValueType<Scenario.Arrivals> {
  /// When invocations come.
  static let arrivals = Self.text(
    "`once`, `3 at once`, `every 100 ms` or `poisson 40/s`",
    schema: ["type": "string", "pattern": "^(once|[0-9]+ at once|every .+|poisson .+)$"]
  ) { text throws(ValueProblem) in
    let words = text.split(separator: " ")
    let rest = words.dropFirst().joined(separator: " ")
    switch words.first {
    case "once" where rest.isEmpty: return .atOnce(1)
    case "every":
      let interval = Quantity.duration(.microseconds(1), .seconds(86_400))
      return .every(try explained(interval, rest))
    case "poisson": return .poisson(try rate(rest))
    case let number? where rest == "at once":
      return .atOnce(try explained(.integer(1...1_000_000), String(number)))
    default: throw ValueProblem()
    }
  }

  /// Reads `text` and, where it is out of range, says which part of the value is meant.
  private static func explained<Part>(
    _ quantity: Quantity<Part>, _ text: String
  ) throws(ValueProblem) -> Part {
    do throws(ValueProblem) { return try quantity.parse(text) } catch {
      throw ValueProblem(
        found: error.found ?? quoted(text), expected: error.expected ?? quantity.expectation,
        suggestion: error.suggestion)
    }
  }

  /// Reads `40/s`, `2.5/min` or `3/10ms`.
  private static func rate(_ text: String) throws(ValueProblem) -> Scenario.Rate {
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
