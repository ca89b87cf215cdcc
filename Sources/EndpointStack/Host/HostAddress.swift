import PacketFormats

/// An address as the tables of a host keep it: an IPv4 address, or the number of an IPv6 address in
/// the host's ``AddressBook``.
///
/// So neighbours, connections and sockets need no more room for one family than for the other, and
/// comparing two addresses is comparing two numbers.
struct HostAddress: Hashable {
  /// Below 2³² an IPv4 address, from there on the number of an IPv6 address.
  let rawValue: UInt64

  @inline(__always)
  init(_ address: IPv4Address) {
    rawValue = UInt64(address.rawValue)
  }

  @inline(__always)
  init(numbered number: Int) {
    rawValue = 1 << 32 | UInt64(UInt32(truncatingIfNeeded: number))
  }

  @inline(__always)
  var isIPv6: Bool { rawValue &>> 32 != 0 }

  /// The 32 bits that tell it from others of its family.
  @inline(__always)
  var number: UInt32 { UInt32(truncatingIfNeeded: rawValue) }

  /// What it is if it is not IPv6.
  @inline(__always)
  var ipv4: IPv4Address { IPv4Address(rawValue: number) }

  /// The IP header in front of what is sent to it, in bytes.
  @inline(__always)
  var headerByteCount: Int { isIPv6 ? IPv6Header.byteCount : IPv4Header.byteCount }

  /// Where the payload of a packet to it begins, counted from the start of the frame.
  @inline(__always)
  var payloadOffset: Int { EthernetHeader.byteCount &+ headerByteCount }
}
