import SimulatedTime

/// The timers of a behaviour as whole nanoseconds, ready for use with every packet.
///
/// They are properties rather than an array because an inline array is copied as a whole when one
/// of its elements is asked for.
struct IdleTimeouts {
  let udpOneWay: Int64
  let udpTwoWay: Int64
  let opening: Int64
  let openingAnswered: Int64
  let established: Int64
  let halfClosed: Int64
  let closing: Int64
  let closed: Int64
  let reset: Int64
  let icmpQuery: Int64
  /// UDP ports of remote ends that have timers of their own, in ascending order, with these.
  private let udpByRemotePort: [(port: UInt16, timeout: Int64)]
  /// Whether there are any.
  private let knowsUDPPorts: Bool
  let unsolicitedSYN: Int64

  /// - Throws: ``BehaviorError/timerOutOfRange(_:_:)``.
  init(_ timers: Behavior.Timers) throws(BehaviorError) {
    func nanoseconds(_ state: Translation.State) throws(BehaviorError) -> Int64 {
      guard let timeout = Self.nanoseconds(timers[state]) else {
        throw .timerOutOfRange(state, timers[state])
      }
      return timeout
    }
    udpOneWay = try nanoseconds(.udpOneWay)
    udpTwoWay = try nanoseconds(.udpTwoWay)
    opening = try nanoseconds(.opening)
    openingAnswered = try nanoseconds(.openingAnswered)
    established = try nanoseconds(.established)
    halfClosed = try nanoseconds(.halfClosed)
    closing = try nanoseconds(.closing)
    closed = try nanoseconds(.closed)
    reset = try nanoseconds(.reset)
    icmpQuery = try nanoseconds(.icmpQuery)
    var byPort: [(port: UInt16, timeout: Int64)] = []
    for (port, timer) in timers.udpByRemotePort.sorted(by: { $0.key < $1.key }) {
      guard let timeout = Self.nanoseconds(timer) else {
        throw .udpTimerOutOfRange(remotePort: port, timer)
      }
      byPort.append((port, timeout))
    }
    udpByRemotePort = byPort
    knowsUDPPorts = !byPort.isEmpty
    guard let unsolicitedSYN = Self.nanoseconds(timers.unsolicitedSYN) else {
      throw .unsolicitedSYNTimerOutOfRange(timers.unsolicitedSYN)
    }
    self.unsolicitedSYN = unsolicitedSYN
  }

  /// A timer in nanoseconds, or `nil` if it is not between one and 100 years.
  static func nanoseconds(_ timer: Duration) -> Int64? {
    timer >= .nanoseconds(1) && timer <= .seconds(100 * 366 * 86_400)
      ? timer.wholeNanoseconds : nil
  }

  /// How long a flow lasts in `state`, in nanoseconds.
  private subscript(state: Translation.State) -> Int64 {
    switch state {
    case .udpOneWay: udpOneWay
    case .udpTwoWay: udpTwoWay
    case .opening: opening
    case .openingAnswered: openingAnswered
    case .established: established
    case .halfClosed: halfClosed
    case .closing: closing
    case .closed: closed
    case .reset: reset
    case .icmpQuery: icmpQuery
    }
  }

  /// How long a flow lasts in its state, in nanoseconds.
  @inline(__always)
  private func timeout(of record: FlowRecord) -> Int64 {
    if knowsUDPPorts, record.state == .udpOneWay || record.state == .udpTwoWay,
      let timeout = udpTimeout(towards: record.remotePort)
    {
      return timeout
    }
    return self[record.state]
  }

  /// The timer of UDP towards a port that has one of its own.
  private func udpTimeout(towards port: UInt16) -> Int64? {
    var (low, high) = (0, udpByRemotePort.count)
    while low < high {
      let middle = (low + high) / 2
      if udpByRemotePort[middle].port < port { low = middle + 1 } else { high = middle }
    }
    guard low < udpByRemotePort.count, udpByRemotePort[low].port == port else { return nil }
    return udpByRemotePort[low].timeout
  }

  /// The timer that a packet with these control bits finds and leaves running, in nanoseconds.
  ///
  /// UDP and ICMP have no control bits.
  ///
  /// - Returns: `nil` if the packet may move the flow to another state.
  @inline(__always)
  func whenUnmoved(_ record: FlowRecord, by control: ControlBits, fromInside: Bool) -> Int64? {
    switch record.state {
    case .udpTwoWay: knowsUDPPorts ? timeout(of: record) : udpTwoWay
    case .established: control.isDisjoint(with: [.syn, .fin, .rst]) ? established : nil
    case .udpOneWay:
      record.marks.contains(.beganOutside) != fromInside ? timeout(of: record) : nil
    case .icmpQuery: icmpQuery
    default: nil
    }
  }

  /// When the flow ends unless something happens to it, in nanoseconds since the simulation began.
  ///
  /// What would lie beyond the end of time is brought back to it.
  func end(of record: FlowRecord) -> Int64 {
    Self.end(record.lastUsed, timeout(of: record))
  }

  /// The instant that comes `timeout` nanoseconds after another, or the end of time.
  static func end(_ start: Int64, _ timeout: Int64) -> Int64 {
    let (end, overflow) = start.addingReportingOverflow(timeout)
    return overflow ? .max : end
  }

  /// Whether the flow has ended by `now`.
  func haveEnded(_ record: FlowRecord, by now: Int64) -> Bool {
    record.wasIdle(for: timeout(of: record), by: now)
  }
}
