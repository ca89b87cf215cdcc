import PacketFormats

/// How far a connection has come, as far as connection tracking cares: which timer applies.
enum ConnectionPhase: UInt8, CaseIterable {
  /// No connection: packets are judged by the rules, and the decision is kept.
  case none
  /// A UDP flow that the rules leave untracked; remembered so that its answers begin no connection.
  case udpUntracked
  /// A SYN has passed, no answer yet.
  case tcpOpening
  /// The other end has answered.
  case tcpAnswered
  case tcpEstablished
  /// The end that began the connection has sent its FIN.
  case tcpFinishedByInitiator
  /// The end that answered has sent its FIN.
  case tcpFinishedByResponder
  /// Both have, or one has sent a reset.
  case tcpClosing
  /// One or more datagrams in one direction.
  case udpRequested
  case udpAnswered
  /// A second request, after an answer to the first.
  case udpRequestedAgain
  /// More than one request with its response (AWS, "Security group connection tracking").
  case udpStream
  case icmp
  case other
}

extension ConnectionPhase {
  /// The phase of a connection whose first packet has just been let through.
  static func first(of protocol: IPProtocol) -> Self {
    switch `protocol` {
    case .tcp: .tcpOpening
    case .udp: .udpRequested
    case .icmp, .icmpv6: .icmp
    default: .other
    }
  }

  /// Whether the packets of the connection pass whatever the rules say.
  var isTracked: Bool { rawValue > Self.udpUntracked.rawValue }

  /// The phase after one more packet.
  func after(flags: TCPHeader.Flags, fromInitiator: Bool) -> Self {
    switch self {
    case .none, .udpUntracked, .icmp, .other, .tcpClosing, .udpStream: return self
    case .udpRequested: return fromInitiator ? self : .udpAnswered
    case .udpAnswered: return fromInitiator ? .udpRequestedAgain : self
    case .udpRequestedAgain: return fromInitiator ? self : .udpStream
    case _ where flags.contains(.rst): return .tcpClosing
    case .tcpOpening: return fromInitiator ? self : .tcpAnswered
    case .tcpAnswered:
      guard fromInitiator, flags.contains(.ack) else { return self }
      return flags.contains(.fin) ? .tcpFinishedByInitiator : .tcpEstablished
    case .tcpEstablished:
      guard flags.contains(.fin) else { return self }
      return fromInitiator ? .tcpFinishedByInitiator : .tcpFinishedByResponder
    case .tcpFinishedByInitiator:
      return flags.contains(.fin) && !fromInitiator ? .tcpClosing : self
    case .tcpFinishedByResponder:
      return flags.contains(.fin) && fromInitiator ? .tcpClosing : self
    }
  }

  /// How long a connection in this phase outlives its last packet.
  func timeout(_ timeouts: ConnectionTimeouts) -> Duration {
    switch self {
    case .none, .udpUntracked: timeouts.untracked
    case .tcpOpening, .tcpAnswered: timeouts.tcpOpening
    case .tcpEstablished, .tcpFinishedByInitiator, .tcpFinishedByResponder:
      timeouts.tcpEstablished
    case .tcpClosing: timeouts.tcpClosing
    case .udpRequested, .udpAnswered, .udpRequestedAgain: timeouts.udpSingle
    case .udpStream: timeouts.udpStream
    case .icmp: timeouts.icmp
    case .other: timeouts.other
    }
  }
}
