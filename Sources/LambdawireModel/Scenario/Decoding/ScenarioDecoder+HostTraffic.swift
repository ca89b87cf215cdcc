extension ScenarioDecoder {
  /// A host that a traffic entry may name, and where its steps are taken.
  private struct Origin {
    /// What names it, the shortest first.
    var names: [String]
    var host: Scenario.HostReference
    /// `nil` on the internet.
    var home: VPCOutline?
  }

  /// Decodes what a host does of its own accord.
  ///
  /// - Returns: `nil` if something about it was reported.
  mutating func decodeHostTraffic(
    _ node: SourceNode, _ vpcs: [VPCOutline], _ internetHosts: [Scenario.OutsideHost],
    _ destinations: Destinations
  ) -> Scenario.HostTraffic? {
    guard let fields = Fields(node, as: Grammar.HostTraffic.section, log: &log) else { return nil }
    let name = fields.read(Grammar.HostTraffic.runOn, log: &log)
    let origin = name.flatMap { self.origin($0, vpcs, internetHosts) }
    var places = destinations
    places.standpoint =
      origin.map { $0.home.map(Destinations.Standpoint.vpc) ?? .internet } ?? .unknown
    if case .inVPC = origin?.host { places.hasResolver = true } else { places.hasResolver = false }
    let pattern = decodeArrivals(fields)
    let steps = decodeSteps(fields, places)
    guard let origin, let pattern, let arrivals = pattern.arrivals else { return nil }
    return Scenario.HostTraffic(
      host: origin.host, arrivals: arrivals, from: pattern.from, span: pattern.span,
      count: pattern.count, steps: steps)
  }

  /// The only host that a name means.
  private mutating func origin(
    _ name: Located<String>, _ vpcs: [VPCOutline], _ internetHosts: [Scenario.OutsideHost]
  ) -> Origin? {
    var origins: [Origin] = []
    for vpc in vpcs {
      for host in vpc.hosts {
        origins.append(
          Origin(
            names: [host, "\(vpc.name)/\(host)"], host: .inVPC(vpc.name, name: host), home: vpc))
      }
      for gateway in vpc.vpc?.gateways ?? [] {
        guard case .virtualPrivateGateway(let vpn) = gateway.kind else { continue }
        for host in vpn.hosts {
          origins.append(
            Origin(
              names: [host.name, "\(vpc.name)/\(host.name)"],
              host: .onPremises(vpc.name, name: host.name), home: vpc))
        }
      }
    }
    for host in internetHosts {
      origins.append(Origin(names: [host.name], host: .internet(name: host.name), home: nil))
    }
    let meant = origins.filter { $0.names.contains(name.value) }
    if meant.count > 1 {
      log.report(
        at: name.node.location, found: "\(name.node.summary), the name of several hosts",
        expected: "the VPC's name before it: "
          + meant.prefix(8).map { "`\($0.names.last ?? "")`" }.joined(separator: ", "))
      return nil
    }
    guard let only = meant.first else {
      let known = origins.compactMap(\.names.first)
      var distinct: [String] = []
      for name in known where !distinct.contains(name) { distinct.append(name) }
      _ = check(name, isOneOf: distinct, called: "a host")
      return nil
    }
    return only
  }
}
