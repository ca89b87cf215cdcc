public import PacketFormats

/// What makes packets one flow: the protocol and both ends, in 16 bytes.
///
/// IPv6 addresses do not fit in: a key of theirs holds the numbers that a ``DataPlane`` gave them, and
/// means something there alone. ``DataPlane/flowKey(_:source:sourcePort:destination:destinationPort:)``
/// makes such keys.
///
/// TCP and UDP have ports. An ICMP message has its type, its code and, if it is a query or a reply, an
/// identifier instead, in the bits where the others keep their ports. Other protocols have neither.
public struct FlowKey: Hashable, Sendable {
  /// The source address above the destination address, or the numbers of two IPv6 addresses.
  let addresses: UInt64
  /// The protocol in the top byte, the family in the bit below, the ports in the low 32 bits; the 23
  /// bits between are zero.
  let ends: UInt64

  /// Set if the addresses are numbers of IPv6 addresses.
  static var ipv6Bit: UInt64 { 1 << 55 }

  init(addresses: UInt64, ends: UInt64) {
    self.addresses = addresses
    self.ends = ends
  }

  /// The flow of a TCP segment, a UDP datagram, or a packet whose protocol has no ports.
  public init(
    _ protocol: IPProtocol, source: IPv4Address, sourcePort: UInt16 = 0,
    destination: IPv4Address, destinationPort: UInt16 = 0
  ) {
    addresses = UInt64(source.rawValue) << 32 | UInt64(destination.rawValue)
    ends =
      UInt64(`protocol`.rawValue) << 56 | UInt64(sourcePort) << 16 | UInt64(destinationPort)
  }

  /// The flow of an ICMP message (RFC 792).
  ///
  /// - Parameters:
  ///   - type: Its type, such as 8 for an echo request.
  ///   - code: Its code.
  ///   - identifier: The identifier of a query or a reply, 0 for an error.
  ///   - source: Its sender.
  ///   - destination: Its receiver.
  public init(
    icmpType type: UInt8, code: UInt8, identifier: UInt16 = 0, source: IPv4Address,
    destination: IPv4Address
  ) {
    self.init(
      .icmp, source: source, sourcePort: identifier, destination: destination,
      destinationPort: UInt16(type) << 8 | UInt16(code))
  }

  /// The flow of an IPv6 packet, by the numbers of its addresses.
  init(
    _ protocol: IPProtocol, sourceNumber: UInt32, sourcePort: UInt16, destinationNumber: UInt32,
    destinationPort: UInt16
  ) {
    addresses = UInt64(sourceNumber) << 32 | UInt64(destinationNumber)
    ends =
      UInt64(`protocol`.rawValue) << 56 | Self.ipv6Bit | UInt64(sourcePort) << 16
      | UInt64(destinationPort)
  }

  public var `protocol`: IPProtocol { IPProtocol(rawValue: UInt8(ends >> 56)) }
  public var family: IPFamily { ends & Self.ipv6Bit == 0 ? .v4 : .v6 }
  /// The sender's address; meaningless in an IPv6 flow, see ``DataPlane/source(of:)``.
  public var source: IPv4Address { IPv4Address(rawValue: UInt32(addresses >> 32)) }
  /// The receiver's address; meaningless in an IPv6 flow, see ``DataPlane/destination(of:)``.
  public var destination: IPv4Address {
    IPv4Address(rawValue: UInt32(truncatingIfNeeded: addresses))
  }
  public var sourcePort: UInt16 { UInt16(truncatingIfNeeded: ends >> 16) }
  public var destinationPort: UInt16 { UInt16(truncatingIfNeeded: ends) }

  /// The type of an ICMP message; meaningless in other protocols.
  public var icmpType: UInt8 { UInt8(truncatingIfNeeded: ends >> 8) }
  /// The code of an ICMP message; meaningless in other protocols.
  public var icmpCode: UInt8 { UInt8(truncatingIfNeeded: ends) }

  /// The flow of the replies.
  ///
  /// An ICMP reply has the identifier of its query and the other type of the pair; an error has no
  /// reply and keeps its type.
  public var reversed: FlowKey {
    let swapped = addresses << 32 | addresses >> 32
    if self.protocol == .icmp || self.protocol == .icmpv6 {
      let partner =
        self.protocol == .icmp ? Self.icmpPartner(of: icmpType) : Self.icmpv6Partner(of: icmpType)
      return FlowKey(addresses: swapped, ends: ends & ~0xff00 | UInt64(partner) << 8)
    }
    let ports = ends << 16 & 0xffff_0000 | ends >> 16 & 0xffff
    return FlowKey(addresses: swapped, ends: ends & ~0xffff_ffff | ports)
  }

  /// Whether such a packet can be the first of a connection.
  ///
  /// A TCP connection begins with a SYN alone. Were any segment enough, an answer in an untracked
  /// flow would begin one, and removing the rule would not cut the flow at once, as AWS says it does
  /// ("Security group connection tracking"). An ICMP error or reply begins nothing either. Such
  /// packets still pass if the rules let them.
  ///
  /// - Parameter flags: The control bits of a TCP segment.
  /// - Returns: `true` for all packets of other protocols.
  func begins(_ flags: TCPHeader.Flags) -> Bool {
    switch self.protocol {
    case .tcp: Self.isOpening(flags)
    case .icmp: [8, 13, 15, 17].contains(icmpType)
    case .icmpv6: icmpType == 128
    default: true
    }
  }

  /// Whether a segment with these control bits asks for a new connection (RFC 9293, section 3.5).
  @inline(__always)
  static func isOpening(_ flags: TCPHeader.Flags) -> Bool {
    flags.contains(.syn) && flags.isDisjoint(with: [.ack, .rst])
  }

  /// Query and reply types: echo, timestamp, information (RFC 792), address mask (RFC 950).
  private static func icmpPartner(of type: UInt8) -> UInt8 {
    switch type {
    case 0: 8
    case 8: 0
    case 13, 15, 17: type + 1
    case 14, 16, 18: type - 1
    default: type
    }
  }

  /// Query and reply types: echo (RFC 4443, section 4).
  private static func icmpv6Partner(of type: UInt8) -> UInt8 {
    type == 128 || type == 129 ? type ^ 1 : type
  }
}

extension FlowKey: CustomStringConvertible {
  /// The flow as the logs of packet tools write it, such as `tcp 10.0.1.5:40110 > 10.0.2.20:5432`.
  ///
  /// IPv6 addresses appear as their numbers, such as `#3`; ``DataPlane/text(_:)`` spells them out.
  public var description: String {
    family == .v4
      ? text(from: source.description, to: destination.description)
      : text(from: "#\(addresses >> 32)", to: "#\(addresses & 0xffff_ffff)")
  }

  /// The flow with its ends spelt out; IPv6 addresses stand in brackets before a port (RFC 3986,
  /// section 3.2.2).
  func text(from source: String, to destination: String) -> String {
    func end(_ address: String, _ port: UInt16) -> String {
      address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
    return switch self.protocol {
    case .tcp, .udp:
      "\(self.protocol) \(end(source, sourcePort)) > \(end(destination, destinationPort))"
    case .icmp, .icmpv6:
      "\(self.protocol) \(source) > \(destination) type \(icmpType) code \(icmpCode)"
    default: "protocol \(self.protocol.rawValue) \(source) > \(destination)"
    }
  }
}
