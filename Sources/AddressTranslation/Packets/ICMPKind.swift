/// What an ICMP message is to a translator (RFC 5508, section 7).
enum ICMPKind {
  /// Asks, and expects a reply with the same identifier.
  case request
  /// Answers a request.
  case reply
  /// Is about a packet, which it quotes.
  case error
  /// Means something on one link only, or nothing any more: redirects, neighbour discovery,
  /// source quench (RFC 6633) and whatever has no number here.
  case other

  /// - Parameters:
  ///   - type: The message's type.
  ///   - protocolNumber: ICMP's or ICMPv6's.
  init(_ type: UInt8, of protocolNumber: UInt8) {
    self =
      protocolNumber == HeaderLayout.icmpv6
      ? ICMPKind(typeOfICMPv6: type) : ICMPKind(typeOfICMPv4: type)
  }

  private init(typeOfICMPv4 type: UInt8) {
    switch type {
    case 8, 13, 15, 17: self = .request
    case 0, 14, 16, 18: self = .reply
    case 3, 11, 12: self = .error
    default: self = .other
    }
  }

  private init(typeOfICMPv6 type: UInt8) {
    switch type {
    case 128: self = .request
    case 129: self = .reply
    case 1...4: self = .error
    default: self = .other
    }
  }
}
