import PacketFormats

/// What gateways do with a packet on its path.
extension PathWalk {
  /// A packet on its way out of a VPC.
  mutating func leaveThrough(
    _ packet: inout PathPacket, _ exit: CloudNetwork.Entrance, _ sender: InterfaceIndex
  ) -> Hop {
    let network = cloud.vpcs[exit.vpc.position]
    let zone = network.subnets[network.interfaces[sender.position].subnet.position].zone
    switch (network.gateways[exit.gateway.position].kind, cloud.edge(exit.gateway, of: exit.vpc)) {
    case (.internet, _):
      let gateway = InternetGateway(exit.gateway, of: network)
      return follow(
        gateway.outbound(packet.atGateway), gateway.limit, &packet, exit, sender,
        to: .crossesInternet)
    case (.egressOnlyInternet, _):
      let gateway = EgressOnlyInternetGateway(exit.gateway, of: network)
      remember(.gateway(exit), packet, outside: packet.source)
      return follow(
        gateway.outbound(packet.atGateway), gateway.limit, &packet, exit, sender,
        to: .crossesInternet)
    case (.gatewayEndpoint, _):
      guard let gateway = GatewayEndpoint(exit.gateway, of: network) else { return .stops }
      return follow(
        gateway.outbound(packet.atGateway), gateway.limit, &packet, exit, sender,
        to: .ends(.service(exit)))
    case (.regionalNAT, .regionalNAT(let gateway)):
      let outcome = gateway.outbound(packet.atGateway, fromZone: zone)
      if case .pass(let source, _) = outcome {
        remember(.gateway(exit), packet, outside: source)
      }
      return follow(outcome, gateway.limit, &packet, exit, sender, to: .crossesInternet)
    case (.peering, .peering(let connection, let role, let entrance)):
      return follow(
        connection.outcome(of: packet.atGateway, from: role), connection.limit, &packet, exit,
        sender, to: .arrives(entrance, fromZone: nil))
    case (.virtualPrivate, .onPremises(let blocks)):
      let gateway = VirtualPrivateGateway(
        name: network.gateways[exit.gateway.position].name, blocks: network.allBlocks,
        onPremises: blocks)
      return follow(
        gateway.outbound(packet.atGateway), gateway.limit, &packet, exit, sender,
        to: .ends(.onPremises(exit)))
    case (.transit, .transit(let number, let attachment)):
      return transit(&packet, exit, sender, number, attachment, zone)
    default:
      refuse(packet, .noHost(packet.destination), at: exit, sender: sender)
      return .stops
    }
  }

  /// Does what a gateway says.
  private mutating func follow(
    _ outcome: GatewayOutcome, _ limit: PathLimit, _ packet: inout PathPacket,
    _ exit: CloudNetwork.Entrance, _ sender: InterfaceIndex, to next: Hop
  ) -> Hop {
    switch outcome {
    case .drop(let refusal):
      refuse(packet, refusal, at: exit, sender: sender)
      return .stops
    case .pass(let source, let destination):
      if let refusal = limit.refusal(of: packet.atGateway) {
        refuse(packet, refusal, at: exit, sender: sender)
        return .stops
      }
      let change = source == packet.source ? "" : " from \(source)"
      pass(packet, at: exit, "sends the packet on\(change)")
      packet.source = source
      packet.destination = destination
      return next
    }
  }

  private mutating func transit(
    _ packet: inout PathPacket, _ exit: CloudNetwork.Entrance, _ sender: InterfaceIndex,
    _ number: Int, _ attachment: TransitAttachmentIndex, _ zone: String
  ) -> Hop {
    let gateway = cloud.transitGateways[number]
    if let refusal = gateway.limit.refusal(of: packet.atGateway) {
      refuse(packet, refusal, at: exit, sender: sender)
      return .stops
    }
    switch gateway.outcome(of: packet.atGateway, from: attachment, zone: zone) {
    case .drop(let refusal):
      refuse(packet, refusal, at: exit, sender: sender)
      return .stops
    case .pass(let target):
      guard let entrance = cloud.entrance(of: number, target) else {
        refuse(packet, .noHost(packet.destination), at: exit, sender: sender)
        return .stops
      }
      pass(packet, at: exit, "leads to \(gateway.attachments[target.position].name)")
      return .arrives(entrance, fromZone: zone)
    }
  }

  // MARK: - From outside

  /// A packet on the internet: to a VPC that has the address, or to a host.
  mutating func crossInternet(_ packet: inout PathPacket) -> Hop {
    // An answer comes back through the gateway that let the packet out, if that has a memory.
    let way = flows.last {
      $0.outside == packet.destination && $0.remote == packet.source && !packet.isFirst
    }
    if case .gateway(let gateway)? = way?.place { return enterFromOutside(&packet, gateway) }
    guard let owner = cloud.owner(of: packet.destination) else {
      let host = cloud.internet.host(at: packet.destination)
      guard host != nil || takesAnyAddress || !packet.isFirst else {
        refuse(
          packet, .noHost(packet.destination), "internet", "internet", nil, nil)
        return .stops
      }
      return .ends(.internet)
    }
    return enterFromOutside(&packet, owner)
  }

