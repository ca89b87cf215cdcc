import EndpointStack
import PacketFormats
import VirtualNetwork

/// Which name means which addresses, and to whom.
struct NameBook {
  /// What the resolver of one VPC knows besides what everybody knows.
  private struct Home {
    var zones: [(name: DNSName, isForwarded: IPAddress?)] = []
    var names: [DNSName: [IPAddress]] = [:]
  }

  private var homes: [String: Home] = [:]
  /// What is known everywhere.
  private var names: [DNSName: [IPAddress]] = [:]

  init(_ plan: WorldPlan, _ book: DestinationBook) {
    for host in book.internetHosts {
      add(host.domainName, Self.addresses(host.address, host.ipv6Address), to: nil)
    }
    for vpc in plan.vpcs {
      let name = vpc.scenario.name
      homes[name] = Home()
      for host in vpc.scenario.hosts {
        add(host.domainName, Self.addresses(host.address, host.ipv6Address), to: name)
      }
      for gateway in vpc.scenario.gateways {
        if case .virtualPrivateGateway(let vpn) = gateway.kind {
          for host in vpn.hosts {
            add(host.domainName, Self.addresses(host.address, host.ipv6Address), to: name)
          }
        }
      }
      for endpoint in vpc.edges.endpoints {
        let addresses = endpoint.interfaces.map {
          IPAddress.v4(vpc.network.interfaces[Int($0.rawValue)].address)
        }
        let gateway = vpc.scenario.gateway(named: endpoint.name)
        if let own = gateway?.endpointName(in: name) { add(own, addresses, to: name) }
        if endpoint.endpoint.hasPrivateDNS {
          add(endpoint.endpoint.domainName, addresses, to: name)
        }
      }
      for zone in vpc.scenario.privateZones {
        for record in zone.records {
          add(
            record.name.isEmpty ? zone.name : "\(record.name).\(zone.name)", record.addresses,
            to: name)
        }
        if let domain = try? DNSName(zone.name) { homes[name]?.zones.append((domain, nil)) }
      }
      for rule in vpc.scenario.resolverRules {
        guard let domain = try? DNSName(rule.domainName), let target = rule.targets.first else {
          continue
        }
        homes[name]?.zones.append((domain, .v4(target)))
      }
      // The longest domain that a name ends in decides (Route 53 guide, "Resolver rules").
      homes[name]?.zones.sort { $0.name.labelCount > $1.name.labelCount }
    }
  }

  private static func addresses(_ ipv4: IPv4Address, _ ipv6: IPv6Address?) -> [IPAddress] {
    [.v4(ipv4)] + (ipv6.map { [.v6($0)] } ?? [])
  }

  private mutating func add(_ name: String, _ addresses: [IPAddress], to home: String?) {
    guard let name = try? DNSName(name) else { return }
    if let home { homes[home]?.names[name] = addresses } else { names[name] = addresses }
  }

  /// The first address of a name, as the resolver of `vpc` would tell it.
  func address(of name: String?, in vpc: String) -> IPAddress? {
    guard let name = name.flatMap({ try? DNSName($0) }) else { return nil }
    return (homes[vpc]?.names[name] ?? names[name])?.first
  }

  /// How a name server answers.
  ///
  /// - Parameters:
  ///   - vpc: The VPC that it is the resolver of; `nil` for a server that knows what all of them know.
  ///   - settings: The time to live of answers.
  /// - Returns: The answer to each question.
  func answering(
    for vpc: String?, _ settings: ModelSettings
  ) -> @Sendable (DNSQuestion) -> DomainNameServer.Answer {
    let timeToLive = UInt32(clamping: settings.dnsTimeToLive.components.seconds)
    var known = names
    let home = vpc.flatMap { homes[$0] }
    for home in vpc == nil ? Array(homes.values) : [home].compactMap(\.self) {
      known.merge(home.names) { $1 }
    }
    let zones = home?.zones ?? []
    return { [known] question in
      // Names of hosts and endpoints come first, as the VPC's own; a rule or a zone takes all the
      // others that end in its name.
      let zone = zones.first { question.name.isInside($0.name) }
      if let target = zone?.isForwarded { return .forward(to: target) }
      guard let addresses = known[question.name] else { return .nameNotFound }
      return .addresses(addresses, timeToLive: timeToLive)
    }
  }
}

extension DNSName {
  /// Whether the name is `other` or below it.
  fileprivate func isInside(_ other: DNSName) -> Bool {
    self == other || "\(self)".lowercased().hasSuffix(".\(other)".lowercased())
  }
}
