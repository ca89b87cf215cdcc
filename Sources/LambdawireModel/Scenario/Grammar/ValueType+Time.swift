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
