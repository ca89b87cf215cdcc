import PacketFormats
import VirtualNetwork

extension ScenarioDecoder {
  mutating func decodeDHCPOptions(_ node: SourceNode?) -> Scenario.DHCPOptions {
    var options = Scenario.DHCPOptions(domainName: nil, domainNameServers: [])
    guard let node, let fields = Fields(node, as: Grammar.DHCPOptions.section, log: &log) else {
      return options
    }
    options.domainName = fields.read(Grammar.DHCPOptions.domainName, log: &log)?.value
    let servers = fields.read(Grammar.DHCPOptions.domainNameServers, log: &log)?.value ?? []
    // VPC guide, "DHCP option sets": up to four.
    if let surplus = servers.dropFirst(4).first {
      log.report(
        at: surplus.node.location, found: "\(servers.count) name servers", expected: "at most 4")
    }
    options.domainNameServers = servers.map(\.value)
    return options
  }

  mutating func decodePrivateZones(_ entries: [SourceEntry]) -> [Scenario.PrivateZone] {
    entries.compactMap { entry in
      guard let records = entry.value.entries else {
        if entry.value.content != .reported {
          log.report(
            at: entry.value.location, found: entry.value.summary,
            expected: Grammar.PrivateZone.type.expected)
        }
        return nil
      }
      return Scenario.PrivateZone(
        name: entry.key,
        records: records.compactMap { record in
          checkRecord(record, of: entry.key)
          return Grammar.PrivateZone.addresses.read(record.value, &log).map {
            // `@` stands for the zone itself, as in zone files (RFC 1035, section 5.1).
            Scenario.PrivateZone.Record(
              name: record.key == "@" ? "" : record.key, addresses: $0.map(\.value))
          }
        })
    }
  }

  /// Reports a record whose name no resolver could hold.
  private mutating func checkRecord(_ record: SourceEntry, of zone: String) {
    // What is wrong with the zone's own name was reported.
    guard record.key != "@", (try? ZoneName(zone)) != nil else { return }
    do throws(VirtualNetworkError) {
      _ = try ZoneName(record.key)
      _ = try ZoneName("\(record.key).\(zone)")
    } catch {
      log.report(
        at: record.location, found: quoted(record.key),
        expected: "`@` for the zone itself, or a name of at most 63 characters between dots that "
          + "makes at most 253 with `.\(zone)`")
    }
  }

  mutating func decodeResolverRules(_ entries: [SourceEntry]) -> [Scenario.ResolverRule] {
    entries.compactMap { entry in
      guard let targets = Grammar.ResolverRule.targets.read(entry.value, &log) else { return nil }
      // Route 53 guide, "Quotas on Route 53 Resolver": up to six.
      if let surplus = targets.dropFirst(6).first {
        log.report(
          at: surplus.node.location, found: "\(targets.count) servers", expected: "at most 6")
      }
      return Scenario.ResolverRule(domainName: entry.key, targets: targets.map(\.value))
    }
  }

  /// Decodes mirror sessions; a host is the source of three at most (VPC guide, "Traffic mirroring
  /// quotas").
  mutating func decodeMirrorSessions(
    _ entries: [SourceEntry], hosts: [String]
  ) -> [Scenario.MirrorSession] {
    var sessions: [Scenario.MirrorSession] = []
    for entry in entries {
      guard let fields = Fields(entry.value, as: Grammar.MirrorSession.section, log: &log) else {
        continue
      }
      let source = fields.read(Grammar.MirrorSession.source, log: &log)
      let target = fields.read(Grammar.MirrorSession.target, log: &log)
      let number = fields.read(Grammar.MirrorSession.number, log: &log)
      let vni = fields.read(Grammar.MirrorSession.networkIdentifier, log: &log)
      let length = fields.read(Grammar.MirrorSession.packetLength, log: &log)
      let filter = fields.read(Grammar.MirrorSession.filter, log: &log)?.value ?? []
      guard let source, let target, let number,
        check(source, isOneOf: hosts, called: "a host of this VPC"),
        check(target, isOneOf: hosts, called: "a host of this VPC")
      else { continue }
      if source.value == target.value {
        log.report(
          at: target.node.location, found: "\(target.node.summary), the source itself",
          expected: "another host")
      }
      let others = sessions.filter { $0.source == source.value }
      if others.contains(where: { $0.number == number.value }) {
        log.report(
          at: number.node.location, found: "session \(number.value) of `\(source.value)` again",
          expected: "each number once for a source")
      } else if others.count == 3 {
        log.report(
          at: entry.location, found: "a fourth session of `\(source.value)`",
          expected: "three at most")
      }
      sessions.append(
        Scenario.MirrorSession(
          name: entry.key, source: source.value, target: target.value, number: number.value,
          networkIdentifier: UInt32(vni?.value ?? number.value),
          packetLength: length?.value, rules: decodeMirrorRules(filter)))
    }
    return sessions
  }

  private mutating func decodeMirrorRules(_ nodes: [SourceNode]) -> [Scenario.MirrorSession.Rule] {
    var rules: [Scenario.MirrorSession.Rule] = []
    for node in nodes {
      guard let fields = Fields(node, as: Grammar.MirrorRule.section, log: &log) else { continue }
      let number = fields.read(Grammar.MirrorRule.number, log: &log)
      let direction = fields.read(Grammar.MirrorRule.direction, log: &log)
      let action = fields.read(Grammar.MirrorRule.action, log: &log)
      let proto = fields.read(Grammar.MirrorRule.protocol, log: &log)
      let from = fields.read(Grammar.MirrorRule.from, log: &log)
      let to = fields.read(Grammar.MirrorRule.to, log: &log)
      let sourcePorts = fields.read(Grammar.MirrorRule.sourcePorts, log: &log)
      let ports = fields.read(Grammar.MirrorRule.ports, log: &log)
      guard let number, let direction, let action, let proto, let from, let to, let sourcePorts,
        let ports
      else { continue }
      check(sourcePorts, with: proto.value)
      check(ports, with: proto.value)
      if rules.contains(where: { $0.number == number.value && $0.direction == direction.value }) {
        log.report(
          at: number.node.location, found: "rule \(number.value) again",
          expected: "each number once in a direction")
      }
      rules.append(
        Scenario.MirrorSession.Rule(
          number: number.value, direction: direction.value, action: action.value,
          protocol: proto.value, source: from.value, destination: to.value,
          sourcePorts: sourcePorts.value, destinationPorts: ports.value))
    }
    return rules.sorted { $0.number < $1.number }
  }
}
