extension DropReason {
  /// The reason in the style of AWS's reachability explanation codes, which have none for NAT.
  package var code: String {
    switch self {
    case .portsExhausted: "NAT_PORTS_EXHAUSTED"
    case .quotaExhausted: "NAT_QUOTA_EXHAUSTED"
    case .unsolicited: "NAT_UNSOLICITED"
    case .filtered: "NAT_FILTERED"
    case .midConnection: "NAT_NO_TRANSLATION"
    case .resetOutsideWindow: "NAT_RESET_OUTSIDE_WINDOW"
    case .hairpin: "NAT_HAIRPIN"
    case .timeToLiveExceeded: "TIME_TO_LIVE_EXCEEDED"
    case .packetTooBig: "PACKET_TOO_BIG"
    case .fragment: "NAT_FRAGMENT"
    case .firstFragmentMissing: "NAT_FIRST_FRAGMENT_MISSING"
    case .fragmentLimit: "NAT_FRAGMENT_LIMIT"
    case .unsupportedProtocol: "NAT_UNSUPPORTED_PROTOCOL"
    case .badChecksum: "NAT_BAD_CHECKSUM"
    case .malformed: "UNREADABLE_FRAME"
    }
  }

  /// The reason in a sentence for people.
  package var sentence: StaticString {
    switch self {
    case .portsExhausted: "no outside port is free"
    case .quotaExhausted: "the inside address has as many ports as it may"
    case .unsolicited: "no translation has this outside address and port"
    case .filtered: "the port is in use by a flow with another remote end"
    case .midConnection: "the segment fits no translation and does not begin one"
    case .resetOutsideWindow: "the RST is not from anyone who sees the connection"
    case .hairpin: "the destination is the translator's own outside address"
    case .timeToLiveExceeded: "no hops are left"
    case .packetTooBig: "the packet is too long and must not be fragmented"
    case .fragment: "fragments of this protocol are not translated"
    case .firstFragmentMissing: "the first fragment of the packet has not come"
    case .fragmentLimit: "no more fragments can wait"
    case .unsupportedProtocol: "this kind of packet is not translated"
    case .badChecksum: "the ICMP error or what it quotes has a wrong checksum"
    case .malformed: "the headers contradict themselves"
    }
  }
}
