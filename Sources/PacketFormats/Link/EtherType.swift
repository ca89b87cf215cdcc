extension EthernetHeader {
  /// What the payload is (IANA, "IEEE 802 Numbers").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct EtherType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    @inlinable public static var ipv4: Self { Self(rawValue: 0x0800) }
    @inlinable public static var arp: Self { Self(rawValue: 0x0806) }
    /// A whole Ethernet frame, as in Geneve (RFC 8926, section 3.4).
    @inlinable public static var transparentEthernetBridging: Self { Self(rawValue: 0x6558) }
    /// A customer VLAN tag (IEEE 802.1Q-2022, clause 9.5).
    @inlinable public static var vlan: Self { Self(rawValue: 0x8100) }
    @inlinable public static var ipv6: Self { Self(rawValue: 0x86dd) }
    /// A service VLAN tag, the outer one of two (IEEE 802.1Q-2022, clause 9.5).
    @inlinable public static var providerBridging: Self { Self(rawValue: 0x88a8) }

    /// Whether the value is no type but the payload's length, in bytes (IEEE 802.3, clause
    /// 3.2.6).
    public var isLength: Bool { rawValue <= 1500 }
  }
}

extension EthernetHeader.EtherType: CustomStringConvertible {
  public var description: String {
    switch self {
    case .ipv4: "ipv4"
    case .arp: "arp"
    case .transparentEthernetBridging: "ethernet"
    case .vlan: "vlan"
    case .ipv6: "ipv6"
    case .providerBridging: "provider-bridging"
    default: "0x" + String(rawValue, radix: 16)
    }
  }
}
