public import EventSimulation
public import SimulatedTime
public import VirtualNetwork

/// What is done to a VPC in the course of a run by calls of EC2's API.
public struct NetworkCall: Sendable {
  /// A call as CloudTrail records it.
  public struct Request: Hashable, Sendable {
    /// Such as `RevokeSecurityGroupIngress`.
    public var name: String
    public var parameters: TrailValue
    /// Whether it is about a VPC endpoint, whose answers look different.
    public var isEndpointRequest: Bool

    public init(_ name: String, _ parameters: TrailValue, isEndpointRequest: Bool = false) {
      self.name = name
      self.parameters = parameters
      self.isEndpointRequest = isEndpointRequest
    }
  }

  public var time: Instant
  /// The number of the account.
  public var account: Int
  /// What the run's record says of it.
  public var change: NetworkChange
  /// More than one if EC2 wants a call for each address family.
  public var requests: [Request]
  /// The VPC.
  public var network: NodeID<VPCNode>
  /// What wakes it to change.
  public var token: UInt64

  public init(
    time: Instant, account: Int, change: NetworkChange, requests: [Request],
    network: NodeID<VPCNode>, token: UInt64
  ) {
    self.time = time
    self.account = account
    self.change = change
    self.requests = requests
    self.network = network
    self.token = token
  }
}
