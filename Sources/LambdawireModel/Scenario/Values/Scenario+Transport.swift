extension Scenario {
  /// The transports that reach a customer VPC from Lambda (lambda-vpc §1, point 5).
  public enum Transport: String, Hashable, Sendable, CaseIterable {
    case tcp, udp
  }
}
