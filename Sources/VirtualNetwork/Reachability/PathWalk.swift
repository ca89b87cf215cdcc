import PacketFormats
import SimulatedTime

/// Carries one packet through a ``CloudNetwork`` and notes what it meets.
///
/// Each VPC is judged by a ``DataPlane`` of its own, the same that judges the packets of a run, so that
/// the answer finds the connection tracked that the packet began.
struct PathWalk: ~Copyable {
  let cloud: CloudNetwork
  private var planes: [Plane?]
  private(set) var steps: [PathStep] = []
  /// What stopped the packet, told in a way that remedies can be looked for.
  private(set) var obstacle: Obstacle?
  /// The flows that gateways and hosts with memory let out.
  var flows: [RememberedFlow] = []
  /// Whether every public address counts as somebody's.
  let takesAnyAddress: Bool

  /// Where a path ends or begins.
  enum Place: Hashable {
    case interface(VPCIndex, InterfaceIndex)
    case internet
    case onPremises(CloudNetwork.Entrance)
    case service(CloudNetwork.Entrance)
    case linkLocal(VPCIndex, LinkLocalService)
  }

  /// What the packet meets next.
  enum Hop {
    case leaves(VPCIndex, InterfaceIndex)
    case enters(VPCIndex, InterfaceIndex, from: SubnetIndex?)
    case exits(CloudNetwork.Entrance, from: InterfaceIndex)
    case arrives(CloudNetwork.Entrance, fromZone: String?)
    case crossesInternet
    case entersFromOutside(CloudNetwork.Entrance)
    case ends(Place)
    case stops
  }

  /// Where something with a memory is.
  enum Rememberer: Hashable {
    case interface(VPCIndex, InterfaceIndex)
    case gateway(CloudNetwork.Entrance)
  }

  /// A flow that a NAT or an egress-only gateway let out.
  struct RememberedFlow {
    var place: Rememberer
    /// The address that it had inside.
    var inside: IPAddress
    /// The address under which it went on.
    var outside: IPAddress
    var remote: IPAddress
  }

  /// What stopped a packet.
  struct Obstacle {
    var vpc: VPCIndex?
    var place: JudgingPlace?
    var component: NetworkComponent?
    var gateway: GatewayIndex?
    var code: ExplanationCode
    var refusal: GatewayRefusal?
    var direction: TrafficDirection
    var packet: PathPacket
    /// The interface that sent the packet to a gateway.
    var sender: InterfaceIndex?
    var isCircle = false
  }

  /// A data plane in a box, because arrays hold no values that cannot be copied.
  private final class Plane {
    var value: DataPlane

    init(_ network: VirtualPrivateCloud) {
      value = DataPlane(network, expectingFlows: 0, explainsInFull: true)
    }
  }

  init(_ cloud: CloudNetwork, takesAnyAddress: Bool) {
    self.cloud = cloud
    self.takesAnyAddress = takesAnyAddress
    planes = Array(repeating: nil, count: cloud.vpcs.count)
  }

  /// Carries a packet until it is delivered or stopped.
  ///
  /// - Parameters:
  ///   - packet: The packet, which ends up as it is delivered.
  ///   - start: Where it begins.
  /// - Returns: Where it is delivered; `nil` if it is stopped.
  mutating func carry(_ packet: inout PathPacket, from start: Hop) -> Place? {
    steps = []
    obstacle = nil
    var hop = start
    // No sensible path is as long: what takes more steps runs in a circle.
    for _ in 0..<64 {
      switch hop {
      case .leaves(let vpc, let interface): hop = leave(&packet, vpc, interface)
      case .enters(let vpc, let interface, let subnet):
        hop = enter(&packet, vpc, interface, subnet)
      case .exits(let exit, let sender): hop = leaveThrough(&packet, exit, sender)
      case .arrives(let entrance, let zone): hop = arrive(&packet, entrance, zone)
      case .crossesInternet: hop = crossInternet(&packet)
      case .entersFromOutside(let entrance): hop = enterFromOutside(&packet, entrance)
      case .ends(let place): return place
      case .stops: return nil
      }
    }
    stop(
      packet, "path", "path", nil, nil, code: .noPossibleDestination,
      "the packet runs in a circle until no hops are left")
    obstacle?.isCircle = true
    return nil
  }

  private mutating func plane(_ vpc: VPCIndex) -> Plane {
    if let plane = planes[vpc.position] { return plane }
    let plane = Plane(cloud.vpcs[vpc.position])
    planes[vpc.position] = plane
    return plane
  }

  // MARK: - Inside a VPC

  private mutating func leave(
    _ packet: inout PathPacket, _ vpc: VPCIndex, _ interface: InterfaceIndex
  ) -> Hop {
    let plane = plane(vpc)
    let decision = plane.value.egress(
      plane.value.key(of: packet), flags: packet.flags, from: interface, now: .start)
    guard note(decision, plane.value.decision(decision.decision), packet, vpc) else {
      return .stops
    }
    switch decision.nextHop {
    case .interface(let next):
      let subnet = cloud.vpcs[vpc.position].interfaces[interface.position].subnet
      return .enters(vpc, next, from: subnet)
    case .gateway(let gateway):
      return .exits(CloudNetwork.Entrance(vpc: vpc, gateway: gateway), from: interface)
    case .service(let service): return .ends(.linkLocal(vpc, service))
    case .none: return .stops
    }
  }

