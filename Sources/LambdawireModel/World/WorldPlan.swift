import AddressTranslation
import EventSimulation
import LambdaService
import PacketFormats
import VirtualNetwork

/// Everything that exists in a run, as plain values: who has which address, who is where.
///
/// The plan is made from a scenario before anything moves. Building the nodes, naming addresses in
/// captures and tracing a path all go by it.
struct WorldPlan {
  struct VPC {
    var scenario: Scenario.VPC
    var network: VirtualPrivateCloud
    /// The VNI of tunnels to it: 24 bits.
    var networkIdentifier: UInt32
    /// The hosts' interfaces, in the order of the scenario.
    var hostInterfaces: [InterfaceIndex]
    /// What leads out of it.
    var edges = Edges()
    /// What changes it in the course of the run, in order of time.
    var changes: [Change] = []
  }

  /// What leads out of a VPC, in the order of the scenario.
  struct Edges {
    /// NAT gateways with a subnet, each behind an interface of its own.
    var natGateways: [(interface: InterfaceIndex, gateway: NATGateway)] = []
    var regionalNATGateways: [(index: GatewayIndex, gateway: RegionalNATGateway)] = []
    var endpoints: [Endpoint] = []
    /// Gateways with something outside all VPCs on their other side.
    var gateways: [(index: GatewayIndex, gateway: EdgeGateway)] = []
    /// The interface by which the resolver asks others; `nil` if it asks nobody.
    var resolverEndpoint: InterfaceIndex?
    /// Peering connections and transit gateways, by name.
    var joins: [(name: String, index: GatewayIndex)] = []

    func join(_ name: String) -> GatewayIndex? { joins.first { $0.name == name }?.index }
  }

  /// An interface endpoint.
  struct Endpoint {
    var name: String
    var endpoint: Scenario.InterfaceEndpoint
    /// One in each of its subnets.
    var interfaces: [InterfaceIndex]
  }

  /// A network outside all VPCs that gateways lead to.
  struct OutsidePlace {
    /// What drops there are said to be at.
    var name: String
    var hosts: [Scenario.OutsideHost]
    /// The gateways that lead there, by VPC and place among its gateways.
    var gateways: [(vpc: Int, place: Int)]
    /// How long packets there may be.
    var limit = PathLimit.internetGateway
    /// What networks behind virtual private gateways are called.
    static let onPremises = "on-premises"
    /// Whether it is the internet, which regional NAT gateways lead to as well.
    var isInternet = false
  }

  /// A peering connection between VPCs of the plan, by their numbers.
  struct Peering {
    var connection: PeeringConnection
    var requester: (vpc: Int, index: GatewayIndex)
    var accepter: (vpc: Int, index: GatewayIndex)
  }

  /// A transit gateway; its attachments' VPCs by number.
  struct Transit {
    var gateway: TransitGateway
    var attachments: [(vpc: Int, index: GatewayIndex)]
  }

  /// A Hyperplane ENI: one to a subnet and set of security groups (lambda-vpc §3.1), and those
  /// that the model may come to need beside it or in its place.
  struct SharedInterface {
    var vpc: Int
    var subnet: String
    var securityGroups: Set<String>
    var index: InterfaceIndex
    /// The number of its ``InterfaceGroup``.
    var group: Int
    /// Whether it is there from the beginning; otherwise a control plane makes it when it is needed.
    var exists = true
  }

  /// The shared interfaces of one subnet and set of security groups.
  struct InterfaceGroup {
    /// The function that the first of them is made for.
    var owner: String
    /// Numbers of its shared interfaces: the first is there from the beginning.
    var interfaces: [Int]
    /// The number of the hand that its VPC was dealt in its zone.
    var hand = 0
  }

  /// The nodes of Hyperplane that a VPC was dealt in a zone.
  struct Hand {
    var vpc: Int
    var nodes: HyperplaneLayout.Hand
  }

  struct Function {
    /// Its name, which all its versions have.
    var functionName: String
    /// Which of its published versions it is; `nil` for `$LATEST`.
    var version: Int?
    var entry: Scenario.Function
    var era: NetworkingEra
    var vpc: Int
    /// Whether it uses IPv6 where its subnets have it, which none did before September 2019.
    var hasIPv6: Bool { entry.allowsIPv6 && era != .perEnvironment }
    /// How it is connected to its VPC, first and after each change.
    var connections: [Connection]

    /// What it is invoked by: its name, with the version if it is one.
    var name: String { version.map { "\(functionName):\($0)" } ?? functionName }
    /// Whether `name` is its own or that of the entry that it is a copy of.
    func isMeant(by name: String) -> Bool {
      self.name == name || version == nil && entry.name == name
    }
    /// What its environments' names begin with; functions have no point in their names.
    var environmentPrefix: String { version.map { "\(functionName).\($0)" } ?? functionName }

    /// Its environments at first.
    var environments: Range<Int> { connections[0].environments }
    /// Its shared interfaces at first, one to a subnet; empty before September 2019.
    var sharedInterfaces: [Int] { connections[0].sharedInterfaces }
  }

