extension Scenario {
  /// A security group: what it lets in and out.
  ///
  /// All rules allow; what none allows is dropped.
  public struct SecurityGroup: Hashable, Sendable {
    public package(set) var name: String
    /// Empty unless written: a new group lets nothing in (VPC guide, "Security groups").
    public package(set) var ingress: [SecurityGroupRule]
    /// Everything unless written: a new group lets all out (VPC guide, "Security groups").
    public package(set) var egress: [SecurityGroupRule]
  }
}
