/// The two bits with which routers announce congestion (RFC 3168, section 5).
public struct CongestionNotification: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  @inlinable public static var notCapable: Self { Self(rawValue: 0) }
  @inlinable public static var capable1: Self { Self(rawValue: 1) }
  @inlinable public static var capable0: Self { Self(rawValue: 2) }
  @inlinable public static var congestionExperienced: Self { Self(rawValue: 3) }
}
