/// The number in IPv4's protocol field and IPv6's next-header field (IANA, "Protocol Numbers").
///
/// The set is open: a number without a name here still round-trips.
public struct IPProtocol: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// IPv6 hop-by-hop options (RFC 8200, section 4.3).
  @inlinable public static var hopByHopOptions: Self { Self(rawValue: 0) }
  @inlinable public static var icmp: Self { Self(rawValue: 1) }
  @inlinable public static var tcp: Self { Self(rawValue: 6) }
  @inlinable public static var udp: Self { Self(rawValue: 17) }
  /// IPv6 routing header (RFC 8200, section 4.4).
  @inlinable public static var ipv6Routing: Self { Self(rawValue: 43) }
  /// IPv6 fragment header (RFC 8200, section 4.5).
  @inlinable public static var ipv6Fragment: Self { Self(rawValue: 44) }
  @inlinable public static var gre: Self { Self(rawValue: 47) }
  /// Encapsulating Security Payload (RFC 4303).
  @inlinable public static var encapsulatingSecurityPayload: Self { Self(rawValue: 50) }
  /// IP Authentication Header (RFC 4302).
  @inlinable public static var authenticationHeader: Self { Self(rawValue: 51) }
  @inlinable public static var icmpv6: Self { Self(rawValue: 58) }
  /// Nothing follows (RFC 8200, section 4.7).
  @inlinable public static var ipv6NoNextHeader: Self { Self(rawValue: 59) }
  /// IPv6 destination options (RFC 8200, section 4.6).
  @inlinable public static var destinationOptions: Self { Self(rawValue: 60) }
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
