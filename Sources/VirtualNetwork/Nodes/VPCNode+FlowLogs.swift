import EventSimulation
import PacketFormats
public import SimulatedTime

extension VPCNode {
  /// Sets what records packets for the VPC's flow logs.
  public mutating func setFlowLogs(_ recorder: consuming FlowLogRecorder) {
    flowLogs = recorder
  }

  /// Takes what the flow logs have come to.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - isLast: Whether the run is over, so that windows that are not over count too.
  /// - Returns: Records that were not taken before.
  public mutating func takeFlowLogs(at now: Instant, isLast: Bool = false) -> FlowLogBatch {
    isLast
      ? flowLogs.takeLastBatch(at: now, of: dataPlane)
      : flowLogs.takeBatch(at: now, of: dataPlane)
  }

  /// Records a packet that an interface has judged.
  mutating func log(
    _ frame: borrowing Frame, _ key: FlowKey, _ flags: TCPHeader.Flags, _ decision: FlowDecision,
    _ direction: TrafficDirection, at interface: InterfaceIndex, _ now: Instant
  ) {
    // Copies of mirrored packets are in AWS's list of what is not logged (observability-formats §1.5).
    if direction == .ingress, key.protocol == .udp, key.destinationPort == UDPHeader.Port.vxlan,
      mirrors.sessions.contains(where: { $0.target == interface })
    {
      return
    }
    flowLogs.record(
      key, flags: flags, byteCount: frame.byteCount - EthernetHeader.byteCount, direction,
      at: interface, by: decision.decision, of: dataPlane, now: now)
  }
}
