public import PacketFormats

extension Scenario {
  /// A network ACL of a VPC; the one named `default` holds for subnets that name none.
  public struct NetworkACL: Hashable, Sendable {
    public package(set) var name: String
    /// In the order of their numbers; what none of them names is denied.
    public package(set) var ingress: [Entry]
    public package(set) var egress: [Entry]

    /// One rule (EC2 API, `NetworkAclEntry`).
    public struct Entry: Hashable, Sendable {
      /// 1 to 32766; the lowest that matches decides.
      public package(set) var number: Int
      public package(set) var action: Action
      public package(set) var `protocol`: RuleProtocol
      public package(set) var ports: ClosedRange<UInt16>
      /// Who sends, of ingress entries, or is sent to, of egress entries; `nil` for anybody.
      public package(set) var peer: IPPrefix?
    }

    public enum Action: String, Hashable, Sendable, CaseIterable {
      case allow, deny
    }
  }
}
