import EndpointStack
import PacketFormats
import VirtualNetwork

/// Which name means which addresses, and to whom.
struct NameBook {
  /// What the resolver of each VPC knows, by the VPC's name.
  private var resolvers: [(vpc: String, resolver: PrivateResolver)] = []
  /// What public DNS knows, which no VPC's resolver keeps to itself.
  private var publicNames = PrivateResolver()

  /// What name servers on premises know besides; a VPC's resolver has to ask them.
  private var onPremisesNames = PrivateResolver()

  /// - Parameters:
  ///   - plan: The VPCs.
  ///   - book: Who is on the internet.
  ///   - timeToLive: How long answers may be kept, in seconds.
  init(_ plan: WorldPlan, _ book: DestinationBook, timeToLive: UInt32) {
    for host in book.internetHosts {
      publicNames.add(
        host.domainName, Self.addresses(host.address, host.ipv6Address), timeToLive)
    }
    for vpc in plan.vpcs {
      resolvers.append((vpc.scenario.name, Self.resolver(of: vpc, timeToLive)))
      for gateway in vpc.scenario.gateways {
        guard case .virtualPrivateGateway(let vpn) = gateway.kind else { continue }
        for host in vpn.hosts {
          onPremisesNames.add(
            host.domainName, Self.addresses(host.address, host.ipv6Address), timeToLive)
        }
      }
    }
  }

  private static func resolver(of vpc: WorldPlan.VPC, _ timeToLive: UInt32) -> PrivateResolver {
    var resolver = PrivateResolver()
    for zone in vpc.scenario.privateZones { resolver.add(zone, timeToLive) }
    // Each of these names is a zone of its own, so that nothing else is claimed with it.
    for host in vpc.scenario.hosts {
      resolver.add(host.domainName, addresses(host.address, host.ipv6Address), timeToLive)
    }
    for endpoint in vpc.edges.endpoints {
      let addresses = endpoint.interfaces.map {
        IPAddress.v4(vpc.network.interfaces[Int($0.rawValue)].address)
      }
      if let own = vpc.scenario.gateway(named: endpoint.name)?.endpointName(
        in: vpc.scenario.name)
      {
        resolver.add(own, addresses, timeToLive)
      }
      if endpoint.endpoint.hasPrivateDNS {
        resolver.add(endpoint.endpoint.domainName, addresses, timeToLive)
      }
    }
    for rule in vpc.scenario.resolverRules {
      guard let domain = try? ZoneName(rule.domainName),
        let rule = try? ResolverRule(domain: domain, targets: rule.targets.map { .v4($0) })
      else { continue }
      resolver.add(rule)
    }
    return resolver
  }

  private static func addresses(_ ipv4: IPv4Address, _ ipv6: IPv6Address?) -> [IPAddress] {
    [.v4(ipv4)] + (ipv6.map { [.v6($0)] } ?? [])
  }

  /// The first address of a name, as the resolver of `vpc` would tell it.
  func address(of name: String?, in vpc: String) -> IPAddress? {
    guard let name = name.flatMap({ try? ZoneName($0) }) else { return nil }
    let known = resolvers.filter { $0.vpc == vpc }.map(\.resolver) + [publicNames]
    for resolver in known {
      for family in [IPFamily.v4, .v6] {
        switch resolver.addresses(of: name, family: family) {
        case .addresses(let found, _), .alias(_, let found, _):
          if let first = found.first { return first }
        default: continue
        }
      }
    }
    return nil
  }

  /// How the resolver of a VPC answers.
  ///
  /// - Parameter vpc: The VPC; `nil` for a name server that knows what all resolvers know, and asks
  ///   nobody.
  /// - Returns: The answer to each question.
  func answering(for vpc: String?) -> @Sendable (DNSQuestion) -> DomainNameServer.Answer {
    let own = resolvers.filter { vpc == nil || $0.vpc == vpc }.map(\.resolver)
    let known = own + (vpc == nil ? [onPremisesNames] : []) + [publicNames]
    let forwards = vpc != nil
    return { question in
      guard let name = try? ZoneName("\(question.name)") else { return .nameNotFound }
      for resolver in known {
        if let answer = Self.answer(question, name, resolver, forwards: forwards) { return answer }
      }
      return .nameNotFound
    }
  }

  /// What a resolver says, or `nil` if it has nothing to say.
  private static func answer(
    _ question: DNSQuestion, _ name: ZoneName, _ resolver: PrivateResolver, forwards: Bool
  ) -> DomainNameServer.Answer? {
    let answer: ResolverAnswer
    switch question.type {
    case .a: answer = resolver.addresses(of: name, family: .v4)
    case .aaaa: answer = resolver.addresses(of: name, family: .v6)
    default: answer = resolver.other(name)
    }
    switch answer {
    case .addresses(let found, let timeToLive):
      return .addresses(found, timeToLive: timeToLive)
    case .alias(let chain, let found, let timeToLive):
      return .alias(
        chain.compactMap { try? DNSName($0.text) }, found, timeToLive: timeToLive)
    case .noData, .pointer: return .addresses([], timeToLive: 0)
    case .noSuchName: return .nameNotFound
    case .forward(let targets):
      return forwards ? targets.first.map { .forward(to: $0) } : nil
    case .notPrivate: return nil
    }
  }
}

extension PrivateResolver {
  /// Adds a zone that holds one name.
  fileprivate mutating func add(_ name: String, _ addresses: [IPAddress], _ timeToLive: UInt32) {
    guard let name = try? ZoneName(name) else { return }
    var zone = PrivateZone(name: name, timeToLive: timeToLive)
    for address in addresses { try? zone.add(name, address: address) }
    add(zone)
  }

  /// Adds a private hosted zone of a scenario.
  fileprivate mutating func add(_ zone: Scenario.PrivateZone, _ timeToLive: UInt32) {
    guard let name = try? ZoneName(zone.name) else { return }
    var made = PrivateZone(name: name, timeToLive: timeToLive)
    for record in zone.records {
      let full = record.name.isEmpty ? zone.name : "\(record.name).\(zone.name)"
      guard let host = try? ZoneName(full) else { continue }
      for address in record.addresses { try? made.add(host, address: address) }
    }
    add(made)
  }
}
