import PacketFormats
import SimulatedTime
import VirtualNetwork

/// A VPC whose packets are judged and written to flow logs.
final class LoggedNetwork {
  private var plane: DataPlane
  var recorder: FlowLogRecorder

  /// - Parameters:
  ///   - network: The VPC.
  ///   - logs: Its flow logs.
  ///   - start: The date of the start of the run.
  init(_ network: VirtualPrivateCloud, _ logs: [FlowLog], start: String = "2026-11-23T12:00:00Z") {
    plane = DataPlane(network)
    let epoch = CalendarTime(text: start) ?? CalendarTime(nanosecondsSince1970: 0)
    recorder = FlowLogRecorder(
      logs, of: network,
      scope: FlowLogScope(
        account: "123456789012", epoch: epoch,
        services: [.init(.v4(prefix(52, 216, 0, 0, 15)), name: "S3")]))
  }

  /// The flow of a packet of either family.
  func key(
    _ number: IPProtocol, _ source: IPAddress, _ sourcePort: UInt16, to destination: IPAddress,
    _ destinationPort: UInt16
  ) -> FlowKey {
    plane.flowKey(
      number, source: source, sourcePort: sourcePort, destination: destination,
      destinationPort: destinationPort)
  }

  /// Lets a packet leave an interface.
  ///
  /// - Returns: Whether it may.
  @discardableResult
  func leave(
    _ interface: InterfaceIndex, _ key: FlowKey, _ flags: TCPHeader.Flags = [], bytes: Int = 100,
    at time: Double
  ) -> Bool {
    let now = Instant(nanoseconds: Int64(time * 1e9))
    let decision = plane.egress(key, flags: flags, from: interface, now: now)
    note(decision, key, flags, bytes, .egress, interface, now)
    return decision.verdict == .accept
  }

  /// Lets a packet arrive at an interface.
  ///
  /// - Returns: Whether it may.
  @discardableResult
  func arrive(
    _ interface: InterfaceIndex, _ key: FlowKey, _ flags: TCPHeader.Flags = [], bytes: Int = 100,
    at time: Double
  ) -> Bool {
    let now = Instant(nanoseconds: Int64(time * 1e9))
    let decision = plane.ingress(key, flags: flags, at: interface, now: now)
    note(decision, key, flags, bytes, .ingress, interface, now)
    return decision.verdict == .accept
  }

  private func note(
    _ decision: FlowDecision, _ key: FlowKey, _ flags: TCPHeader.Flags, _ bytes: Int,
    _ direction: TrafficDirection, _ interface: InterfaceIndex, _ now: Instant
  ) {
    recorder.record(
      key, flags: flags, byteCount: bytes, direction, at: interface, by: decision.decision,
      of: plane, now: now)
  }

  /// Changes the VPC and lets the flow logs see what became of an interface.
  func update(
    _ interface: InterfaceIndex, at time: Double,
    _ change: (inout VirtualPrivateCloud) throws(VirtualNetworkError) -> Void
  ) throws(VirtualNetworkError) {
    try plane.update(change)
    recorder.noteChange(
      of: interface, in: plane.network, at: Instant(nanoseconds: Int64(time * 1e9)))
  }

  /// Ends the run and gives the lines of a flow log.
  func lines(of log: Int = 0, at time: Double) -> [String] {
    let batch = lastBatch(at: time)
    return Self.lines(batch, of: log, recorder.logs[log].format)
  }

  /// Ends the run and gives the records of all flow logs.
  func lastBatch(at time: Double) -> FlowLogBatch {
    recorder.takeLastBatch(at: Instant(nanoseconds: Int64(time * 1e9)), of: plane)
  }

  /// The lines of a flow log for the windows that are over.
  func earlyLines(of log: Int = 0, at time: Double) -> [String] {
    let batch = recorder.takeBatch(
      at: Instant(nanoseconds: Int64(time * 1e9)), of: plane)
    return Self.lines(batch, of: log, recorder.logs[log].format)
  }

  static func lines(_ batch: FlowLogBatch, of log: Int, _ format: FlowLogFormat) -> [String] {
    batch.records(of: log).map { record in
      var text: [UInt8] = []
      batch.append(record, as: format, to: &text)
      return String(decoding: text, as: UTF8.self)
    }
  }
}
