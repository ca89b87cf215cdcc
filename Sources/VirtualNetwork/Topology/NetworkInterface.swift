public import PacketFormats

/// An elastic network interface (ENI): an address in a subnet, with the security groups that guard it.
public struct NetworkInterface: Hashable, Sendable {
  /// A name that no other interface of the VPC has.
  public let name: String
  /// Another one each time that it is made anew.
  public internal(set) var identifier: ResourceIdentifier
  public let type: InterfaceType
  /// What `DescribeNetworkInterfaces` shows as the description.
  public let description: String
  public let subnet: SubnetIndex
  /// The primary private address; 0.0.0.0 while an interface that is planned has none.
  public internal(set) var address: IPv4Address
  /// Further private addresses, in the order in which they came.
  public internal(set) var secondaryAddresses: [IPv4Address] = []
  public internal(set) var ipv6Addresses: [IPv6Address] = []
  /// Blocks that are the interface's as a whole: a /28 of IPv4, a /80 of IPv6 (EC2 guide, "Assign
  /// prefixes to network interfaces").
  public internal(set) var delegatedPrefixes: [IPPrefix] = []
  /// The public addresses that stand for its private ones.
  public internal(set) var publicAddresses: [PublicAddressAssociation] = []
  /// The Ethernet address, locally administered.
  ///
  /// Assumed: it begins with 0a, and the rest looks random.
  public let linkLayerAddress: MACAddress
  /// The groups whose rules apply, in the order given.
  ///
  /// At least one, unless the interface is of a type that has none (``InterfaceType/isGateway``): then
  /// everything passes.
  public internal(set) var securityGroups: [SecurityGroupIndex]
  /// Whether packets that are neither from nor to one of the interface's addresses are refused.
  ///
  /// EC2 switches it on unless told otherwise; a host that forwards packets needs it off.
  public internal(set) var checksSourceAndDestination: Bool
  /// Whether the interface still exists.
  ///
  /// The record of a deleted interface stays, so that captures and decisions can name it.
  public internal(set) var exists = true

  /// The place of ``securityGroups`` among the VPC's sets of groups.
  var groupSet: UInt32
  /// Whether it exists or has existed.
  var hasExisted: Bool
  /// Whether it is given an address when a control plane makes it, and may be made more than once.
  let isPlanned: Bool
  /// Whether connections through the interface are tracked whatever the rules are.
  let isAlwaysTracked: Bool

  init(
    name: String, identifier: ResourceIdentifier, type: InterfaceType, description: String,
    subnet: SubnetIndex, address: IPv4Address, linkLayerAddress: MACAddress,
    securityGroups: [SecurityGroupIndex], groupSet: UInt32, checksSourceAndDestination: Bool,
    isPlanned: Bool
  ) {
    self.name = name
    self.identifier = identifier
    self.type = type
    self.description = description
    self.subnet = subnet
    self.address = address
    self.linkLayerAddress = linkLayerAddress
    self.securityGroups = securityGroups
    self.groupSet = groupSet
    self.checksSourceAndDestination = checksSourceAndDestination
    self.isPlanned = isPlanned
    exists = !isPlanned
    hasExisted = !isPlanned
    // Types compare as text, which is too slow to be done for every flow.
    isAlwaysTracked = type.isAlwaysTracked
  }

  /// All its addresses that are told one by one, IPv4 first, the primary one at the front.
  public var allAddresses: [IPAddress] {
    [.v4(address)] + secondaryAddresses.map(IPAddress.v4) + ipv6Addresses.map(IPAddress.v6)
  }

  /// The public address that stands for `address`.
  public func publicAddress(of address: IPv4Address) -> IPv4Address? {
    publicAddresses.first { $0.privateAddress == address }?.publicAddress
  }

  /// The description of an interface made by Lambda.
  ///
  /// Observed: `AWS Lambda VPC ENI-<function>-<uuid>`, with the function whose creation made the
  /// interface, though others share it later (lambda-vpc §3.3).
  ///
  /// - Parameters:
  ///   - function: The name of the function.
  ///   - interface: The name of the interface.
  ///   - seed: The seed of the run, from which the UUID is derived.
  /// - Returns: The description.
  public static func lambdaDescription(function: String, interface: String, seed: UInt64) -> String
  {
    var hash = SeededHash(seed: seed)
    hash.add("uuid")
    hash.add(interface)
    let high = hash.value
    hash.add(function)
    let uuid = SeededHash.uuid(high, hash.value)
    return "AWS Lambda VPC ENI-\(function)-\(uuid)"
  }
}
