/// The number in IPv4's protocol field and IPv6's next-header field (IANA, "Protocol Numbers").
///
/// The set is open: a number without a name here still round-trips.
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// IPv6 hop-by-hop options (RFC 8200, section 4.3).
  public static let hopByHopOptions = Self(rawValue: 0)
  public static let icmp = Self(rawValue: 1)
  public static let tcp = Self(rawValue: 6)
  public static let udp = Self(rawValue: 17)
  /// IPv6 routing header (RFC 8200, section 4.4).
  public static let ipv6Routing = Self(rawValue: 43)
  /// IPv6 fragment header (RFC 8200, section 4.5).
  public static let ipv6Fragment = Self(rawValue: 44)
  public static let gre = Self(rawValue: 47)
  /// Encapsulating Security Payload (RFC 4303).
  public static let encapsulatingSecurityPayload = Self(rawValue: 50)
  /// IP Authentication Header (RFC 4302).
  public static let authenticationHeader = Self(rawValue: 51)
  public static let icmpv6 = Self(rawValue: 58)
  /// Nothing follows (RFC 8200, section 4.7).
  public static let ipv6NoNextHeader = Self(rawValue: 59)
  /// IPv6 destination options (RFC 8200, section 4.6).
  public static let destinationOptions = Self(rawValue: 60)
}

extension IPProtocol: CustomStringConvertible {
  public var description: String {
    switch self {
    case .icmp: "icmp"
    case .tcp: "tcp"
    case .udp: "udp"
    case .icmpv6: "icmpv6"
    default: String(rawValue)
    }
  }
}