  /// A function's connection to its VPC, and places for the environments that have it.
  struct Connection {
    var subnets: [String]
    var securityGroups: [String]
    /// The places, which take turns with the subnets.
    var environments: Range<Int>
    /// One to a subnet; empty before September 2019.
    var sharedInterfaces: [Int]
  }

  struct Environment {
    var name: String
    var function: Int
    /// Where its network begins.
    var attachment: Attachment

    enum Attachment {
      /// A slot of a worker, and the shared interface its packets leave by.
      case slot(worker: Int, slot: Int, sharedInterface: Int)
      /// An interface of its own, which is given an address when the environment needs it.
      case own(InterfaceIndex)
    }
  }

  struct Worker {
    var name: String
    var zone: String
    var era: NetworkingEra
    /// The number of its first slot among all slots.
    var firstSlot: Int
    var slotCount = 0
    /// Its end of the tunnel.
    var address: IPv4Address
    var linkLayerAddress: MACAddress
  }

  /// The partition that is planned.
  let partition: ScenarioPartition
  var vpcs: [VPC] = []
  var peerings: [Peering] = []
  var transitGateways: [Transit] = []
  /// The internet first, if anything leads there.
  var outsidePlaces: [OutsidePlace] = []
  var sharedInterfaces: [SharedInterface] = []
  var groups: [InterfaceGroup] = []
  var hands: [Hand] = []
  let layout: HyperplaneLayout
  /// How many VPCs the plans of other partitions have before those of this one.
  let vpcOffset: Int
  /// How many workers the plans of other partitions have before those of this one.
  let workerOffset: Int
  /// How many slots are numbered for each worker, whether it has them or not.
  let slotsPerBlock: Int
  /// The VNIs of the other partitions' VPCs.
  let takenNetworkIdentifiers: Set<UInt32>
  var functions: [Function] = []
  var environments: [Environment] = []
  var workers: [Worker] = []

  /// The number of the slot before the first one of this plan.
  var slotOffset: Int { workerOffset * slotsPerBlock }

  /// The first slot's address (A-01: 10.128.0.0/14 plus the slot's number, assumed).
  static let slotBlock = IPv4Prefix(IPv4Address(10, 128, 0, 0), length: 14)
  /// Where the addresses between the two translators of a slot before 2026 come from.
  ///
  /// Nobody outside the slot sees them. Assumed: the block after that of A-01.
  static let vethBlock = IPv4Prefix(IPv4Address(10, 132, 0, 0), length: 14)
  /// The substrate's addresses (A-03: 198.18.0.0/15, which RFC 2544 keeps for tests).
  static let workerBlock = IPv4Prefix(IPv4Address(198, 18, 0, 0), length: 16)
  static let hyperplaneAddress = IPv4Address(198, 19, 0, 1)
  /// Locally administered; the substrate's are not published, assumed.
  static let hyperplaneLinkLayerAddress = MACAddress(0x02_4c_57_ff_00_01)
  /// What every guest has as its address and hardware address: observed in 2021
  /// (lambda-vpc §4.1).
  static let guestAddress = IPv4Address(169, 254, 79, 1)
  /// What every guest with IPv6 has as its address, in a /64 (A-80, assumed; out of the block for
  /// examples of RFC 3849, so that programs prefer it as they would a global address).
  static let guestIPv6Address = IPv6Address(0x2001, 0xdb8, 0xa9fe, 0x4f01, 0, 0, 0, 1)
  static let guestLinkLayerAddress = MACAddress(0x7e_1c_3f_00_00_00)
  /// The other end of the guest's link.
  ///
  /// Observed only as the address of the X-Ray daemon (lambda-vpc §4.1); that it is the gateway
  /// is assumed.
  static let guestGateway = IPv4Address(169, 254, 79, 129)

  /// What every guest takes for its gateway's hardware address.
  ///
  /// Assumed: microVMs restored from one snapshot cannot tell slots apart (lambda-vpc §4.3).
  static let guestGatewayLinkLayerAddress = MACAddress(0x02_4c_57_00_00_00)

  /// The hardware address of a slot in the inner frames of its tunnel (assumed).
  static func slotLinkLayerAddress(_ slot: Int) -> MACAddress {
    MACAddress(0x02_4c_57_00_00_00 | UInt64(slot))
  }

  static func slotAddress(_ slot: Int) -> IPv4Address { slotBlock[slot] }

  /// The prefix that makes the IPv6 address of a slot different, a /64 (A-80, assumed).
  static func slotPrefix(_ slot: Int) -> IPv6Prefix {
    IPv6Prefix(
      IPv6Address(high: 0x2001_0db8_a800_0000 + UInt64(slot), low: 0), length: 64)
  }

  /// What exchanges the guest's prefix for the slot's.
  static func slotTranslator(_ slot: Int) -> PrefixTranslator {
    do throws(PrefixTranslator.SettingsError) {
      return try PrefixTranslator(
        inside: IPv6Prefix(guestIPv6Address, length: 64), outside: slotPrefix(slot))
    } catch {
      preconditionFailure("prefixes of one length that do not overlap")
    }
  }
}
