public import PacketFormats

/// A rule of a security group: traffic that is let through (there are no deny rules).
public struct SecurityGroupRule: Hashable, Sendable {
  public var traffic: Traffic
  public var peer: Peer

  public init(_ traffic: Traffic, peer: Peer) {
    self.traffic = traffic
    self.peer = peer
  }

  /// The protocol, and what the rule says about its ports or types; network ACLs say it alike.
  ///
  /// Ports are those of the packet's destination, in both directions.
  public enum Traffic: Hashable, Sendable {
    case all
    case tcp(ClosedRange<UInt16>)
    case udp(ClosedRange<UInt16>)
    /// ICMP messages of one type and code; `nil` stands for any.
    case icmp(type: UInt8?, code: UInt8?)
    /// ICMPv6 messages of one type and code; `nil` stands for any.
    case icmpv6(type: UInt8?, code: UInt8?)
    /// All packets of a protocol that has no ports.
    case other(IPProtocol)
  }

  /// The far end: where ingress comes from, where egress goes.
  public enum Peer: Hashable, Sendable {
    case prefix(IPPrefix)
    /// Any address in a block of the list.
    case prefixList(PrefixListIndex)
    /// Any network interface that is in the group.
    case securityGroup(SecurityGroupIndex)
    /// Any network interface of another VPC that is in the group.
    case peeredSecurityGroup(PeeredGroupIndex)

    /// Every IPv4 address, written 0.0.0.0/0.
    public static var anywhere: Self { .prefix(.everything(.v4)) }
    /// Every IPv6 address, written ::/0.
    public static var anywhereIPv6: Self { .prefix(.everything(.v6)) }
  }

  /// Every port.
  public static let allPorts: ClosedRange<UInt16> = 0...65535
}

extension SecurityGroupRule.Traffic {
  /// Whether the packets of `key` are such traffic.
  func contains(_ key: FlowKey) -> Bool {
    switch self {
    case .all: true
    case .tcp(let ports): key.protocol == .tcp && ports.contains(key.destinationPort)
    case .udp(let ports): key.protocol == .udp && ports.contains(key.destinationPort)
    case .icmp(let type, let code):
      key.protocol == .icmp && (type ?? key.icmpType) == key.icmpType
        && (code ?? key.icmpCode) == key.icmpCode
    case .icmpv6(let type, let code):
      key.protocol == .icmpv6 && (type ?? key.icmpType) == key.icmpType
        && (code ?? key.icmpCode) == key.icmpCode
    case .other(let number): key.protocol == number
    }
  }

  /// Whether all packets of `protocol`, whatever their ports, are such traffic.
  func containsEverything(of protocol: IPProtocol) -> Bool {
    switch self {
    case .all: true
    case .tcp(let ports): `protocol` == .tcp && ports == SecurityGroupRule.allPorts
    case .udp(let ports): `protocol` == .udp && ports == SecurityGroupRule.allPorts
    case .icmp(let type, let code): `protocol` == .icmp && type == nil && code == nil
    case .icmpv6(let type, let code): `protocol` == .icmpv6 && type == nil && code == nil
    case .other(let number): `protocol` == number
    }
  }
}

extension SecurityGroupRule.Traffic: CustomStringConvertible {
  public var description: String {
    switch self {
    case .all: "all traffic"
    case .tcp(let ports): "tcp \(Self.text(ports))"
    case .udp(let ports): "udp \(Self.text(ports))"
    case .icmp(nil, _): "icmp"
    case .icmp(let type?, nil): "icmp type \(type)"
    case .icmp(let type?, let code?): "icmp type \(type) code \(code)"
    case .icmpv6(nil, _): "icmpv6"
    case .icmpv6(let type?, nil): "icmpv6 type \(type)"
    case .icmpv6(let type?, let code?): "icmpv6 type \(type) code \(code)"
    case .other(let number): "protocol \(number.rawValue)"
    }
  }

  private static func text(_ ports: ClosedRange<UInt16>) -> String {
    if ports == SecurityGroupRule.allPorts { return "all ports" }
    return ports.count == 1 ? "\(ports.lowerBound)" : "\(ports.lowerBound)-\(ports.upperBound)"
  }
}
