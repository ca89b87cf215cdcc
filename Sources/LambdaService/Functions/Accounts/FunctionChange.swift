public import SimulatedTime

/// Something that is done to a function in the course of a run.
public struct FunctionChange: Sendable {
  public enum Act: Sendable {
    /// It is connected to its VPC in another way.
    case connect(VPCConfiguration)
    /// It leaves its VPC.
    case disconnect
    case delete
  }

  /// The number of the function.
  public var function: Int
  public var time: Instant
  public var act: Act

  public init(function: Int, time: Instant, act: Act) {
    self.function = function
    self.time = time
    self.act = act
  }
}
