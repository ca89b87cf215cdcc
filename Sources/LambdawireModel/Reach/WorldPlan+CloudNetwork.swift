import PacketFormats
import VirtualNetwork

extension CloudNetwork {
  /// All VPCs of a scenario with what joins them, as planned.
  ///
  /// Interfaces that a control plane makes during a run are there, with the next free address of their
  /// subnet: a path is asked for as it is when the function is connected.
  init(_ plans: [WorldPlan], _ scenario: Scenario) throws(ModelError) {
    self.init()
    for host in scenario.internetHosts {
      let addresses =
        [IPAddress.v4(host.address)] + (host.ipv6Address.map { [.v6($0)] } ?? [])
      do throws(GatewayError) {
        try internet.add(Internet.Host(name: host.name, addresses: addresses))
      } catch { throw .gateway(error) }
    }
    for plan in plans {
      let first = vpcs.count
      for vpc in plan.vpcs { addPlanned(vpc) }
      func index(_ number: Int) -> VPCIndex { VPCIndex(rawValue: UInt32(first + number)) }
      for peering in plan.peerings {
        connect(
          peering.connection,
          requester: (index(peering.requester.vpc), peering.requester.index),
          accepter: (index(peering.accepter.vpc), peering.accepter.index))
      }
      for transit in plan.transitGateways {
        let number = add(transit.gateway)
        for (place, attachment) in transit.attachments.enumerated() {
          connect(
            attachment.index, of: index(attachment.vpc),
            to: TransitAttachmentIndex(rawValue: UInt32(place)), of: number)
        }
      }
    }
  }

  private mutating func addPlanned(_ vpc: WorldPlan.VPC) {
    var network = vpc.network
    for (place, interface) in network.interfaces.enumerated() where !interface.exists {
      var addresses = network.subnets[Int(interface.subnet.rawValue)].addresses
      guard let address = addresses.take() else { continue }
      // A subnet that is full has none; such a path cannot be asked for.
      try? network.bringUp(InterfaceIndex(rawValue: UInt32(place)), at: address)
    }
    let edges = vpc.edges
    let index = add(network)
    for (gateway, regional) in edges.regionalNATGateways { set(regional, at: gateway, of: index) }
    for (gateway, kind) in edges.gateways {
      if case .virtualPrivate(let vpn) = kind {
        setOnPremises(vpn.onPremises, behind: gateway, of: index)
      }
    }
    for (ordinal, host) in vpc.scenario.hosts.enumerated() where host.forwarding != .none {
      set(
        host.forwarding == .masquerade ? .masquerades : .forwards, at: vpc.hostInterfaces[ordinal],
        of: index)
    }
  }
}
