import SimulatedTime

/// A kind of number with unit and range, and how the model holds it.
struct Quantity<Value: Sendable>: Sendable {
  let table: UnitTable
  /// In the smallest unit of the table.
  let range: ClosedRange<Int>
  let make: @Sendable (Int) -> Value
  let measure: @Sendable (Value) -> Int

  /// What a diagnostic says would be right.
  var expectation: String {
    if range.count == 1 { return "`\(table.describe(range.lowerBound))`" }
    return
      "\(table.name) from \(table.describe(range.lowerBound)) to "
      + "\(table.describe(range.upperBound)), such as `\(exampleInRange)`"
  }

  private var exampleInRange: String {
    if let value = try? table.parse(table.example), range.contains(value) { return table.example }
    return table.describe(range.lowerBound)
  }

  func parse(_ text: String) throws(ValueProblem) -> Value {
    let number = try table.parse(text)
    guard range.contains(number) else { throw ValueProblem() }
    return make(number)
  }

  func describe(_ value: Value) -> String {
    table.describe(measure(value))
  }
}

extension Quantity<Int> {
  private init(_ table: UnitTable, _ range: ClosedRange<Int>) {
    self.init(table: table, range: range, make: { $0 }, measure: { $0 })
  }

  static func integer(_ range: ClosedRange<Int>) -> Self { Self(.integer, range) }
  static func byteCount(_ range: ClosedRange<Int>) -> Self { Self(.byteCount, range) }
  static func bitRate(_ range: ClosedRange<Int>) -> Self { Self(.bitRate, range) }
}

extension Quantity<UInt16> {
  static func port(_ range: ClosedRange<Int> = 1...65535) -> Self {
    Self(table: .integer, range: range, make: { UInt16(truncatingIfNeeded: $0) }, measure: Int.init)
  }
}

extension Quantity<UInt64> {
  /// Seeds are numbers that people type; the upper half of the 64 bits is not worth a special case.
  static var seed: Self {
    Self(
      table: .integer, range: 0...999_999_999_999_999_999, make: UInt64.init(_:),
      measure: { Int(truncatingIfNeeded: $0) })
  }
}

extension Quantity<Duration> {
  static func duration(_ lower: Duration, _ upper: Duration) -> Self {
    Self(
      table: .duration, range: nanoseconds(lower)...nanoseconds(upper),
      make: { .nanoseconds($0) }, measure: nanoseconds)
  }

  @Sendable private static func nanoseconds(_ duration: Duration) -> Int {
    Int(duration.wholeNanoseconds)
  }
}

extension Quantity<Ratio> {
  /// Bounds are in millionths.
  static func ratio(_ range: ClosedRange<Int>) -> Self {
    Self(table: .ratio, range: range, make: Ratio.init, measure: \.partsPerMillion)
  }
}
