import PacketFormats

/// Who answers to which name, for steps and for queries about paths.
struct DestinationBook {
  var vpcs: [Scenario.VPC]
  var internetHosts: [Scenario.OutsideHost]

  /// See ``Scenario/destination(named:from:)``.
  func destination(named name: String, from vpc: String?) -> Scenario.Destination? {
    guard let vpc else { return destinationFromInternet(named: name) }
    let home = vpcs.first { $0.name == vpc }
    if let host = home?.host(named: name) { return Scenario.Destination(host, name) }
    for gateway in home?.gateways ?? [] {
      switch gateway.kind {
      case .virtualPrivateGateway(let vpn):
        if let host = vpn.hosts.first(where: { $0.name == name }) {
          return Scenario.Destination(host)
        }
      case .interfaceEndpoint(let endpoint) where gateway.name == name:
        return Scenario.Destination(
          name: name, address: nil, ipv6Address: nil,
          domainName: endpoint.hasPrivateDNS ? endpoint.domainName : gateway.endpointName(in: vpc),
          services: endpoint.services)
      default: break
      }
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2 {
      let other = vpcs.first { $0.name == parts[0] }
      return other?.host(named: parts[1]).map { Scenario.Destination($0, name) }
    }
    if let host = internetHosts.first(where: { $0.name == name }) {
      return Scenario.Destination(host)
    }
    if let address = parseAddress(name) {
      let known = services(at: .v4(address))
      return Scenario.Destination(
        name: name, address: address, ipv6Address: nil, domainName: nil, services: known)
    }
    if let address = try? IPv6Address(name) {
      let known = services(at: .v6(address))
      return Scenario.Destination(
        name: name, address: nil, ipv6Address: address, domainName: nil, services: known)
    }
    guard name.contains(".") else { return nil }
    return Scenario.Destination(
      name: name, address: nil, ipv6Address: nil, domainName: name,
      services: services(at: name))
  }

  /// What a host on the internet means by a name: those in VPCs have the addresses that they have
  /// there.
  private func destinationFromInternet(named name: String) -> Scenario.Destination? {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return destination(named: name, from: "") }
    guard let host = vpcs.first(where: { $0.name == parts[0] })?.host(named: parts[1]),
      host.elasticAddress != nil || host.ipv6Address != nil
    else { return nil }
    var found = Scenario.Destination(host, name)
    found.address = host.elasticAddress
    return found
  }

  /// What listens at an address, whoever has it.
  private func services(at address: IPAddress) -> [Scenario.Service] {
    switch address {
    case .v4(let address):
      if let host = vpcs.lazy.flatMap(\.hosts).first(where: {
        $0.address == address || $0.elasticAddress == address
      }) {
        return host.services
      }
      return outsideHosts.first { $0.address == address }?.services ?? []
    case .v6(let address):
      if let host = vpcs.lazy.flatMap(\.hosts).first(where: { $0.ipv6Address == address }) {
        return host.services
      }
      return outsideHosts.first { $0.ipv6Address == address }?.services ?? []
    }
  }

  /// What listens behind a domain name, whoever answers for it.
  private func services(at domainName: String) -> [Scenario.Service] {
    let name = domainName.lowercased()
    for gateway in vpcs.flatMap(\.gateways) {
      if case .interfaceEndpoint(let endpoint) = gateway.kind,
        endpoint.domainName.lowercased() == name
      {
        return endpoint.services
      }
    }
    if let host = vpcs.lazy.flatMap(\.hosts).first(where: { $0.domainName.lowercased() == name }) {
      return host.services
    }
    return outsideHosts.first { $0.domainName.lowercased() == name }?.services ?? []
  }

  /// Every host that is in no VPC.
  var outsideHosts: [Scenario.OutsideHost] {
    var hosts = internetHosts
    for gateway in vpcs.flatMap(\.gateways) {
      if case .virtualPrivateGateway(let vpn) = gateway.kind { hosts += vpn.hosts }
    }
    return hosts
  }
}
