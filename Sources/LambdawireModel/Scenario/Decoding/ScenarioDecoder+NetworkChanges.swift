extension ScenarioDecoder {
  /// An event with what a problem that shows later is reported at.
  struct DecodedEvent {
    var event: Scenario.Event
    /// The rule's peer, the route's destination or the entry's number; `nil` for what changes no VPC.
    var node: SourceNode?
  }

  /// The security group, route table or network ACL that a change is made to.
  private struct Subject {
    var name: String
    /// The VPC; one of its copies, if it has any.
    var vpc: VPCOutline
    /// The VPC's entry in the file.
    var names: FileOutline.VPC
  }

  mutating func decodeChange(
    _ action: Grammar.NetworkChanges.Action, _ fields: Fields, _ time: Located<Duration>?,
    _ context: EventContext
  ) -> DecodedEvent? {
    let changes = Grammar.NetworkChanges.self
    let word = action.subject.name
    if changes.ofGroups.contains(where: { $0.subject.name == word }) {
      return decodeRuleChange(action, fields, time, context)
    }
    return changes.ofTables.contains { $0.subject.name == word }
      ? decodeRouteChange(action, fields, time, context)
      : decodeEntryChange(action, fields, time, context)
  }

  // MARK: - Kinds

  private mutating func decodeRuleChange(
    _ action: Grammar.NetworkChanges.Action, _ fields: Fields, _ time: Located<Duration>?,
    _ context: EventContext
  ) -> DecodedEvent? {
    let changes = Grammar.NetworkChanges.self
    let word = action.subject.name
    let direction: Scenario.Direction =
      [changes.authorizeIngress, changes.revokeIngress].contains { $0.subject.name == word }
      ? .ingress : .egress
    let peer = direction == .ingress ? Grammar.IngressRule.from : Grammar.EgressRule.to
    let subject = subject(action, fields, context, called: "a security group") {
      $0.securityGroups
    }
    // Without a VPC, nobody knows which groups a rule may name.
    guard let subject, let rule = decodeRule(fields, peer, subject.names), let time else {
      return nil
    }
    let isNew = [changes.authorizeIngress, changes.authorizeEgress].contains {
      $0.subject.name == word
    }
    return event(
      isNew
        ? .authorize(rule, direction, group: subject.name)
        : .revoke(rule, direction, group: subject.name), of: subject, at: time,
      fields.node[peer.name])
  }

  private mutating func decodeRouteChange(
    _ action: Grammar.NetworkChanges.Action, _ fields: Fields, _ time: Located<Duration>?,
    _ context: EventContext
  ) -> DecodedEvent? {
    let subject = subject(action, fields, context, called: "a route table") {
      $0.routeTables.contains("main") ? $0.routeTables : $0.routeTables + ["main"]
    }
    let to = fields.read(Grammar.Route.to, log: &log)
    let via = fields.read(Grammar.Route.via, ifIn: action.section, log: &log)
    guard let subject, let to, let time else { return nil }
    if action.subject.name == Grammar.NetworkChanges.deleteRoute.subject.name {
      // A name stands for a prefix list; whether there is a route to it shows later.
      return event(
        .deleteRoute(to.value, table: subject.name), of: subject, at: time, to.node)
    }
    guard let via, let vpc = subject.vpc.vpc,
      let route = decodeRoute(to, via, in: subject.names, vpc.prefixes, vpc.subnets)
    else { return nil }
    if route.target == .blackhole {
      log.report(
        at: via.node.location, found: via.node.summary,
        expected: "a target: a route becomes a blackhole only when what it leads to is deleted")
      return nil
    }
    let isNew = action.subject.name == Grammar.NetworkChanges.createRoute.subject.name
    return event(
      isNew
        ? .createRoute(route, table: subject.name) : .replaceRoute(route, table: subject.name),
      of: subject, at: time, to.node)
  }

  private mutating func decodeEntryChange(
    _ action: Grammar.NetworkChanges.Action, _ fields: Fields, _ time: Located<Duration>?,
    _ context: EventContext
  ) -> DecodedEvent? {
    let changes = Grammar.NetworkChanges.self
    let subject = subject(action, fields, context, called: "a network ACL") {
      $0.networkACLs.contains("default") ? $0.networkACLs : $0.networkACLs + ["default"]
    }
    let direction = fields.read(changes.direction, log: &log)
    let word = action.subject.name
    if word == changes.deleteEntry.subject.name {
      let number = fields.read(Grammar.ACLEntry.number, log: &log)
      guard let subject, let direction, let number, let time else { return nil }
      return event(
        .deleteEntry(number.value, direction.value, list: subject.name), of: subject, at: time,
        number.node)
    }
    guard let direction else { return nil }
    let (peer, other) =
      direction.value == .ingress ? (changes.from, changes.to) : (changes.to, changes.from)
    if let wrong = fields.node[other.name] {
      log.report(
        at: wrong.reportLocation,
        found: "`\(other.name)` of an entry for \(direction.value.rawValue)",
        expected: "`\(peer.name)`")
      return nil
    }
    guard let entry = decodeEntry(fields, peer), let subject, let time else { return nil }
    return event(
      word == changes.createEntry.subject.name
        ? .createEntry(entry, direction.value, list: subject.name)
        : .replaceEntry(entry, direction.value, list: subject.name), of: subject, at: time,
      fields.node[Grammar.ACLEntry.number.name])
  }

  private func event(
    _ change: Scenario.NetworkChange, of subject: Subject, at time: Located<Duration>,
    _ node: SourceNode?
  ) -> DecodedEvent {
    DecodedEvent(
      event: Scenario.Event(
        time: time.value, act: .change(vpc: subject.vpc.name, change), span: nil), node: node)
  }

  // MARK: - What is changed

  /// What `NAME` or `VPC/NAME` stands for, once it is known to be a single thing.
  private mutating func subject(
    _ action: Grammar.NetworkChanges.Action, _ fields: Fields, _ context: EventContext,
    called kind: String, _ names: (FileOutline.VPC) -> [String]
  ) -> Subject? {
    guard let name = fields.read(action.subject, log: &log) else { return nil }
    let parts = name.value.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let vpcs = context.vpcs.compactMap { outline in
      self.outline.vpc(outline.entry ?? outline.name).map { (outline: outline, names: $0) }
    }
    if parts.count == 2 {
      let home = Located(value: parts[0], node: name.node)
      guard check(home, isOneOf: vpcs.map(\.outline.name), called: "`VPC/NAME` with a VPC"),
        let found = vpcs.first(where: { $0.outline.name == parts[0] })
      else { return nil }
      guard names(found.names).contains(parts[1]) else {
        let known = names(found.names)
        log.report(
          at: name.node.location, found: name.node.summary,
          expected: "\(kind) of `\(parts[0])`: "
            + known.map { "`\(parts[0])/\($0)`" }.joined(separator: ", "),
          suggestion: Suggestion.nearest(to: parts[1], among: known).map { "\(parts[0])/\($0)" })
        return nil
      }
      return Subject(name: parts[1], vpc: found.outline, names: found.names)
    }
    let found = vpcs.filter { names($0.names).contains(name.value) }
    if found.count > 1 {
      log.report(
        at: name.node.location, found: "\(name.node.summary), which several VPCs have",
        expected: "the VPC's name before it: "
          + found.prefix(8).map { "`\($0.outline.name)/\(name.value)`" }.joined(separator: ", "))
      return nil
    }
    if let single = found.first {
      return Subject(name: name.value, vpc: single.outline, names: single.names)
    }
    let known = vpcs.flatMap { names($0.names) }
    var distinct: [String] = []
    for name in known where !distinct.contains(name) { distinct.append(name) }
    _ = check(name, isOneOf: distinct, called: kind)
    return nil
  }

  // MARK: - In order of time

  /// Reports changes that EC2 would refuse, as VPCs are configured by then.
  mutating func checkChanges(_ events: [DecodedEvent], _ vpcs: [Scenario.VPC]) {
    var vpcs = vpcs
    let inOrder = events.enumerated().sorted {
      ($0.element.event.time, $0.offset) < ($1.element.event.time, $1.offset)
    }
    for (_, decoded) in inOrder {
      guard case .change(let name, let change) = decoded.event.act, let node = decoded.node,
        let place = vpcs.firstIndex(where: { $0.name == name })
      else { continue }
      do throws(NetworkChangeProblem) {
        try vpcs[place].apply(change)
      } catch {
        log.report(at: node.location, found: error.found, expected: error.expected)
      }
    }
  }
}
