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

    /// The other side of a rule.
    public enum Peer: Hashable, Sendable {
      /// Any address.
      case any
      /// Any address in the block.
      case prefix(IPPrefix)
      /// Any interface that has the group of this name in the same VPC.
      case securityGroup(String)
      /// Any interface that has the group in another VPC, which a peering connection leads to.
      case peeredSecurityGroup(vpc: String, group: String)
      /// Any address in the prefix list of this name.
      case prefixList(String)
    }

    /// The rule that lets everything through, to and from anywhere.
    public static let everything = Self(protocol: .all, ports: 0...65535, peer: .any)
  }

  /// What the protocol field of a rule may say.
  public enum RuleProtocol: Hashable, Sendable {
    case all
    /// By its number (IANA, "Protocol Numbers").
    case number(UInt8)

    public static let icmp = Self.number(1)
    public static let tcp = Self.number(6)
    public static let udp = Self.number(17)
    public static let icmpv6 = Self.number(58)

    /// Those that have names in rules, as EC2 has them.
    static let named: [(name: String, value: RuleProtocol)] = [
      ("tcp", .tcp), ("udp", .udp), ("icmp", .icmp), ("icmpv6", .icmpv6), ("all", .all),
    ]

    /// Whether its packets have ports.
    var hasPorts: Bool { self == .tcp || self == .udp }
  }
}

extension Scenario.RuleProtocol: CustomStringConvertible {
  public var description: String {
    if let named = Self.named.first(where: { $0.value == self }) { return named.name }
    return if case .number(let number) = self { "\(number)" } else { "all" }
  }
}
