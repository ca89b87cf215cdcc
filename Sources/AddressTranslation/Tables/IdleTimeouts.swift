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

  /// - Throws: ``BehaviorError/timerOutOfRange(_:_:)``.
  init(_ timers: Behavior.Timers) throws(BehaviorError) {
    func nanoseconds(_ state: Translation.State) throws(BehaviorError) -> Int64 {
      let timer = timers[state]
      guard timer >= .nanoseconds(1), timer <= .seconds(100 * 366 * 86_400) else {
        throw .timerOutOfRange(state, timer)
      }
      return timer.wholeNanoseconds
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
  }

  /// How long a flow lasts in `state`, in nanoseconds.
  subscript(state: Translation.State) -> Int64 {
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
    }
  }

  /// The timer that a packet with these control bits finds and leaves running, in nanoseconds.
  ///
  /// UDP has no control bits.
  ///
  /// - Returns: `nil` if the packet may move the flow to another state.
  @inline(__always)
  func whenUnmoved(_ record: FlowRecord, by control: ControlBits, fromInside: Bool) -> Int64? {
    switch record.state {
    case .udpTwoWay: udpTwoWay
    case .established: control.isDisjoint(with: [.syn, .fin, .rst]) ? established : nil
    case .udpOneWay: record.marks.contains(.beganOutside) != fromInside ? udpOneWay : nil
    default: nil
    }
  }

  /// When the flow ends unless something happens to it, in nanoseconds since the simulation began.
  ///
  /// What would lie beyond the end of time is brought back to it.
  func end(of record: FlowRecord) -> Int64 {
    let (end, overflow) = record.lastUsed.addingReportingOverflow(self[record.state])
    return overflow ? .max : end
  }

  /// Whether the flow has ended by `now`.
  func haveEnded(_ record: FlowRecord, by now: Int64) -> Bool {
    record.wasIdle(for: self[record.state], by: now)
  }
}
