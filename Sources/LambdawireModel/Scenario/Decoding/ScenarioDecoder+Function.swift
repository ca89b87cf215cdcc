extension ScenarioDecoder {
  /// More environments than a scenario can ask for in all, so that no product of its numbers
  /// leaves the range of an integer.
  private static let environmentLimit = 1_000_000

  mutating func decodeFunction(
    _ entry: SourceEntry, in vpcs: [VPCOutline]
  ) -> Scenario.Function? {
    guard let fields = Fields(entry.value, as: Grammar.Function.section, log: &log) else {
      return nil
    }
    let memory = fields.read(Grammar.Function.memory, log: &log)
    let vpcName = fields.read(Grammar.Function.vpc, log: &log)
    let subnetNames = fields.read(Grammar.Function.subnets, log: &log)
    let groupNames = fields.read(Grammar.Function.securityGroups, log: &log)
    let networking = fields.read(Grammar.Function.networking, log: &log)
    let environments = fields.read(Grammar.Function.environments, log: &log)
    let copies = fields.read(Grammar.Function.copies, log: &log)
    let sourcePort = fields.read(Grammar.Function.sourcePort, log: &log)
    let created = fields.read(Grammar.Function.created, log: &log)
    let idle = fields.read(Grammar.Function.idle, log: &log)

    guard let vpcName, check(vpcName, isOneOf: vpcs.map(\.name), called: "a VPC"),
      let outline = vpcs.first(where: { $0.name == vpcName.value })
    else { return nil }
    let subnets = subnetNames.flatMap {
      check(
        $0.value, areOneOf: outline.subnets, called: "a subnet of `\(outline.name)`", atMost: 16)
    }
    let groups = groupNames.flatMap {
      check(
        $0.value, areOneOf: outline.securityGroups,
        called: "a security group of `\(outline.name)`", atMost: 5)
    }
    let vpcCopies = outline.copies
    if let environments, let copies,
      environments.value * copies.value * vpcCopies > Self.environmentLimit
    {
      log.report(
        at: environments.node.location,
        found: "\(environments.value) environments of each of \(copies.value * vpcCopies) copies",
        expected: "at most \(Self.environmentLimit) in all")
    }
    guard let memory, let subnets, let groups, let networking, let environments, let copies,
      let idle
    else { return nil }
    return Scenario.Function(
      name: entry.key, memory: memory.value, vpc: vpcName.value, subnets: subnets,
      securityGroups: groups, networking: networking.value, environments: environments.value,
      copies: copies.value, sourcePort: sourcePort?.value, created: created?.value,
      idling: idle.value)
  }

  /// Reports functions whose numbered copies would have the name of another function.
  mutating func checkCopies(_ functions: [(entry: SourceEntry, function: Scenario.Function?)]) {
    for (entry, function) in functions {
      guard let function, function.copies > 1 else { continue }
      let prefix = "\(function.name)-"
      for (other, otherFunction) in functions where other.key.hasPrefix(prefix) {
        guard let number = Int(other.key.dropFirst(prefix.count)),
          (1...function.copies).contains(number), otherFunction?.copies ?? 1 == 1
        else { continue }
        log.report(
          at: other.location,
          found: "\(quoted(other.key)), which is also a copy of `\(entry.key)`",
          expected: "a name of its own for each function")
      }
    }
  }
}