  private mutating func enter(
    _ packet: inout PathPacket, _ vpc: VPCIndex, _ index: InterfaceIndex, _ subnet: SubnetIndex?
  ) -> Hop {
    let plane = plane(vpc)
    let decision = plane.value.ingress(
      plane.value.key(of: packet), flags: packet.flags, at: index, fromSubnet: subnet, now: .start)
    guard note(decision, plane.value.decision(decision.decision), packet, vpc) else {
      return .stops
    }
    let network = cloud.vpcs[vpc.position]
    let interface = network.interfaces[index.position]
    if interface.type == .natGateway { return translate(&packet, vpc, index) }
    let appliance = cloud.appliances[vpc.position][index]
    if network.interface(at: packet.destination) == index {
      if appliance == .masquerades, let inside = recall(.interface(vpc, index), packet) {
        packet.destination = inside
        pass(
          packet, "network-interface", interface.name, interface.identifier, vpc,
          "\(interface.name) puts back the address that it had replaced")
        return .leaves(vpc, index)
      }
      if interface.type == .lambda, packet.isFirst {
        stop(
          packet, "network-interface", interface.name, interface.identifier, vpc,
          code: .noPossibleDestination,
          "\(interface.name) belongs to Lambda, which brings no connections to functions")
        return .stops
      }
      return .ends(.interface(vpc, index))
    }
    switch appliance {
    case .forwards:
      pass(
        packet, "network-interface", interface.name, interface.identifier, vpc,
        "\(interface.name) sends the packet on")
    case .masquerades:
      pass(
        packet, "network-interface", interface.name, interface.identifier, vpc,
        "\(interface.name) sends the packet on with its own address")
      remember(.interface(vpc, index), packet, outside: .v4(interface.address))
      packet.source = .v4(interface.address)
    case nil:
      stop(
        packet, "network-interface", interface.name, interface.identifier, vpc,
        code: .noPossibleDestination, "\(interface.name) does not send on what is not its own")
      return .stops
    }
    return .leaves(vpc, index)
  }

  /// What comes to a NAT gateway's interface goes out of it again, with another source or destination.
  private mutating func translate(
    _ packet: inout PathPacket, _ vpc: VPCIndex, _ index: InterfaceIndex
  ) -> Hop {
    let network = cloud.vpcs[vpc.position]
    let interface = network.interfaces[index.position]
    // A NAT gateway with too many addresses is one that cannot be built, so nothing is behind it.
    guard interface.type == .natGateway, interface.exists,
      let gateway = try? NATGateway(
        index, of: network,
        connectivity: interface.publicAddresses.isEmpty ? .private : .public)
    else {
      stop(
        packet, "nat-gateway", interface.name, interface.identifier, vpc, code: .badState,
        "\(interface.name) is no NAT gateway that can work")
      return .stops
    }
    if gateway.isInbound(packet.atGateway) {
      guard let inside = recall(.interface(vpc, index), packet) else {
        refuse(packet, .unsolicited, "nat-gateway", interface.name, interface.identifier, vpc)
        return .stops
      }
      pass(
        packet, "nat-gateway", interface.name, interface.identifier, vpc,
        "\(interface.name) has the flow from \(inside)")
      packet.destination = inside
      return .leaves(vpc, index)
    }
    let outcome = gateway.outbound(packet.atGateway)
    guard case .pass(let source, _) = outcome,
      gateway.limit.refusal(of: packet.atGateway) == nil
    else {
      if let refusal = outcome.refusal ?? gateway.limit.refusal(of: packet.atGateway) {
        refuse(packet, refusal, "nat-gateway", interface.name, interface.identifier, vpc)
      }
      return .stops
    }
    pass(
      packet, "nat-gateway", interface.name, interface.identifier, vpc,
      "\(interface.name) sends the packet on from \(source)")
    remember(.interface(vpc, index), packet, outside: source)
    packet.source = source
    return .leaves(vpc, index)
  }

