import PacketFormats

/// How far a connection has come, as far as connection tracking cares: which timer applies.
enum ConnectionPhase: UInt8, CaseIterable {
  /// Not a connection: a cached decision that every packet is judged by.
  case untracked
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
  ///
  /// Assumed: a TCP segment without SYN begins a connection that is taken to be established, as
  /// Linux does when it comes upon one midway. Rules that let it through leave nothing to wait for.
  static func first(of protocol: IPProtocol, flags: TCPHeader.Flags) -> Self {
    switch `protocol` {
    case .tcp:
      if flags.contains(.rst) { return .tcpClosing }
      if flags.contains(.syn) { return .tcpOpening }
      return flags.contains(.fin) ? .tcpFinishedByInitiator : .tcpEstablished
    case .udp: return .udpRequested
    case .icmp: return .icmp
    default: return .other
    }
  }

  /// The phase after one more packet.
  func after(flags: TCPHeader.Flags, fromInitiator: Bool) -> Self {
    switch self {
    case .untracked, .icmp, .other, .tcpClosing, .udpStream: return self
    case .udpRequested: return fromInitiator ? self : .udpAnswered
    case .udpAnswered: return fromInitiator ? .udpRequestedAgain : self
    case .udpRequestedAgain: return fromInitiator ? self : .udpStream
    case .tcpOpening, .tcpAnswered, .tcpEstablished, .tcpFinishedByInitiator,
      .tcpFinishedByResponder:
      if flags.contains(.rst) { return .tcpClosing }
      if flags.contains(.fin) {
        let other: Self = fromInitiator ? .tcpFinishedByResponder : .tcpFinishedByInitiator
        if self == other { return .tcpClosing }
        return fromInitiator ? .tcpFinishedByInitiator : .tcpFinishedByResponder
      }
      if self == .tcpOpening, !fromInitiator { return .tcpAnswered }
      if self == .tcpAnswered, fromInitiator, flags.contains(.ack) { return .tcpEstablished }
      return self
    }
  }

  /// How long a connection in this phase outlives its last packet, in nanoseconds.
  func timeout(_ timeouts: ConnectionTimeouts) -> Duration {
    switch self {
    case .untracked: timeouts.untracked
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
