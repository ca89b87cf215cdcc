/// What the frontend is woken for; the rest of a token is a number.
enum Reminder: UInt64 {
  /// Invocations of a traffic entry.
  case arrival = 1
  /// An environment has done an invocation.
  case environmentDone
  /// An environment has started.
  case environmentReady
  case functionCreated
  /// An account's control plane has something to do.
  case controlPlane
  /// An environment that starts needs an interface of its own now.
  case interfaceNeeded
  /// Something is done to a function.
  case change
  /// All that was done to a function has had its effects.
  case changeSettled
  /// An environment may have been idle for long enough to be frozen.
  case freeze
  /// An environment's invocation may have taken too long.
  case timeout
  /// A function's environments may have been idle for too long.
  case reclaim
  /// A worker has booted a microVM for environments to come.
  case machineBooted
  /// Hyperplane wants another interface for a subnet and set of groups.
  case interfaceWanted
  /// Hyperplane wants an interface in the place of another.
  case replacementWanted
  /// EC2's API fails.
  case ec2Failure
  /// EC2's API works again.
  case ec2Repair
  case zoneFailure
  case zoneRepair
  /// EC2's API is called to change a VPC.
  case networkChange
  /// A host begins something of its own accord.
  case task
  /// A host has done what it began.
  case taskDone

  private static let shift: UInt64 = 48

  func token(_ number: Int) -> UInt64 { rawValue << Self.shift | UInt64(number) }

  /// What `token` is about.
  static func read(_ token: UInt64) -> (reminder: Reminder?, number: Int) {
    (Reminder(rawValue: token >> shift), Int(token & (1 << shift - 1)))
  }
}
