import PacketFormats

/// How long a translator keeps idle translations, in nanoseconds, each only if it is known.
///
/// The longest timer of all states counts, such as that of established connections.
public struct IdleTimeouts: Hashable, Sendable {
  public var tcp: Int64?
  public var udp: Int64?
  /// For ICMP queries.
  public var icmp: Int64?

  public init(tcp: Int64? = nil, udp: Int64? = nil, icmp: Int64? = nil) {
    self.tcp = tcp
    self.udp = udp
    self.icmp = icmp
  }

  /// The timer of a flow, or `nil` if it is not known.
  func timeout(of tuple: FlowTuple) -> Int64? {
    switch tuple.protocol {
    case .tcp: tcp
    case .udp: udp
    case .icmp, .icmpv6: icmp
    default: nil
    }
  }
}
