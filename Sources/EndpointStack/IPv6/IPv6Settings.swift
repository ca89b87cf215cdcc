public import PacketFormats

extension HostInterface {
  /// The addresses of an interface that speaks IPv6 as well.
  ///
  /// They are given, as IPv4's are: a host solicits no routers (RFC 4861, section 6.3) and asks no
  /// DHCPv6 server, and it is sure that nobody else has its addresses (RFC 4862, section 5.4).
  public struct IPv6Settings: Hashable, Sendable {
    /// The global addresses; the first is the one that the host sends from.
    ///
    /// A link-local address made from the hardware address (RFC 4862, section 5.3) comes in
    /// addition.
    public var addresses: [IPv6Address]
    /// Which leading bits other hosts on the link have in common with the addresses, 0 to 128.
    public var prefixLength: Int
    /// Where everything that is not on the link goes, usually a link-local address; it is on the
    /// link whatever the prefix says.
    public var gateway: IPv6Address?

    /// The IPv6 side of an interface.
    ///
    /// - Precondition: the prefix length is 0 to 128, and no address is multicast or unspecified.
    public init(addresses: [IPv6Address], prefixLength: Int = 64, gateway: IPv6Address? = nil) {
      precondition((0...128).contains(prefixLength), "an IPv6 prefix length is 0 to 128")
      precondition(
        !addresses.contains { $0.isMulticast || $0 == .unspecified },
        "an address of a host is unicast")
      self.addresses = addresses
      self.prefixLength = prefixLength
      self.gateway = gateway
    }

    /// Whether `destination` is on the link.
    func isOnLink(_ destination: IPv6Address) -> Bool {
      destination.isLinkLocal || destination == gateway
        || addresses.contains {
          IPv6Prefix($0, length: prefixLength) == IPv6Prefix(destination, length: prefixLength)
        }
    }
  }
}

extension MACAddress {
  /// The link-local address of an interface with this hardware address: fe80::/64 and the modified
  /// EUI-64 (RFC 4291, appendix A; RFC 2464, section 5).
  var linkLocalAddress: IPv6Address {
    let upper = rawValue >> 24 ^ 0x02_0000
    return IPv6Address(
      high: 0xfe80 << 48, low: upper << 40 | 0xff_fe00_0000 | rawValue & 0xff_ffff)
  }

  /// The hardware address that packets to a multicast address are sent to (RFC 2464, section 7).
  init(multicast address: IPv6Address) {
    self.init(0x3333 << 32 | address.low & 0xffff_ffff)
  }

  /// Whether it stands for an IPv6 multicast address.
  @inline(__always)
  var isIPv6Multicast: Bool { rawValue >> 32 == 0x3333 }
}
