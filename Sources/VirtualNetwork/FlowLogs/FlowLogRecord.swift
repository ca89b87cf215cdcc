public import PacketFormats
public import SimulatedTime

/// What one network interface saw of one flow in one window, or that it saw nothing.
public struct FlowLogRecord: Hashable, Sendable {
  /// The place of the interface among ``FlowLogBatch/subjects``.
  public let subject: Int
  /// How long the window is at most.
  public let interval: FlowLog.Interval
  /// When the first packet passed, or the window began.
  public let first: Instant
  /// When the last packet passed, or the last second of the window that was over began.
  public let last: Instant
  /// `nil` if there was no traffic.
  public let traffic: Traffic?

  /// Packets of one flow in one direction with one verdict.
  public struct Traffic: Hashable, Sendable {
    public let direction: TrafficDirection
    public let verdict: PathVerdict
    /// Why it was refused, if the reason has a name.
    public let rejectReason: RejectReason?
    public let `protocol`: IPProtocol
    /// The packet's own addresses, which on interfaces that forward are not the interface's.
    public let source: IPAddress
    public let destination: IPAddress
    /// Zero in protocols without ports.
    public let sourcePort: UInt16
    public let destinationPort: UInt16
    /// FIN, SYN, RST and SYN-ACK of all packets, OR-ed (``FlowLogRecorder/loggedFlags(_:)``).
    public let flags: TCPHeader.Flags
    public let packetCount: Int
    /// IP headers included, link-layer headers not (F-07).
    public let byteCount: Int
    /// Which way the packets took; `nil` on the way in and where nothing is known.
    public let path: TrafficPath?
    /// The place among ``FlowLogBatch/subjects`` of the interface that they went to next.
    public let nextHop: Int?
  }

  /// Why traffic was refused, where it was neither a security group nor a network ACL (VPC guide,
  /// "Flow log records", `reject-reason`: documented; that there is `EC` too is inferred).
  public enum RejectReason: String, Hashable, Sendable, CaseIterable {
    /// VPC Block Public Access.
    case blockPublicAccess = "BPA"
    /// VPC encryption control.
    case encryptionControl = "EC"
  }
}
