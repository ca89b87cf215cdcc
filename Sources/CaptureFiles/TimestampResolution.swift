/// The unit of an interface's timestamps (`if_tsresol`, draft-ietf-opsawg-pcapng, section 4.2).
public struct TimestampResolution: RawRepresentable, Hashable, Sendable {
  /// With the top bit clear the unit is 10 to the power of −`rawValue` seconds, with the top bit
  /// set 2 to the power of minus the other seven bits.
  public var rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// What holds where a file says nothing.
  public static let microseconds = TimestampResolution(rawValue: 6)
  public static let nanoseconds = TimestampResolution(rawValue: 9)
}
