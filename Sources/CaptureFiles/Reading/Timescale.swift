/// How to turn the timestamps of one interface into nanoseconds since the Unix epoch.
///
/// A trivial value, so that looking it up for each packet counts no references.
struct Timescale {
  private enum Unit {
    /// Nanoseconds in a tick.
    case multiple(UInt64)
    /// Ticks in a nanosecond.
    case fraction(UInt64)
    /// No number of ticks makes a nanosecond.
    case nothing
    /// A second is 2 to this power of ticks.
    case binary(UInt8)
  }

  private let unit: Unit
  /// What to add, in nanoseconds; `nil` if 64 bits cannot say it.
  private let offset: Int64?

  init(_ resolution: TimestampResolution, offset seconds: Int64) {
    let exponent = Int(resolution.rawValue & 0x7f)
    if resolution.rawValue & 0x80 != 0 {
      unit = .binary(UInt8(exponent))
    } else if exponent <= 9 {
      unit = .multiple(Self.powerOfTen(9 - exponent))
    } else {
      // Beyond 10 to the 19th, 64-bit ticks do not add up to a nanosecond.
      unit = exponent - 9 <= 19 ? .fraction(Self.powerOfTen(exponent - 9)) : .nothing
    }
    let product = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    offset = product.overflow ? nil : product.partialValue
  }

  private static func powerOfTen(_ exponent: Int) -> UInt64 {
    (0..<exponent).reduce(1) { power, _ in power * 10 }
  }

  /// The time `ticks` stands for.
  ///
  /// - Returns: `nil` if 64-bit nanoseconds cannot say it.
  @inline(__always)
  func nanoseconds(_ ticks: UInt64) -> Int64? {
    let value: UInt64
    switch unit {
    case .multiple(let factor):
      let product = ticks.multipliedReportingOverflow(by: factor)
      if product.overflow { return nil }
      value = product.partialValue
    case .fraction(let divisor):
      value = ticks / divisor
    case .nothing:
      value = 0
    case .binary(let exponent):
      let shifted = (UInt128(ticks) * 1_000_000_000) >> exponent
      guard let narrowed = UInt64(exactly: shifted) else { return nil }
      value = narrowed
    }
    guard let offset, let signed = Int64(exactly: value) else { return nil }
    let sum = signed.addingReportingOverflow(offset)
    return sum.overflow ? nil : sum.partialValue
  }
}
