import CaptureFiles
import EventSimulation
import PacketFormats
import VirtualNetwork

/// One capture point of a run, as its files describe it.
struct Tap {
  /// The interface's name in capture files: the point's name (design §3).
  var name: String
  /// What `--taps` may call it besides: `guest:orders-3`, or empty.
  var qualifiedName = ""
  /// The file of the point, below `taps/`, without its ending.
  var file: String
  var description: String
  var linkLayerAddress: MACAddress?
  var address: (IPv4Address, length: Int)?
  /// Whether it is at a node that all partitions have, and therefore one interface for all.
  var isShared = false
  /// In bits per second; zero if unlimited.
  var speed: Int = 0
  /// Whether nothing is captured here: other points see the same frames.
  var isSeenElsewhere = false

  /// The names there are, in the order of the path.
  static let names = [
    "guest", "slot", "tunnel", "hyperplane-in", "hyperplane-out", "eni", "nat-gateway-in",
    "nat-gateway-out", "transit-gateway", "peer", "endpoint", "virtual-private-gateway",
    "egress-only-internet-gateway", "internet-gateway", "destination",
  ]

  /// As a pcapng interface.
  var interface: InterfaceDescription {
    InterfaceDescription(
      name: name, description: description,
      ipv4Assignments: address.map { address, length in
        [
          .init(
            address: address.rawValue,
            mask: length == 0 ? 0 : UInt32.max << UInt32(32 - length))
        ]
      } ?? [],
      macAddress: linkLayerAddress?.rawValue, speed: speed > 0 ? UInt64(speed) : nil)
  }
}

/// All capture points of a run, before any file is opened.
struct TapLayout {
  /// One to a place for an environment.
  var guests: [Tap] = []
  /// One to a worker.
  var slots: [Tap] = []
  var tunnels: [Tap] = []
  var hyperplaneIn: Tap?
  var hyperplaneOut: Tap?
  /// One to an interface of each VPC.
  var interfaces: [[Tap]] = []
  /// One to a VPC.
  var resolvers: [Tap] = []
  /// Two to a NAT gateway: inside, then outside.
  var natGateways: [Tap] = []
  /// One to a gateway, to a peering connection, to a transit gateway, in this order.
  var gateways: [Tap] = []
  /// One to a host outside all VPCs.
  var outsideHosts: [Tap] = []

  /// More guests than these get no file of their own unless it is asked for (design §5).
  static let guestLimit = 64

  init(_ plan: WorldPlan, _ settings: ModelSettings) {
    for environment in plan.environments {
      let own: NetworkInterface? =
        if case .own(let index) = environment.attachment {
          plan.vpcs[plan.functions[environment.function].vpc].network.interfaces[
            Int(index.rawValue)]
        } else { nil }
      guests.append(
        Tap(
          name: "guest", qualifiedName: "guest:\(environment.name)",
          file: "guest/\(environment.name)",
          description: "\(environment.name): the function's own interface",
          linkLayerAddress: own?.linkLayerAddress ?? WorldPlan.guestLinkLayerAddress,
          address: own == nil ? (WorldPlan.guestAddress, 32) : nil,
          speed: settings.guestBandwidth))
    }
    for worker in plan.workers {
      slots.append(
        Tap(
          name: "slot", file: "slot",
          description: "\(worker.name): after the translation in the slot (addresses: A-01)"))
      tunnels.append(
        Tap(
          name: "tunnel", file: "tunnel",
          description: "\(worker.name): uplink with the Geneve tunnel to Hyperplane (A-02)",
          linkLayerAddress: worker.linkLayerAddress, address: (worker.address, 16),
          speed: settings.workerLinkRate))
    }
    if !plan.workers.isEmpty {
      hyperplaneIn = Tap(
        name: "hyperplane-in", file: "hyperplane-in",
        description: "Hyperplane, Lambda's side: out of the tunnel, not translated",
        isShared: true)
      hyperplaneOut = Tap(
        name: "hyperplane-out", file: "hyperplane-out",
        description: "Hyperplane, the customer's side: translated (A-04, A-13, A-15)",
        isShared: true)
    }
    for vpc in plan.vpcs {
      let hosts = Set(vpc.hostInterfaces)
      interfaces.append(
        vpc.network.interfaces.enumerated().map { number, interface in
          let subnet = vpc.network.subnets[Int(interface.subnet.rawValue)]
          let name =
            hosts.contains(InterfaceIndex(rawValue: UInt32(number)))
            ? "destination" : interface.type == .vpcEndpoint ? "endpoint" : "eni"
          return Tap(
            name: name, file: name,
            description:
              "\(interface.name): \(interface.identifier) in \(subnet.name), \(vpc.network.name)",
            linkLayerAddress: interface.linkLayerAddress,
            address: interface.exists ? (interface.address, subnet.cidr.length) : nil,
            speed: settings.vpcLinkRate,
            isSeenElsewhere: interface.type == .natGateway || interface.type == .transitGateway)
        })
      resolvers.append(
        Tap(
          name: "destination", file: "destination",
          description: "resolver of \(vpc.network.name)",
          address: (vpc.network.resolverAddress, vpc.scenario.prefix.length)))
    }
    addEdges(plan)
  }

  /// Every tap, by its place on the path: what is at the same place follows each other.
  var places: [[Tap]] {
    [
      guests, slots, tunnels, [hyperplaneIn].compactMap(\.self), [hyperplaneOut].compactMap(\.self),
      interfaces.flatMap(\.self), resolvers, natGateways, gateways, outsideHosts,
    ]
  }

  /// The names that `--taps` takes, in the order of the path.
  static func names(of layouts: [TapLayout]) -> [String] {
    let known = Set(layouts.flatMap { $0.places.flatMap { $0.map(\.name) } })
    return Tap.names.filter(known.contains)
  }
}