  /// A packet from outside at the gateway of a VPC.
  mutating func enterFromOutside(
    _ packet: inout PathPacket, _ entrance: CloudNetwork.Entrance
  ) -> Hop {
    let network = cloud.vpcs[entrance.vpc.position]
    let outcome: GatewayOutcome
    switch (
      network.gateways[entrance.gateway.position].kind,
      cloud.edge(entrance.gateway, of: entrance.vpc)
    ) {
    case (.internet, _):
      outcome = InternetGateway(entrance.gateway, of: network).inbound(packet.atGateway)
    case (.egressOnlyInternet, _):
      let isAnswer = recall(.gateway(entrance), packet) != nil
      outcome = EgressOnlyInternetGateway(entrance.gateway, of: network)
        .inbound(packet.atGateway, isAnswer: isAnswer)
    case (.regionalNAT, _):
      let inside = recall(.gateway(entrance), packet)
      outcome = inside.map { .pass(source: packet.source, destination: $0) } ?? .drop(.unsolicited)
    case (.gatewayEndpoint, _):
      guard let gateway = GatewayEndpoint(entrance.gateway, of: network) else { return .stops }
      outcome = gateway.inbound(packet.atGateway)
    case (.virtualPrivate, .onPremises(let blocks)):
      outcome = VirtualPrivateGateway(
        name: network.gateways[entrance.gateway.position].name, blocks: network.allBlocks,
        onPremises: blocks
      ).inbound(packet.atGateway)
    default: return .stops
    }
    switch outcome {
    case .drop(let refusal):
      refuse(packet, refusal, at: entrance, sender: nil)
      return .stops
    case .pass(_, let destination):
      let change = destination == packet.destination ? "" : " to \(destination)"
      pass(packet, at: entrance, "brings the packet in\(change)")
      packet.destination = destination
      return .arrives(entrance, fromZone: nil)
    }
  }

  // MARK: - Notes

  private mutating func pass(
    _ packet: PathPacket, at exit: CloudNetwork.Entrance, _ what: String
  ) {
    let gateway = cloud.vpcs[exit.vpc.position].gateways[exit.gateway.position]
    pass(
      packet, gateway.kind.text, gateway.name, gateway.identifier, exit.vpc,
      "\(gateway.name) (\(gateway.identifier)) \(what)")
  }

  private mutating func refuse(
    _ packet: PathPacket, _ refusal: GatewayRefusal, at exit: CloudNetwork.Entrance,
    sender: InterfaceIndex?
  ) {
    let gateway = cloud.vpcs[exit.vpc.position].gateways[exit.gateway.position]
    refuse(
      packet, refusal, gateway.kind.text, gateway.name, gateway.identifier, exit.vpc,
      gateway: exit.gateway, sender: sender)
  }
}

extension CloudNetwork {
  /// The gateway of a VPC that stands for an attachment.
  func entrance(of transit: Int, _ attachment: TransitAttachmentIndex) -> Entrance? {
    for (vpc, gateways) in edges.enumerated() {
      for (gateway, edge) in gateways.enumerated() {
        if case .transit(transit, attachment) = edge {
          return Entrance(vpc: VPCIndex(vpc), gateway: GatewayIndex(gateway))
        }
      }
    }
    return nil
  }

  /// The gateway through which the internet reaches an address.
  ///
  /// IPv6 addresses go to the internet gateway if the VPC has one, else to the egress-only one.
  func owner(of address: IPAddress) -> Entrance? {
    for (number, vpc) in vpcs.enumerated() {
      func entrance(_ matches: (Gateway) -> Bool) -> Entrance? {
        vpc.gateways.firstIndex(where: matches).map {
          Entrance(vpc: VPCIndex(number), gateway: GatewayIndex($0))
        }
      }
      switch address {
      case .v4(let address):
        if vpc.association(of: address) != nil, let found = entrance({ $0.kind == .internet }) {
          return found
        }
        for (gateway, edge) in edges[number].enumerated() {
          if case .regionalNAT(let value) = edge, value.zone(of: address) != nil {
            return Entrance(vpc: VPCIndex(number), gateway: GatewayIndex(gateway))
          }
        }
      case .v6(let address):
        let subnet = vpc.subnets.firstIndex { $0.ipv6CIDR?.contains(address) == true }
        if let subnet, let gateway = vpc.internetEntrance(ofIPv6: SubnetIndex(subnet)) {
          return Entrance(vpc: VPCIndex(number), gateway: gateway)
        }
      }
    }
    return nil
  }
}
