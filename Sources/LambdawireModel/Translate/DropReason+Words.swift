import AddressTranslation

extension DropReason {
  /// The reason in the style of AWS's reachability explanation codes, for programs.
  var word: String {
    switch self {
    case .portsExhausted: "NAT_PORTS_EXHAUSTED"
    case .unsolicited: "NAT_UNSOLICITED"
    case .filtered: "NAT_FILTERED"
    case .midConnection: "NAT_NO_TRANSLATION"
    case .hairpin: "NAT_HAIRPIN"
    case .timeToLiveExceeded: "TIME_TO_LIVE_EXCEEDED"
    case .fragment: "NAT_FRAGMENT"
    case .unsupportedProtocol: "NAT_UNSUPPORTED_PROTOCOL"
    case .malformed: "UNREADABLE_FRAME"
    }
  }

  /// The reason for people, behind the `DROP nat` of a comment.
  var phrase: StaticString {
    switch self {
    case .portsExhausted: "no outside port is free"
    case .unsolicited: "no translation has this outside address and port"
    case .filtered: "the port is in use by a flow with another remote end"
    case .midConnection: "the segment belongs to no translation and does not begin one"
    case .hairpin: "the destination is the translator's own outside address"
    case .timeToLiveExceeded: "no hops are left"
    case .fragment: "fragments are not translated"
    case .unsupportedProtocol: "the protocol is not translated"
    case .malformed: "the headers contradict themselves"
    }
  }
}
