/// The network that a record belongs to; the Internet, nearly always (RFC 1035, section 3.2.4).
///
/// The set is open: a value without a name here still round-trips.
public struct DNSClass: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable public static var internet: Self { Self(rawValue: 1) }
  @inlinable public static var chaos: Self { Self(rawValue: 3) }
  /// Asks for every class there is.
  @inlinable public static var any: Self { Self(rawValue: 255) }
}
