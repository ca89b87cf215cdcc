/// The place of a resource in its VPC's list of resources of that type.
///
/// Packets are judged by index, because comparing and storing a small number costs nothing where
/// an identifier costs a string. An index stays valid when other resources come and go.
public struct ResourceIndex<Resource>: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt32
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ position: Int) { rawValue = UInt32(position) }

  /// The position in the array.
  var position: Int { Int(rawValue) }
}

public typealias InterfaceIndex = ResourceIndex<NetworkInterface>
public typealias SubnetIndex = ResourceIndex<Subnet>
public typealias SecurityGroupIndex = ResourceIndex<SecurityGroup>
public typealias PeeredGroupIndex = ResourceIndex<PeeredSecurityGroup>
public typealias NetworkACLIndex = ResourceIndex<NetworkACL>
public typealias PrefixListIndex = ResourceIndex<PrefixList>
public typealias RouteTableIndex = ResourceIndex<RouteTable>
public typealias GatewayIndex = ResourceIndex<Gateway>
public typealias DecisionIndex = ResourceIndex<Decision>
