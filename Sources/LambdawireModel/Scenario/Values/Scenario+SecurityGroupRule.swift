public import PacketFormats

extension Scenario {
  /// One rule of a security group.
  public struct SecurityGroupRule: Hashable, Sendable {
    public package(set) var `protocol`: RuleProtocol
    /// Destination ports; all of them for protocols without ports.
    public package(set) var ports: ClosedRange<UInt16>
    /// Who may send, of an ingress rule; who may be reached, of an egress rule.
    public package(set) var peer: Peer

    package init(protocol: RuleProtocol, ports: ClosedRange<UInt16>, peer: Peer) {
      self.protocol = `protocol`
      self.ports = ports
      self.peer = peer
    }

    /// What a rule's protocol field may say.
    public enum RuleProtocol: String, Hashable, Sendable, CaseIterable {
      case tcp, udp, icmp, all
    }

    /// The other side of a rule.
    public enum Peer: Hashable, Sendable {
      /// Any address.
      case any
      /// Any address in the block.
      case prefix(IPv4Prefix)
      /// Any interface that has the group of this name in the same VPC.
      case securityGroup(String)
    }

    /// The rule that lets everything through, to and from anywhere.
    public static let everything = Self(protocol: .all, ports: 0...65535, peer: .any)
  }
}
