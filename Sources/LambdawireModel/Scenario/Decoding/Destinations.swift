import PacketFormats

extension ScenarioDecoder {
  /// What the steps of a traffic entry may be about.
  struct Destinations {
    private let book: DestinationBook
    private let outline: FileOutline
    /// Where the steps are taken.
    enum Standpoint {
      case vpc(VPCOutline)
      case internet
      /// Something about it was reported.
      case unknown
    }

    var standpoint = Standpoint.unknown
    /// Whether there is a resolver that knows names.
    var hasResolver = true
    /// The domain names that steps before have resolved.
    var resolved: [String] = []

    init(
      _ outlines: [VPCOutline], _ internetHosts: [Scenario.OutsideHost], _ outline: FileOutline
    ) {
      self.outline = outline
      book = DestinationBook(vpcs: outlines.compactMap(\.vpc), internetHosts: internetHosts)
    }

    private var home: VPCOutline? {
      if case .vpc(let home) = standpoint { home } else { nil }
    }

    /// Whether all of the VPC where the steps are taken could be read.
    var isHomeKnown: Bool { home?.vpc != nil }

    func destination(named name: String) -> Scenario.Destination? {
      if case .internet = standpoint {
        return isDomainName(name) ? nil : book.destination(named: name, from: nil)
      }
      guard let home else { return nil }
      // Outside VPCs, nobody tells addresses.
      if !hasResolver, isDomainName(name) { return nil }
      if let found = book.destination(named: name, from: home.name) { return found }
      // Of a VPC that could not be read, at least the names of hosts are known.
      let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      let vpc = outline.vpc(parts.count == 2 ? parts[0] : home.name)
      guard book.vpcs.allSatisfy({ $0.name != vpc?.name }), let last = parts.last, let vpc,
        (vpc.hosts + vpc.gateways).contains(last)
      else { return nil }
      return Scenario.Destination(
        name: name, address: nil, ipv6Address: nil, domainName: name, services: [])
    }

    /// Whether only a resolver knows what it stands for.
    func isDomainName(_ name: String) -> Bool {
      name.contains(".") && !name.contains("/") && parseAddress(name) == nil
    }

    /// What may be named.
    var names: [String] {
      if case .internet = standpoint {
        return book.internetHosts.map(\.name)
          + book.vpcs.flatMap { vpc in
            vpc.hosts.filter { $0.elasticAddress != nil }.map { "\(vpc.name)/\($0.name)" }
          }
      }
      let endpoints = (home?.vpc?.gateways ?? []).filter {
        if case .interfaceEndpoint = $0.kind { true } else { false }
      }
      let others = book.vpcs.filter { $0.name != home?.name }
      return (home?.hosts ?? []) + endpoints.map(\.name)
        + book.outsideHosts.map(\.name)
        + others.flatMap { vpc in vpc.hosts.map { "\(vpc.name)/\($0.name)" } }
    }
  }
}
