public import PacketFormats

extension Scenario {
  /// What a step may talk to, by the name that it uses.
  public struct Destination: Hashable, Sendable {
    public var name: String
    /// `nil` for a domain name, whose address a resolver has to tell.
    public var address: IPv4Address?
    public var ipv6Address: IPv6Address?
    /// `nil` for a bare address.
    public var domainName: String?
    public var services: [Service]
  }

  /// What a step of a function in `vpc` means by `name`: a host of the VPC, one behind its virtual private
  /// gateway, one of its interface endpoints, a host of another VPC as `VPC/HOST`, a host on the internet,
  /// an address, or a domain name.
  ///
  /// From the internet (`nil`), hosts of VPCs are those with a public address, and that is theirs.
  ///
  /// - Returns: `nil` if it means nothing.
  public func destination(named name: String, from vpc: String?) -> Destination? {
    DestinationBook(vpcs: vpcs, internetHosts: internetHosts)
      .destination(named: name, from: vpc)
  }

  /// Every host that is in no VPC.
  public var outsideHosts: [OutsideHost] {
    DestinationBook(vpcs: vpcs, internetHosts: internetHosts).outsideHosts
  }
}

extension Scenario.Destination {
  init(_ host: Scenario.Host, _ name: String) {
    self.init(
      name: name, address: host.address, ipv6Address: host.ipv6Address,
      domainName: host.domainName, services: host.services)
  }

  init(_ host: Scenario.OutsideHost) {
    self.init(
      name: host.name, address: host.address, ipv6Address: host.ipv6Address,
      domainName: host.domainName, services: host.services)
  }
}

extension Scenario.Gateway {
  /// The name that an interface endpoint has besides that of its service.
  ///
  /// Assumed: AWS's begin with the endpoint's identifier (`vpce-…`), which a scenario does not know.
  func endpointName(in vpc: String) -> String { "\(name).\(vpc).vpce.internal" }
}
