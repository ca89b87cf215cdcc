import SimulatedTime

/// The timers of a behaviour as whole nanoseconds, ready for use with every packet.
struct IdleTimeouts {
  private var nanoseconds: InlineArray<9, Int64>

  /// - Throws: ``BehaviorError/timerOutOfRange(_:_:)``.
  init(_ timers: Behavior.Timers) throws(BehaviorError) {
    nanoseconds = InlineArray(repeating: 0)
    for state in Translation.State.allCases {
      let timer = timers[state]
      guard timer >= .nanoseconds(1), timer <= .seconds(100 * 366 * 86_400) else {
        throw .timerOutOfRange(state, timer)
      }
      nanoseconds[Int(state.rawValue)] = timer.wholeNanoseconds
    }
  }

  /// How long a flow lasts in `state`, in nanoseconds.
  @inline(__always)
  subscript(state: Translation.State) -> Int64 {
    // Through a span, because the array itself would be copied first.
    nanoseconds.span[Int(state.rawValue)]
  }

  /// When the flow ends unless something happens to it, in nanoseconds since the simulation began.
  ///
  /// What would lie beyond the end of time is brought back to it.
  func end(of record: FlowRecord) -> Int64 {
    let (end, overflow) = record.lastUsed.addingReportingOverflow(self[record.state])
    return overflow ? .max : end
  }

  /// Whether the flow has ended by `now`.
  @inline(__always)
  func haveEnded(_ record: FlowRecord, by now: Int64) -> Bool {
    // The difference of two instants in order fits an unsigned number, whatever they are.
    now > record.lastUsed
      && UInt64(bitPattern: now &- record.lastUsed)
        >= UInt64(bitPattern: self[record.state])
  }
}
