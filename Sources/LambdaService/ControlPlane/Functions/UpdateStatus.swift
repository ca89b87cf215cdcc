/// What became of the last update of a function, spelled as the API's `LastUpdateStatus`.
public enum UpdateStatus: String, Hashable, Sendable, CaseIterable {
  case successful = "Successful"
  /// Invocations go on with what the function had before (lambda-vpc §3.1).
  case inProgress = "InProgress"
  case failed = "Failed"
}
