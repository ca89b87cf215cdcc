import TestSupport

/// A scenario drawn at random: one or two VPCs with routes, groups, network ACLs and gateways, functions in
/// them, and a question from every function and host to every place, one after the other.
struct RandomCloud {
  /// A question of a host: who asks whom, as `reach` has it.
  struct HostQuestion {
    var from: String
    /// `VPC/HOST` from the internet, which means the public address.
    var to: String
  }

  private var random: SplitMix64
  /// Who is asked, as steps and queries name them.
  let targets: [String]
  let functions: [String]
  /// What hosts ask, in order of time.
  private(set) var hostQuestions: [HostQuestion] = []
  private(set) var yaml = ""
  /// Hosts with a public address, as `VPC/HOST`.
  private var publicHosts: [String] = []

  init(seed: UInt64) {
    var draws = SplitMix64(seed: seed)
    let hasPeer = draws.below(3) > 0
    let isAttached = draws.below(2) == 0
    let hasTransit = hasPeer && isAttached
    random = draws
    functions = ["f0", "f1", "f2"]
    targets =
      ["near", "close", "10.1.2.77", "out"] + (hasPeer ? ["b/far", "b/deep"] : [])
    var lines = ["lambdawire: 1", "seed: \(seed % 1000)", "duration: 1 h"]
    lines += ["internet: { hosts: { out: { address: 203.0.113.9, serves: echo } } }"]
    if hasPeer { lines += ["peering-connections: { ab: { requester: a, accepter: b } }"] }
    if hasTransit {
      lines += [
        "transit-gateways: { hub: { attachments: { a: { subnets: s0 }, b: { subnets: s0 } } } }"
      ]
    }
    lines += ["vpcs:"]
    let joins = (hasPeer ? ["ab"] : []) + (hasTransit ? ["hub"] : [])
    lines += vpc("a", network: 1, other: 2, joins: joins, hosts: ["near", "close"])
    if hasPeer {
      lines += vpc("b", network: 2, other: 1, joins: joins, hosts: ["far", "deep"])
    }
    lines += ["functions:"]
    for function in functions {
      lines += [
        "  \(function): { vpc: a, subnets: s\(random.below(3)), security-groups: \(groups()), "
          + "networking: hyperplane-ebpf, environments: 1 }"
      ]
    }
    lines += ["traffic:"]
    var time = 1
    for function in functions {
      for target in targets {
        lines += [
          "  - { invoke: \(function), arrivals: once, from: \(time) s, do: [{ exchange: \(target), "
            + "port: 7, attempts: 1, timeout: 500 ms }] }"
        ]
        time += 2
      }
    }
    for source in ["a/near", "a/close"] + (hasPeer ? ["b/far", "b/deep"] : []) {
      let others = targets.filter { !source.hasSuffix("/\($0)") && $0 != source }
      for target in others {
        // What is near in one VPC is far in the other.
        let isNear = target == "near" || target == "close"
        hostQuestions.append(
          HostQuestion(from: source, to: source.hasPrefix("b") && isNear ? "a/\(target)" : target))
      }
    }
    hostQuestions += publicHosts.map { HostQuestion(from: "out", to: $0) }
    for question in hostQuestions {
      lines += [
        "  - { run-on: \(question.from), from: \(time) s, do: [{ exchange: \(question.to), port: 7, "
          + "attempts: 1, timeout: 500 ms }] }"
      ]
      time += 2
    }
    yaml = lines.joined(separator: "\n") + "\n"
  }

  private mutating func groups() -> String {
    let first = random.below(3)
    let second = random.below(3)
    return first == second ? "g\(first)" : "[g\(first), g\(second)]"
  }

  private mutating func pick(_ choices: [String]) -> String {
    choices[random.below(choices.count)]
  }

  private mutating func vpc(
    _ name: String, network: Int, other: Int, joins: [String], hosts: [String]
  ) -> [String] {
    let hasInternet = random.below(3) > 0
    var gateways: [String] = []
    if hasInternet { gateways += ["igw: { type: internet-gateway }"] }
    if random.below(2) == 0 {
      gateways += [
        "nat: { type: nat-gateway, subnet: s\(random.below(3)), connectivity: "
          + pick(["public", "public", "private"]) + " }"
      ]
    }
    let edges = gateways.map { String($0.prefix { $0 != ":" }) }
    var lines = [
      "  \(name):", "    cidr: 10.\(network).0.0/16", "    account: \"\(network)00000000000\"",
    ]
    if !gateways.isEmpty { lines += ["    gateways: { \(gateways.joined(separator: ", ")) }"] }
    lines += ["    subnets:"]
    for number in 0..<3 {
      lines += [
        "      s\(number): { cidr: 10.\(network).\(number).0/24, zone: use1-az\(number % 2 + 1)"
          + (random.below(4) > 0 ? ", route-table: r\(random.below(2))" : "")
          + (random.below(3) == 0 ? ", network-acl: n\(random.below(2))" : "") + " }"
      ]
    }
    lines += ["    route-tables:"]
    for number in 0..<2 { lines += ["      r\(number): [\(routes(edges + joins, other))]"] }
    lines += ["    network-acls:"]
    for number in 0..<2 {
      lines += [
        "      n\(number): { ingress: [\(entries("from", other))], egress: [\(entries("to", other))] }"
      ]
    }
    lines += ["    security-groups:"]
    for number in 0..<3 {
      lines += [
        "      g\(number): { ingress: [\(rules("from", other))]"
          + (random.below(2) == 0 ? ", egress: [\(rules("to", other))]" : "") + " }"
      ]
    }
    lines += ["    hosts:"]
    for host in hosts {
      let isPublic = hasInternet && random.below(3) == 0
      if isPublic { publicHosts.append("\(name)/\(host)") }
      lines += [
        "      \(host): { subnet: s\(random.below(3)), security-groups: \(groups()), serves: echo"
          + (isPublic ? ", public-address: yes" : "") + " }"
      ]
    }
    return lines
  }

  private mutating func routes(_ targets: [String], _ other: Int) -> String {
    var routes: [String] = []
    for destination in ["0.0.0.0/0", "10.\(other).0.0/16", "10.\(other).1.0/24", "203.0.113.0/24"]
    where random.below(4) > 0 {
      routes.append("{ to: \(destination), via: \(pick(targets + targets + ["blackhole"])) }")
    }
    return routes.joined(separator: ", ")
  }

  private mutating func entries(_ peer: String, _ other: Int) -> String {
    var entries: [String] = []
    for number in 1...(1 + random.below(3)) {
      entries.append(
        "{ rule: \(number), action: \(pick(["allow", "allow", "deny"])), protocol: "
          + pick(["all", "udp", "udp, ports: 7", "udp, ports: 1024-65535", "tcp", "17"])
          + ", \(peer): \(block(other)) }")
    }
    return entries.joined(separator: ", ")
  }

  private mutating func rules(_ peer: String, _ other: Int) -> String {
    var rules: [String] = []
    for _ in 0..<(1 + random.below(3)) {
      let rule =
        "{ protocol: " + pick(["all", "udp", "udp, ports: 7", "udp, ports: 1024-65535", "tcp"])
        + ", \(peer): " + pick(["any", "any", block(other), "g0", "g1", "g2"]) + " }"
      if !rules.contains(rule) { rules.append(rule) }
    }
    return rules.joined(separator: ", ")
  }

  private mutating func block(_ other: Int) -> String {
    pick([
      "any", "10.0.0.0/8", "10.\(other).0.0/16", "10.\(3 - other).0.0/16", "10.1.1.0/24",
      "203.0.113.0/24", "198.51.100.0/24",
    ])
  }
}
