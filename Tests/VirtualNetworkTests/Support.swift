import PacketFormats
import SimulatedTime
import VirtualNetwork

func prefix(_ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ length: Int) -> IPv4Prefix {
  IPv4Prefix(IPv4Address(a, b, c, d), length: length)
}

func ipv6Prefix(_ a: UInt16, _ b: UInt16, _ c: UInt16, _ d: UInt16, _ length: Int) -> IPv6Prefix {
  IPv6Prefix(IPv6Address(a, b, c, d, 0, 0, 0, 0), length: length)
}

func seconds(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }

/// The network of most tests: a function's interface and a database, each with a group of its own.
///
/// `orders` may open connections to port 5432 of `database`, which takes them from `orders` alone.
struct Shop {
  var network: VirtualPrivateCloud
  let privateA: SubnetIndex
  let dataA: SubnetIndex
  let orders: SecurityGroupIndex
  let database: SecurityGroupIndex
  let eni: InterfaceIndex
  let postgres: InterfaceIndex

  /// The rule that lets `orders` out, or the same traffic to some other group.
  static func toDatabase(_ group: SecurityGroupIndex) -> SecurityGroupRule {
    SecurityGroupRule(.tcp(5432...5432), peer: .securityGroup(group))
  }

  init(eniType: InterfaceType = .interface) throws(VirtualNetworkError) {
    network = try VirtualPrivateCloud(name: "shop", blocks: [prefix(10, 0, 0, 0, 16)], seed: 7)
    privateA = try network.addSubnet(
      name: "private-a", cidr: prefix(10, 0, 1, 0, 24), zone: "use1-az1")
    dataA = try network.addSubnet(name: "data-a", cidr: prefix(10, 0, 2, 0, 24), zone: "use1-az1")
    orders = try network.addSecurityGroup(name: "orders", allowsAllEgress: false)
    database = try network.addSecurityGroup(name: "database", allowsAllEgress: false)
    try network.authorize(Self.toDatabase(database), .egress, in: orders)
    try network.authorize(
      SecurityGroupRule(.tcp(5432...5432), peer: .securityGroup(orders)), .ingress, in: database)
    eni = try network.addInterface(
      name: "orders-eni", in: privateA, securityGroups: [orders], type: eniType)
    postgres = try network.addInterface(
      name: "postgres", in: dataA, address: IPv4Address(10, 0, 2, 20), securityGroups: [database])
  }

  /// The flow from the function's interface to the database.
  let query = FlowKey(
    .tcp, source: IPv4Address(10, 0, 1, 4), sourcePort: 40110,
    destination: IPv4Address(10, 0, 2, 20), destinationPort: 5432)
}
