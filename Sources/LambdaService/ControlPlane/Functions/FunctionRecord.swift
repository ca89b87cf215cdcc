public import SimulatedTime
public import VirtualNetwork

/// A function as Lambda knows it: what `GetFunctionConfiguration` shows.
public struct FunctionRecord: Hashable, Sendable {
  public var name: String
  public var arn: String
  public var roleARN: String
  public var runtime: String
  /// In MiB.
  public var memory: Int
  /// In seconds.
  public var timeout: Int
  /// `$LATEST`, or the number of a published version.
  public var version: String
  /// The connection to a VPC, and that VPC's identifier.
  public var vpc: VPCConfiguration?
  public var vpcIdentifier: ResourceIdentifier?
  public var lastModified: Instant
  /// A UUID that changes with every change.
  public var revision: String
  public var state: FunctionState
  /// `nil` while Active.
  public var stateReason: StateReason?
  public var lastUpdate: UpdateStatus
  /// Why the last update failed.
  public var lastUpdateReason: StateReason?
  public var reservedConcurrency: Int?
}
