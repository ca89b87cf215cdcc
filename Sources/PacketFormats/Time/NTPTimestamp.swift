/// A time in NTP's form: seconds since 1900 in the upper half, their fraction in the lower (RFC 5905,
/// section 6).
public struct NTPTimestamp: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt64
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The time that is `nanoseconds` after the beginning of 1970, exact to a quarter of one.
  ///
  /// In 2036 the seconds begin again at zero.
  public init(nanosecondsSince1970 nanoseconds: Int64) {
    let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let isNegative = rest < 0
    let whole = UInt64(bitPattern: seconds - (isNegative ? 1 : 0) + 2_208_988_800)
    let fraction = UInt64(isNegative ? rest + 1_000_000_000 : rest) << 32 / 1_000_000_000
    rawValue = whole << 32 | fraction
  }
}
