/// Something that Lambda's control plane does, in the words of the APIs where they have one.
public struct ControlAct: Sendable {
  /// What was done, such as `CreateNetworkInterface`.
  public var act: String
  public var function: String
  /// The execution environment concerned, or empty.
  public var environment: String
  /// What it was done to, such as `eni-0a1b…`, or empty.
  public var resource: String
  /// How long it took, or `nil` for what happens at once.
  public var duration: Duration?
  /// Why it was done, or empty where that goes without saying.
  public var reason: String

  public init(
    act: String, function: String, environment: String = "", resource: String = "",
    duration: Duration? = nil, reason: String = ""
  ) {
    self.act = act
    self.function = function
    self.environment = environment
    self.resource = resource
    self.duration = duration
    self.reason = reason
  }
}
