import PacketFormats

/// A message that a host sends by ICMP, in the words that IPv4 and IPv6 have in common.
enum ICMPMessage {
  /// With the identifier and the sequence number in one.
  case echoRequest(UInt32)
  case echoReply(UInt32)
  case portUnreachable
  /// Where the number of the protocol stands matters to IPv6 only.
  case protocolUnknown(at: UInt32)

  /// Type, code and parameter, which take the same places in both.
  func header(isIPv6: Bool) -> (type: UInt8, code: UInt8, parameter: UInt32) {
    switch self {
    case .echoRequest(let parameter):
      return (
        isIPv6
          ? ICMPv6Header.MessageType.echoRequest.rawValue
          : ICMPv4Header.MessageType.echoRequest.rawValue, 0, parameter
      )
    case .echoReply(let parameter):
      return (
        isIPv6
          ? ICMPv6Header.MessageType.echoReply.rawValue
          : ICMPv4Header.MessageType.echoReply.rawValue, 0, parameter
      )
    case .portUnreachable:
      return isIPv6
        ? (
          ICMPv6Header.MessageType.destinationUnreachable.rawValue,
          ICMPv6Header.UnreachableCode.port, 0
        )
        : (
          ICMPv4Header.MessageType.destinationUnreachable.rawValue,
          ICMPv4Header.UnreachableCode.port, 0
        )
    case .protocolUnknown(let place):
      // RFC 4443, section 3.4, code 1: "unrecognized Next Header type encountered".
      return isIPv6
        ? (ICMPv6Header.MessageType.parameterProblem.rawValue, 1, place)
        : (
          ICMPv4Header.MessageType.destinationUnreachable.rawValue,
          ICMPv4Header.UnreachableCode.protocol, 0
        )
    }
  }
}

/// An ICMP error that has arrived, in the words that IPv4 and IPv6 have in common.
struct ICMPError {
  enum Kind: Hashable {
    /// The destination was reached, and nobody there wants the packet.
    case refused
    case unreachable
    /// What the next link carries, in bytes; 0 if the router does not say.
    case tooBig(Int)
    /// Its hops or its time were used up.
    case expired
  }

  let kind: Kind
  /// The code of the message, by which programs tell kinds of "unreachable" apart.
  let code: UInt8

  /// What a "destination unreachable" or "time exceeded" of IPv4 says (RFC 792; RFC 1191, section
  /// 4).
  init(_ header: ICMPv4Header) {
    code = header.code
    kind =
      switch (header.type, header.code) {
      case (.timeExceeded, _): .expired
      case (_, ICMPv4Header.UnreachableCode.port), (_, ICMPv4Header.UnreachableCode.protocol):
        .refused
      case (_, ICMPv4Header.UnreachableCode.fragmentationNeeded):
        .tooBig(Int(header.nextHopMTU ?? 0))
      default: .unreachable
      }
  }

  /// What an error of ICMPv6 says (RFC 4443, section 3).
  init(_ header: ICMPv6Header) {
    code = header.code
    kind =
      switch (header.type, header.code) {
      case (.timeExceeded, _): .expired
      case (.packetTooBig, _): .tooBig(Int(header.parameter))
      case (.destinationUnreachable, ICMPv6Header.UnreachableCode.port), (.parameterProblem, 1):
        .refused
      default: .unreachable
      }
  }
}