  private mutating func arrive(
    _ packet: inout PathPacket, _ entrance: CloudNetwork.Entrance, _ zone: String?
  ) -> Hop {
    let network = cloud.vpcs[entrance.vpc.position]
    let gateway = network.gateways[entrance.gateway.position]
    // As VPCNode does on arrival: nobody of this VPC is behind a gateway (lambda-vpc §7.2).
    guard !network.contains(packet.source) else {
      stop(
        packet, gateway.kind.text, gateway.name, gateway.identifier, entrance.vpc,
        code: .spoofedSource,
        "\(packet.source) is an address of the VPC and cannot come from outside")
      return .stops
    }
    let attachment =
      gateway.attachments.first {
        network.subnets[network.interfaces[$0.position].subnet.position].zone == zone
      } ?? gateway.attachments.first
    let plane = plane(entrance.vpc)
    let decision = plane.value.arrival(
      plane.value.key(of: packet), through: entrance.gateway, at: attachment, now: .start)
    guard note(decision, plane.value.decision(decision.decision), packet, entrance.vpc) else {
      return .stops
    }
    switch decision.nextHop {
    case .interface(let next):
      let subnet = attachment.map { network.interfaces[$0.position].subnet }
      return .enters(entrance.vpc, next, from: subnet)
    case .gateway(let next):
      guard let attachment else { return .stops }
      return .exits(CloudNetwork.Entrance(vpc: entrance.vpc, gateway: next), from: attachment)
    case .service, .none: return .stops
    }
  }

  // MARK: - Memory

  mutating func remember(_ place: Rememberer, _ packet: PathPacket, outside: IPAddress) {
    flows.append(
      RememberedFlow(
        place: place, inside: packet.source, outside: outside, remote: packet.destination))
  }

  /// The address inside that an answer is for.
  func recall(_ place: Rememberer, _ packet: PathPacket) -> IPAddress? {
    flows.last {
      $0.place == place && $0.outside == packet.destination && $0.remote == packet.source
    }?.inside
  }

  // MARK: - Notes

  /// Notes the steps of a decision.
  ///
  /// - Returns: Whether the packet goes on.
  private mutating func note(
    _ decision: FlowDecision, _ text: Decision, _ packet: PathPacket, _ vpc: VPCIndex
  ) -> Bool {
    let network = cloud.vpcs[vpc.position]
    for (number, reason) in text.reasons.enumerated() {
      let stops = text.verdict == .reject && number == text.reasons.count - 1
      let (name, identifier) = network.name(of: reason.component)
      steps.append(
        PathStep(
          kind: reason.component.kind, name: name, identifier: identifier, vpc: network.name,
          verdict: stops ? .reject : .accept, code: reason.code, sentence: reason.sentence,
          source: packet.source, destination: packet.destination))
    }
    guard text.verdict == .reject else { return true }
    obstacle = Obstacle(
      vpc: vpc, place: text.place, component: text.reasons.last?.component,
      code: text.reasons.last?.code ?? .badState, direction: text.direction, packet: packet)
    return false
  }

  /// Notes that a component lets the packet pass.
  mutating func pass(
    _ packet: PathPacket, _ kind: String, _ name: String, _ identifier: ResourceIdentifier?,
    _ vpc: VPCIndex?, _ sentence: String
  ) {
    steps.append(
      PathStep(
        kind: kind, name: name, identifier: identifier,
        vpc: vpc.map { cloud.vpcs[$0.position].name }, verdict: .accept, code: .gateway,
        sentence: sentence, source: packet.source, destination: packet.destination))
  }

  /// Notes that a component stops the packet.
  mutating func stop(
    _ packet: PathPacket, _ kind: String, _ name: String, _ identifier: ResourceIdentifier?,
    _ vpc: VPCIndex?, code: ExplanationCode, _ sentence: String
  ) {
    steps.append(
      PathStep(
        kind: kind, name: name, identifier: identifier,
        vpc: vpc.map { cloud.vpcs[$0.position].name }, verdict: .reject, code: code,
        sentence: sentence, source: packet.source, destination: packet.destination))
    obstacle = Obstacle(vpc: vpc, code: code, direction: .egress, packet: packet)
  }

  /// Notes that a gateway refuses the packet.
  mutating func refuse(
    _ packet: PathPacket, _ refusal: GatewayRefusal, _ kind: String, _ name: String,
    _ identifier: ResourceIdentifier?, _ vpc: VPCIndex?, gateway: GatewayIndex? = nil,
    sender: InterfaceIndex? = nil
  ) {
    stop(packet, kind, name, identifier, vpc, code: refusal.code, refusal.sentence)
    obstacle?.refusal = refusal
    obstacle?.gateway = gateway
    obstacle?.sender = sender
  }
}

extension DataPlane {
  mutating func key(of packet: PathPacket) -> FlowKey {
    flowKey(
      packet.protocol, source: packet.source, sourcePort: packet.sourcePort,
      destination: packet.destination, destinationPort: packet.destinationPort)
  }
}

extension VirtualPrivateCloud {
  /// What a component is called.
  func name(of component: NetworkComponent) -> (String, ResourceIdentifier?) {
    switch component {
    case .networkInterface(let index):
      (interfaces[index.position].name, interfaces[index.position].identifier)
    case .securityGroup(let index):
      (securityGroups[index.position].name, securityGroups[index.position].identifier)
    case .subnet(let index): (subnets[index.position].name, subnets[index.position].identifier)
    case .networkACL(let index):
      (networkACLs[index.position].name, networkACLs[index.position].identifier)
    case .routeTable(let index):
      (routeTables[index.position].name, routeTables[index.position].identifier)
    case .mappingService: (name, identifier)
    case .service(let service): (service.description, nil)
    }
  }
}
