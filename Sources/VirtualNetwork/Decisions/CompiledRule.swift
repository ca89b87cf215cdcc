import PacketFormats

/// A rule of a security group or a network ACL in the form in which it is compared with packets: numbers
/// in one row, without references.
struct CompiledRule: Sendable {
  /// 256 for every protocol.
  private let number: UInt16
  /// The destination ports, or type and code of ICMP messages, which flow keys keep in the same place.
  private let firstPort: UInt16
  private let lastPort: UInt16
  private let peer: Peer
  /// What depends on `peer`: an IPv4 address and its mask, or the place of something.
  private let operand: UInt32
  private let mask: UInt32
  /// What the rule decides, and where it is written.
  let source: Source

  private enum Peer: UInt8 {
    case ipv4
    case ipv6
    case everyIPv6
    case prefixList
    case securityGroup
    case peeredGroup
  }

  /// Where a rule is written.
  struct Source: Sendable {
    /// The security group; meaningless in an ACL.
    var group = SecurityGroupIndex(rawValue: 0)
    /// Its place among the rules of the direction.
    var rule: Int32
    /// Whether it lets packets through.
    var allows = true
  }

  /// Whether the rule is for every address of a family.
  let isEverywhere: Bool

  /// A rule, and the IPv6 blocks that rules name, to which its own is added.
  init(
    _ traffic: SecurityGroupRule.Traffic, _ far: SecurityGroupRule.Peer, _ source: Source,
    ipv6Blocks: inout [IPv6Prefix]
  ) {
    let every: ClosedRange<UInt16> = 0...(.max)
    let ports: ClosedRange<UInt16>
    switch traffic {
    case .all: (number, ports) = (256, every)
    case .tcp(let range): (number, ports) = (UInt16(IPProtocol.tcp.rawValue), range)
    case .udp(let range): (number, ports) = (UInt16(IPProtocol.udp.rawValue), range)
    case .icmp(let type, let code):
      (number, ports) = (UInt16(IPProtocol.icmp.rawValue), Self.messages(type, code))
    case .icmpv6(let type, let code):
      (number, ports) = (UInt16(IPProtocol.icmpv6.rawValue), Self.messages(type, code))
    case .other(let other): (number, ports) = (UInt16(other.rawValue), every)
    }
    firstPort = ports.lowerBound
    lastPort = ports.upperBound
    self.source = source
    isEverywhere = far == .anywhere || far == .anywhereIPv6
    switch far {
    case .prefix(.v4(let block)):
      peer = .ipv4
      operand = block.address.rawValue
      mask = block.length == 0 ? 0 : ~0 << UInt32(32 - block.length)
    case .prefix(.v6(let block)) where block.length == 0:
      (peer, operand, mask) = (.everyIPv6, 0, 0)
    case .prefix(.v6(let block)):
      (peer, operand, mask) = (.ipv6, UInt32(ipv6Blocks.count), 0)
      ipv6Blocks.append(block)
    case .prefixList(let list): (peer, operand, mask) = (.prefixList, list.rawValue, 0)
    case .securityGroup(let group): (peer, operand, mask) = (.securityGroup, group.rawValue, 0)
    case .peeredSecurityGroup(let group): (peer, operand, mask) = (.peeredGroup, group.rawValue, 0)
    }
  }

  private static func messages(_ type: UInt8?, _ code: UInt8?) -> ClosedRange<UInt16> {
    guard let type else { return 0...(.max) }
    let first = UInt16(type) << 8
    return code.map { first | UInt16($0)...first | UInt16($0) } ?? first...first | 0xff
  }

  /// Whether the rule is about such packets, with that far end.
  @inline(__always)
  func matches(_ key: FlowKey, _ far: FarEnd, in rules: CompiledRules) -> Bool {
    guard number == 256 || number == UInt16(key.protocol.rawValue),
      firstPort <= key.destinationPort, key.destinationPort <= lastPort
    else { return false }
    switch peer {
    case .ipv4: return !far.isIPv6 && far.ipv4 & mask == operand
    case .everyIPv6: return far.isIPv6
    case .ipv6: return far.isIPv6 && rules.contains(ipv6Block: operand, far.address)
    case .prefixList: return rules.contains(prefixList: operand, far.address)
    case .securityGroup:
      guard let set = far.groupSet else { return false }
      return rules.contains(group: operand, inSet: set)
    case .peeredGroup: return rules.contains(peeredGroup: operand, far.address)
    }
  }

  /// Whether the rule is about all packets of `protocol`, whatever their ports.
  func coversEverything(of protocol: IPProtocol) -> Bool {
    (number == 256 || number == UInt16(`protocol`.rawValue)) && firstPort == 0 && lastPort == .max
  }

  /// Whether the rule is about every address of the family of `address`.
  func isEverywhere(for far: FarEnd) -> Bool {
    isEverywhere && (peer == .everyIPv6) == far.isIPv6
  }
}

/// The end of a flow that is not the judging interface's, with all that rules ask about it.
struct FarEnd {
  let address: IPAddress
  let isIPv6: Bool
  /// The address as a number; 0 in IPv6.
  let ipv4: UInt32
  /// The interface of the VPC that has the address.
  let holder: InterfaceIndex?
  /// The groups that the interface is in.
  let groupSet: UInt32?

  init(_ address: IPAddress, in network: VirtualPrivateCloud) {
    self.address = address
    switch address {
    case .v4(let address): (ipv4, isIPv6) = (address.rawValue, false)
    case .v6: (ipv4, isIPv6) = (0, true)
    }
    holder = network.interface(at: address)
    groupSet = holder.map { network.interfaces[$0.position].groupSet }
  }
}
