import AddressTranslation

/// The kernel's idle timers, and which of ours stands for each.
enum KernelTimer: String, CaseIterable {
  case synSent = "tcp_timeout_syn_sent"
  case synReceived = "tcp_timeout_syn_recv"
  case established = "tcp_timeout_established"
  case finWait = "tcp_timeout_fin_wait"
  case closeWait = "tcp_timeout_close_wait"
  case lastAck = "tcp_timeout_last_ack"
  case timeWait = "tcp_timeout_time_wait"
  case close = "tcp_timeout_close"
  case retransmitting = "tcp_timeout_max_retrans"
  case unacknowledged = "tcp_timeout_unacknowledged"
  case udp = "udp_timeout"
  case udpStream = "udp_timeout_stream"
  case icmp = "icmp_timeout"

  /// Where it is below `/proc/sys/net`, in seconds.
  var path: String { "netfilter/nf_conntrack_\(rawValue)" }

  /// What it is in our rules, or `nil` if we have none like it.
  func ours(in timers: Behavior.Timers) -> Duration? {
    switch self {
    case .synSent: timers.tcpHalfOpen
    case .synReceived: timers.tcpHalfOpenAnswered
    case .established: timers.tcpEstablished
    case .closeWait: timers.tcpHalfClosed
    case .lastAck: timers.tcpClosing
    case .timeWait: timers.portHold
    case .close: timers.portHoldAfterReset
    case .udp: timers.udpOneWay
    case .udpStream: timers.udp
    case .icmp: timers.icmpQuery
    // A FIN that is not acknowledged yet is not told apart from one that is, nor is a connection
    // that retransmits from any other.
    case .finWait, .retransmitting, .unacknowledged: nil
    }
  }
}
