import SimulatedTime

/// An account: its control plane, and when that wants to be told the time.
struct Account {
  var controlPlane: ControlPlane
  /// The functions of the frontend, by their number in the control plane; `nil` for versions that
  /// nobody invokes.
  var functions: [Int?] = []
  /// When the next reminder on its way comes.
  private var reminder: Instant?

  init(controlPlane: ControlPlane) {
    self.controlPlane = controlPlane
  }

  /// When a reminder is needed, or `nil` if one comes early enough or nothing is due.
  mutating func nextReminder() -> Instant? {
    guard let due = controlPlane.nextDue else { return nil }
    if let reminder, reminder <= due { return nil }
    reminder = due
    return due
  }

  /// Takes note that a reminder has come.
  mutating func takeReminder(at now: Instant) {
    if let reminder, reminder <= now { self.reminder = nil }
  }
}
