/// The two bits with which routers announce congestion (RFC 3168, section 5).
public struct CongestionNotification: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let notCapable = Self(rawValue: 0)
  public static let capable1 = Self(rawValue: 1)
  public static let capable0 = Self(rawValue: 2)
  public static let congestionExperienced = Self(rawValue: 3)
}
