/// The network that a record belongs to; the Internet, nearly always (RFC 1035, section 3.2.4).
///
/// The set is open: a value without a name here still round-trips.
public struct DNSClass: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  public static let internet = Self(rawValue: 1)
  public static let chaos = Self(rawValue: 3)
  /// Asks for every class there is.
  public static let any = Self(rawValue: 255)
}
