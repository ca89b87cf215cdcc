/// Something at the edge of the VPC that a route can point to.
///
/// The VPC only knows that packets go there. What the gateway does with them is its own affair.
public struct Gateway: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  /// What the gateway is, such as ``ResourceKind/natGateway``.
  public let kind: ResourceKind

  /// Whether connections through the gateway are tracked whatever the rules are.
  ///
  /// AWS, "Security group connection tracking", list of automatically tracked connections, as of
  /// 2026 (lambda-vpc §7.4).
  var isAlwaysTracked: Bool {
    kind == .natGateway || kind == .egressOnlyInternetGateway || kind == .endpoint
  }
}
