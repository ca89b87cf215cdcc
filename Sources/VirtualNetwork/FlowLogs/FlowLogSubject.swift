public import PacketFormats

/// A network interface as flow logs name it, from its beginning to its end.
///
/// An interface that is made anew is another subject, for it has another identifier.
public struct FlowLogSubject: Hashable, Sendable {
  public let interface: InterfaceIndex
  public let identifier: ResourceIdentifier
  public let subnet: SubnetIndex
  public let subnetIdentifier: ResourceIdentifier
  /// The Availability Zone's identifier, such as `use1-az1`.
  public let zone: String
  /// The primary private address, which stands for whatever other addresses it has.
  public let address: IPv4Address
  public let ipv6Addresses: [IPv6Address]
  /// What `interface-type` says, or `nil` for `-`.
  ///
  /// The values are documented; that there is none for Lambda's is assumed (F-03).
  public let typeName: String?
  /// The instance that it belongs to, or `nil` if a service made it (VPC guide, "Flow log records":
  /// documented).
  public let instance: ResourceIdentifier?
  /// Whether its traffic is added up for a minute at most, whatever the flow log says.
  ///
  /// Documented for interfaces of instances of the Nitro system. Assumed: so are all instances of
  /// the model, and Lambda's interfaces count as such (F-06); those of gateways, load balancers and
  /// endpoints do not, and keep to the flow log's interval.
  public let isNitro: Bool

  init(_ index: InterfaceIndex, in network: VirtualPrivateCloud) {
    let interface = network.interfaces[index.position]
    let subnet = network.subnets[interface.subnet.position]
    self.interface = index
    identifier = interface.identifier
    self.subnet = interface.subnet
    subnetIdentifier = subnet.identifier
    zone = subnet.zone
    address = interface.address
    ipv6Addresses = interface.ipv6Addresses
    let isInstance = interface.type == .interface
    instance =
      isInstance
      ? ResourceIdentifier(.instance, name: "\(network.name)/\(interface.name)", seed: network.seed)
      : nil
    isNitro = isInstance || interface.type == .lambda
    typeName = interface.type.flowLogName
  }
}

extension InterfaceType {
  /// What flow logs call it, if they have a name for it (observability-formats §1.2).
  fileprivate var flowLogName: String? {
    switch self {
    case .natGateway: "nat_gateway"
    case .networkLoadBalancer: "network_load_balancer"
    case .transitGateway: "transit_gateway"
    case .vpcEndpoint: "vpc_endpoint"
    default: nil
    }
  }
}
