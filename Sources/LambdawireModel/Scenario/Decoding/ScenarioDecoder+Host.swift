import PacketFormats

extension ScenarioDecoder {
  /// Decodes the hosts of a VPC, those with an address of their own first.
  mutating func decodeHosts(
    _ entries: [SourceEntry], subnets: [Scenario.Subnet], outline: VPCOutline
  ) -> [Scenario.Host] {
    var owners: [IPv4Address: String] = [:]
    var drafts: [(host: Scenario.Host, subnet: Scenario.Subnet?, node: SourceNode?)] = []
    for entry in entries {
      guard let fields = Fields(entry.value, as: Grammar.Host.section, log: &log) else { continue }
      let subnetName = fields.read(Grammar.Host.subnet, log: &log)
      let address = fields.read(Grammar.Host.address, log: &log)
      let groups = fields.read(Grammar.Host.securityGroups, log: &log)
      let domainName = fields.read(Grammar.Host.domainName, log: &log)
      let ipv6Address = fields.read(Grammar.Host.ipv6Address, log: &log)
      let secondary = fields.read(Grammar.Host.secondaryAddresses, log: &log)?.value ?? []
      let ipv4Prefixes = fields.read(Grammar.Host.ipv4Prefixes, log: &log)?.value ?? []
      let ipv6Prefixes = fields.read(Grammar.Host.ipv6Prefixes, log: &log)?.value ?? []
      let publicAddress = fields.read(Grammar.Host.publicAddress, log: &log)
      let checks = fields.read(Grammar.Host.sourceDestinationCheck, log: &log)
      let forwards = fields.read(Grammar.Host.forwards, log: &log)
      let mtu = fields.read(Grammar.Host.maximumTransmissionUnit, log: &log)
      let services = decodeServices(fields.read(Grammar.Host.serves, log: &log)?.value ?? [])
      guard let subnetName,
        check(subnetName, isOneOf: outline.subnets, called: "a subnet of this VPC")
      else { continue }
      let subnet = subnets.first { $0.name == subnetName.value }
      let fullName = domainName?.value ?? "\(entry.key).\(outline.name).internal"
      if let other = drafts.first(where: { $0.host.answers(to: fullName) }) {
        log.report(
          at: domainName?.node.location ?? entry.location,
          found: "the domain name \(quoted(fullName)), which `\(other.host.name)` has already",
          expected: "a domain name that no other host has")
      }
      let groupNames = groups.flatMap {
        check(
          $0.value, areOneOf: outline.securityGroups, called: "a security group of this VPC",
          atMost: 5)
      }
      if let address, let subnet {
        checkAddress(address, in: subnet, owner: entry.key, owners: &owners)
      }
      for address in secondary {
        if let subnet { checkAddress(address, in: subnet, owner: entry.key, owners: &owners) }
      }
      if let subnet {
        for prefix in ipv4Prefixes {
          checkPrefix(prefix, in: subnet, owner: entry.key, owners: &owners)
        }
        checkPrefixes(ipv6Prefixes, in: subnet, drafts.map(\.host))
      }
      if let forwards, forwards.value != .none, checks?.value == .yes {
        log.report(
          at: forwards.node.location,
          found: "`forwards: \(forwards.value.rawValue)` with the source/destination check",
          expected: "`source-destination-check: no` beside it: EC2 drops what is not the "
            + "interface's own")
      }
      let host = Scenario.Host(
        name: entry.key, subnet: subnetName.value, address: address?.value ?? unset,
        ipv6Address: subnet.flatMap {
          self.ipv6Address(ipv6Address, of: drafts.count, in: $0, drafts.map(\.host))
        }, secondaryAddresses: secondary.map(\.value),
        ipv4Prefixes: ipv4Prefixes.map(\.value), ipv6Prefixes: ipv6Prefixes.map(\.value),
        elasticAddress: publicAddress.flatMap { elasticAddress($0, of: entry.key, outline) },
        checksSourceAndDestination: checks?.value != .no, forwarding: forwards?.value ?? .none,
        maximumTransmissionUnit: mtu?.value, securityGroups: groupNames ?? [],
        domainName: fullName, services: services)
      drafts.append((host, subnet, address == nil ? entry.value : nil))
    }
    return drafts.map { draft in
      var host = draft.host
      guard let node = draft.node, let subnet = draft.subnet else { return host }
      // Four at the front and one at the end are reserved; a /28 still has eleven left.
      let free = (4..<max(4, subnet.prefix.count - 1)).lazy.map { subnet.prefix[$0] }
        .first { owners[$0] == nil }
      if let free {
        owners[free] = host.name
        host.address = free
      } else {
        log.report(
          at: node.reportLocation, found: "no free address in `\(subnet.name)`",
          expected: "a larger subnet than \(subnet.prefix)")
      }
      return host
    }
  }

