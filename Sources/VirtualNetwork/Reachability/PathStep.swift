public import PacketFormats

/// One step of a path: a component and what it did with the packet.
public struct PathStep: Hashable, Sendable {
  /// What the component is, such as `security-group` or `internet-gateway`.
  public let kind: String
  public let name: String
  /// `nil` for what is no resource, such as a host of the internet.
  public let identifier: ResourceIdentifier?
  /// The VPC that the component belongs to; `nil` outside.
  public let vpc: String?
  public let verdict: PathVerdict
  public let code: ExplanationCode
  /// One sentence for people, with the rule or the route quoted.
  public let sentence: String
  /// The addresses of the packet as it came to the component.
  public let source: IPAddress
  public let destination: IPAddress
}
