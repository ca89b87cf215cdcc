public import SimulatedTime

/// An error of EC2's own, which its API answers with whatever it is asked (AWS, "Error codes for the
/// Amazon EC2 API", server error codes).
public enum EC2Failure: String, Hashable, Sendable, CaseIterable {
  case internalError = "InternalError"
  case unavailable = "Unavailable"

  /// What EC2 says of it.
  public var sentence: String {
    switch self {
    case .internalError: "An internal error has occurred. Retry your request."
    case .unavailable: "The server is overloaded and can't handle the request."
    }
  }
}

extension ControlPlane {
  /// Has EC2's API fail from now on, or work again.
  ///
  /// Lambda does not try again to make an interface (A-52, assumed): who needs one now goes without.
  /// It does to delete one.
  public mutating func setEC2Failure(_ failure: EC2Failure?, at time: Instant) {
    advance(to: time)
    ec2Failure = failure
  }
}