  /// The Elastic IP address of a host: the one that it names, or the unspecified one, in whose place
  /// another comes when it is known who else has which.
  private mutating func elasticAddress(
    _ wanted: Located<Scenario.PublicAddress>, of host: String, _ vpc: VPCOutline
  ) -> IPv4Address? {
    switch wanted.value {
    case .none: return nil
    case .any: return .unspecified
    case .address(let address):
      claim(
        Located(value: address, node: wanted.node), for: host, in: vpc.name,
        called: "`yes`, or a public address")
      return address
    }
  }

  /// The IPv6 address of a host: the one that it names, or the next of its subnet.
  private mutating func ipv6Address(
    _ wanted: Located<IPv6Address>?, of place: Int, in subnet: Scenario.Subnet,
    _ others: [Scenario.Host]
  ) -> IPv6Address? {
    guard let block = subnet.ipv6Prefix else {
      if let wanted, subnet.addressing == .ipv4 {
        log.report(
          at: wanted.node.location, found: "\(wanted.node.summary) in an IPv4 subnet",
          expected: "a subnet with `addressing: dual-stack`")
      }
      return nil
    }
    guard let wanted else {
      // The first four and the last are AWS's (lambda-vpc §7.1).
      return IPv6Address(high: block.address.high, low: UInt64(0x10 + place))
    }
    if !block.contains(wanted.value) {
      log.report(
        at: wanted.node.location, found: "\(wanted.node.summary), outside `\(subnet.name)`",
        expected: "an address of \(block)")
    } else if wanted.value.low < 4 || wanted.value.low == .max {
      log.report(
        at: wanted.node.location, found: "\(wanted.node.summary), which AWS reserves",
        expected: "another address of \(block)")
    } else if let other = others.first(where: {
      $0.ipv6Prefixes.contains { $0.contains(wanted.value) }
    }) {
      log.report(
        at: wanted.node.location,
        found: "\(wanted.node.summary), of a block that is delegated to `\(other.name)`",
        expected: "an address that no other host has")
    } else if let other = others.first(where: { $0.ipv6Address == wanted.value }) {
      log.report(
        at: wanted.node.location, found: "\(wanted.node.summary), which `\(other.name)` has",
        expected: "an address that no other host has")
    }
    return wanted.value
  }

  private var unset: IPv4Address { IPv4Address(rawValue: 0) }

  private mutating func checkAddress(
    _ address: Located<IPv4Address>, in subnet: Scenario.Subnet, owner: String,
    owners: inout [IPv4Address: String]
  ) {
    let place = address.node.location
    let range = "\(subnet.prefix[4]) to \(subnet.prefix[-2])"
    if !subnet.prefix.contains(address.value) {
      log.report(
        at: place, found: "\(address.node.summary), outside `\(subnet.name)` (\(subnet.prefix))",
        expected: "an address from \(range)")
    } else if subnet.reserves(address.value) {
      let uses = ["the network itself", "the VPC router", "the VPC resolver", "future use"]
      let offset = Int(address.value.rawValue - subnet.prefix.address.rawValue)
      let use = uses.indices.contains(offset) ? uses[offset] : "broadcast"
      log.report(
        at: place, found: "\(address.node.summary), which AWS reserves for \(use)",
        expected: "an address from \(range)")
    } else if let other = owners[address.value] {
      log.report(
        at: place, found: "\(address.node.summary), which `\(other)` has already",
        expected: "an address that no other host has")
    } else {
      owners[address.value] = owner
    }
  }

  mutating func decodeServices(_ nodes: [Located<SourceNode>]) -> [Scenario.Service] {
    var services: [Scenario.Service] = []
    for located in nodes {
      guard let fields = Fields(located.value, as: Grammar.Service.section, log: &log) else {
        continue
      }
      let kind = fields.read(Grammar.Service.kind, log: &log)
      let port = fields.read(Grammar.Service.port, log: &log)
      guard let kind else { continue }
      let service = Scenario.Service(
        kind: kind.value, port: port?.value ?? kind.value.standardPort)
      if let other = services.first(where: { $0.clashes(with: service) }) {
        log.report(
          at: port?.node.location ?? kind.node.location,
          found: "`\(service.kind.rawValue)` on port \(service.port), which "
            + "`\(other.kind.rawValue)` listens on",
          expected: "a port of its own for each service")
      }
      services.append(service)
    }
    return services
  }
}

extension Scenario.Service {
  /// Whether both would listen on the same port of the same transport.
  fileprivate func clashes(with other: Self) -> Bool {
    port == other.port && kind.transports.contains { other.kind.transports.contains($0) }
  }
}

extension Scenario.Host {
  /// Whether `name` is the host's domain name; case makes no difference (RFC 4343).
  fileprivate func answers(to name: String) -> Bool {
    domainName.lowercased() == name.lowercased()
  }
}
