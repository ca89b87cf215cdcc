import PacketFormats
import VirtualNetwork

/// The capture points of what leads out of VPCs and of what is outside.
extension TapLayout {
  mutating func addEdges(_ plan: WorldPlan) {
    for vpc in plan.vpcs {
      for (interface, gateway) in vpc.edges.natGateways {
        let own = vpc.network.interfaces[Int(interface.rawValue)]
        addNATGateway(
          gateway.name, of: vpc, own.linkLayerAddress,
          (own.address, vpc.network.subnets[Int(own.subnet.rawValue)].cidr.length))
      }
      for (_, gateway) in vpc.edges.regionalNATGateways {
        addNATGateway(gateway.name, of: vpc, nil, nil)
      }
      for (_, gateway) in vpc.edges.gateways {
        let name = gateway.tapName
        gateways.append(
          Tap(name: name, file: name, description: "\(gateway.name), \(vpc.network.name)"))
      }
    }
    for peering in plan.peerings {
      let connection = peering.connection
      gateways.append(
        Tap(
          name: "peer", file: "peer",
          description:
            "\(connection.name): from \(connection.requester.vpc) to \(connection.accepter.vpc)"))
    }
    for transit in plan.transitGateways {
      gateways.append(
        Tap(
          name: "transit-gateway", file: "transit-gateway", description: transit.gateway.name))
    }
    for place in plan.outsidePlaces {
      for host in place.hosts {
        outsideHosts.append(
          Tap(
            name: "destination", file: "destination", description: "\(host.name), \(place.name)",
            address: (host.address, 32)))
      }
    }
  }

  private mutating func addNATGateway(
    _ name: String, of vpc: WorldPlan.VPC, _ linkLayerAddress: MACAddress?,
    _ address: (IPv4Address, length: Int)?
  ) {
    natGateways.append(
      Tap(
        name: "nat-gateway-in", file: "nat-gateway-in",
        description: "\(name), \(vpc.network.name): not translated",
        linkLayerAddress: linkLayerAddress, address: address))
    natGateways.append(
      Tap(
        name: "nat-gateway-out", file: "nat-gateway-out",
        description: "\(name), \(vpc.network.name): translated",
        linkLayerAddress: linkLayerAddress, address: address))
  }
}

extension EdgeGateway {
  /// What captures call the place.
  var tapName: String {
    switch self {
    case .internet: "internet-gateway"
    case .egressOnlyInternet: "egress-only-internet-gateway"
    case .peering: "peer"
    case .gatewayEndpoint: "endpoint"
    case .virtualPrivate: "virtual-private-gateway"
    }
  }
}
