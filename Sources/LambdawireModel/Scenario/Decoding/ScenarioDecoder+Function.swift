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
    let initialization = fields.read(Grammar.Function.initialization, log: &log)
    let initializationCPU = fields.read(Grammar.Function.initializationCPU, log: &log)
    let timeout = fields.read(Grammar.Function.timeout, log: &log)
    let reserved = fields.read(Grammar.Function.reservedConcurrency, log: &log)
    let permissions = fields.read(Grammar.Function.permissions, log: &log)
    let callerPermissions = fields.read(Grammar.Function.callerPermissions, log: &log)
    let dualStack = fields.read(Grammar.Function.dualStack, log: &log)
    let versions = fields.read(Grammar.Function.versions, log: &log)

    guard let vpcName, check(vpcName, isOneOf: vpcs.map(\.name), called: "a VPC"),
      let outline = vpcs.first(where: { $0.name == vpcName.value })
    else { return nil }
    checkTenancy(of: outline, at: vpcName)
    let subnets = subnetNames.flatMap {
      checkSubnets($0.value, of: outline, in: vpcs)
    }
    let groups = groupNames.flatMap {
      checkSecurityGroups($0.value, of: outline, in: vpcs)
    }
    if let dualStack, dualStack.value == .yes,
      let other = subnets?.first(where: outline.ipv4Subnets.contains)
    {
      log.report(
        at: dualStack.node.location, found: "`dual-stack: yes` with the IPv4 subnet `\(other)`",
        expected: "subnets with `addressing: dual-stack` only (InvalidParameterValueException: "
          + "Ipv6AllowedForDualStack takes subnets that all have an IPv6 CIDR block)")
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
      let idle, let initialization, let initializationCPU, let dualStack, let versions
    else { return nil }
    return Scenario.Function(
      name: entry.key, memory: memory.value, vpc: vpcName.value, subnets: subnets,
      securityGroups: groups, networking: networking.value, environments: environments.value,
      copies: copies.value, sourcePort: sourcePort?.value, created: created?.value,
      idling: idle.value, initialization: initialization.value,
      initializationCPU: initializationCPU.value, timeout: timeout?.value,
      reservedConcurrency: reserved?.value, permissions: permissions?.value.map(\.value),
      callerPermissions: callerPermissions?.value.map(\.value),
      allowsIPv6: dualStack.value == .yes, versions: versions.value)
  }

  /// Reports reserved concurrency that leaves too little for an account's other functions.
  ///
  /// Functions in all VPCs of an account share its concurrency.
  mutating func checkReservations(
    _ functions: [(entry: SourceEntry, function: Scenario.Function?)], in vpcs: [VPCOutline],
    _ settings: ModelSettings
  ) {
    var left: [String: Int] = [:]
    for (entry, function) in functions {
      guard let function, let reserved = function.reservedConcurrency else { continue }
      let outline = vpcs.first { $0.name == function.vpc }
      // Copies of a VPC that names its account are all in that one; others have one of their own.
      let account = outline?.vpc?.account ?? function.vpc
      let copies = outline?.hasOwnAccount == false ? outline?.copies ?? 1 : 1
      let (wanted, overflow) = reserved.multipliedReportingOverflow(by: function.copies * copies)
      let before = left[account] ?? settings.accountConcurrency
      let after = overflow ? .min : before - wanted
      guard after >= settings.unreservedMinimum else {
        let node = entry.value[Grammar.Function.reservedConcurrency.name]
        log.report(
          at: node?.location ?? entry.location,
          found: "\(overflow ? .max : wanted) reserved of \(before) that are left to the account",
          expected: "at most \(max(0, before - settings.unreservedMinimum)): Lambda keeps "
            + "\(settings.unreservedMinimum) for functions without "
            + "(InvalidParameterValueException)")
        return
      }
      left[account] = after
    }
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
