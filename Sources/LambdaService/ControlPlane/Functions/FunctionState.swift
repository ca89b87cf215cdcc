/// The state of a function, spelled as the API's `State` (lambda-vpc §3.2).
///
/// The model takes functions through the first four; the others are there so that their names are
/// not taken for something else.
public enum FunctionState: String, Hashable, Sendable, CaseIterable {
  /// What it needs is being made; invocations and most other calls fail.
  case pending = "Pending"
  case active = "Active"
  /// It was not used for so long that Lambda took its network interfaces away.
  case inactive = "Inactive"
  /// It could not be created.
  case failed = "Failed"
  case deactivating = "Deactivating"
  case deactivated = "Deactivated"
  case activeNonInvocable = "ActiveNonInvocable"
  case deleting = "Deleting"

  /// The states that a function of the model may come to from this one.
  ///
  /// Documented: AWS, "Lambda function states". A function whose interfaces cannot be made again is
  /// Inactive again.
  public var successors: [FunctionState] {
    switch self {
    case .pending: [.active, .failed, .inactive]
    case .active: [.inactive]
    case .inactive: [.pending]
    case .failed, .deactivating, .deactivated, .activeNonInvocable, .deleting: []
    }
  }
}
