import PacketFormats

extension Scenario {
  /// The scenario with its VPCs as they are configured at `time`, for good.
  ///
  /// What changes VPCs up to then and at that very time has been done; what would change them later
  /// is left out. Everything else stays as it is.
  ///
  /// - Parameter time: Counted from the start of the run.
  /// - Returns: The scenario without events that change VPCs.
  public func configured(at time: Duration) -> Scenario {
    var result = self
    result.events.removeAll { if case .change = $0.act { true } else { false } }
    for event in events.inOrderOfTime where event.time <= time {
      guard case .change(let name, let change) = event.act,
        let place = result.vpcs.firstIndex(where: { $0.name == name })
      else { continue }
      do throws(NetworkChangeProblem) {
        try result.vpcs[place].apply(change)
      } catch {
        preconditionFailure("a validated scenario changes what is there: \(error)")
      }
    }
    return result
  }
}

extension Scenario {
  /// Whether events change rules or routes of its VPCs.
  var changesVPCs: Bool {
    events.contains { if case .change = $0.act { true } else { false } }
  }
}

extension Scenario {
  /// Reads a time of a run on the command line, such as `12.5s`.
  ///
  /// - Throws: ``ModelError/unanswerable(_:)`` if it is none.
  public static func moment(_ text: String) throws(ModelError) -> Duration {
    do throws(ValueProblem) {
      return try Quantity<Duration>.duration(.zero, .seconds(31_536_000)).parse(text)
    } catch {
      throw .unanswerable(
        "found \(error.found ?? "`\(text)`"), expected a time since the run began such as 12.5s")
    }
  }
}

extension [Scenario.Event] {
  /// In the order in which they happen; those at one time in that of the file.
  var inOrderOfTime: [Scenario.Event] {
    enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
      .map(\.element)
  }
}

/// Why EC2 would refuse a change.
struct NetworkChangeProblem: Error {
  /// What is wrong, without what it is about.
  var found: String
  /// What would be right.
  var expected: String
}

extension Scenario.VPC {
  /// Makes a change.
  ///
  /// - Throws: If EC2 would refuse it, because of what is there or is not; nothing has changed then.
  mutating func apply(_ change: Scenario.NetworkChange) throws(NetworkChangeProblem) {
    switch change {
    case .authorize(let rule, let direction, let name):
      let place = place(ofGroup: name)
      var group = securityGroups[place]
      try authorize(rule, direction, in: &group)
      securityGroups[place] = group
    case .revoke(let rule, let direction, let name):
      let place = place(ofGroup: name)
      var group = securityGroups[place]
      try revoke(rule, direction, in: &group)
      securityGroups[place] = group
    case .createRoute(let route, let name):
      let place = makeRouteTable(name)
      if let known = routeTables[place].routes.first(where: { $0.destination == route.destination })
      {
        throw NetworkChangeProblem(
          found: "a second route of `\(name)` to \(route.destination), beside that via "
            + "\(known.target) (RouteAlreadyExists)",
          expected: "`replace-route`, or a destination that it has no route to")
      }
      routeTables[place].routes.append(route)
    case .replaceRoute(let route, let name):
      let (table, place) = try find(route.destination, name)
      routeTables[table].routes[place] = route
    case .deleteRoute(let destination, let name):
      let (table, place) = try find(destination, name)
      routeTables[table].routes.remove(at: place)
    case .createEntry(let entry, let direction, let name):
      let list = makeNetworkACL(name)
      if networkACLs[list].entries(direction).contains(where: { $0.number == entry.number }) {
        throw NetworkChangeProblem(
          found: "a second \(direction.rawValue) rule \(entry.number) of `\(name)` "
            + "(NetworkAclEntryAlreadyExists)",
          expected: "`replace-network-acl-entry`, or a number that it has no rule of")
      }
      networkACLs[list].insert(entry, direction)
    case .replaceEntry(let entry, let direction, let name):
      let list = try remove(entry.number, direction, name)
      networkACLs[list].insert(entry, direction)
    case .deleteEntry(let number, let direction, let name):
      _ = try remove(number, direction, name)
    }
  }

  // MARK: - Security groups

  private func place(ofGroup name: String) -> Int {
    guard let place = securityGroups.firstIndex(where: { $0.name == name }) else {
      preconditionFailure("a validated scenario names existing groups")
    }
    return place
  }

  private func authorize(
    _ rule: Scenario.SecurityGroupRule, _ direction: Scenario.Direction,
    in group: inout Scenario.SecurityGroup
  ) throws(NetworkChangeProblem) {
    let known = Set(group.rules(direction).flatMap(expanded))
    guard known.isDisjoint(with: expanded(rule)) else {
      throw NetworkChangeProblem(
        found: "`\(rule.text(direction))`, which `\(group.name)` has already "
          + "(InvalidPermission.Duplicate)",
        expected: "a rule that it does not have")
    }
    group.set(group.rules(direction) + [rule], direction)
  }

  private func revoke(
    _ rule: Scenario.SecurityGroupRule, _ direction: Scenario.Direction,
    in group: inout Scenario.SecurityGroup
  ) throws(NetworkChangeProblem) {
    let former = group.rules(direction)
    if let place = former.firstIndex(of: rule) {
      var rules = former
      rules.remove(at: place)
      group.set(rules, direction)
      return
    }
    // A rule for everybody is one for each family, which can be revoked by itself.
    let gone = Set(expanded(rule))
    guard gone.isSubset(of: former.flatMap(expanded)) else {
      let list = former.prefix(5).map { "`\($0.text(direction))`" }.joined(separator: ", ")
      throw NetworkChangeProblem(
        found: "`\(rule.text(direction))`, which `\(group.name)` does not have "
          + "(InvalidPermission.NotFound)",
        expected: former.isEmpty
          ? "a group with \(direction.rawValue) rules: it has none then"
          : "one of its \(direction.rawValue) rules: \(list)")
    }
    group.set(
      former.flatMap { rule in
        let parts = expanded(rule)
        return gone.isDisjoint(with: parts) ? [rule] : parts.filter { !gone.contains($0) }
      }, direction)
  }

  private func expanded(_ rule: Scenario.SecurityGroupRule) -> [Scenario.SecurityGroupRule] {
    rule.byFamily(isDualStack: ipv6Prefix != nil)
  }

  // MARK: - Routes

  /// The place of a route table; that of the main one, which a scenario may leave out.
  private mutating func makeRouteTable(_ name: String) -> Int {
    if let place = routeTables.firstIndex(where: { $0.name == name }) { return place }
    routeTables.append(Scenario.RouteTable(name: name, routes: [], propagating: []))
    return routeTables.count - 1
  }

  private mutating func find(
    _ destination: Scenario.Route.Destination, _ name: String
  ) throws(NetworkChangeProblem) -> (table: Int, place: Int) {
    let table = makeRouteTable(name)
    let routes = routeTables[table].routes
    if let place = routes.firstIndex(where: { $0.destination == destination }) {
      return (table, place)
    }
    let list = routes.prefix(8).map { "`\($0.destination)`" }.joined(separator: ", ")
    throw NetworkChangeProblem(
      found: "no route of `\(name)` to \(destination) (InvalidRoute.NotFound)",
      expected: routes.isEmpty
        ? "`create-route` before it: the table has only the `local` routes then"
        : "the destination of one of its routes: \(list)")
  }

  // MARK: - Network ACLs

  /// The place of a network ACL; that of the default one, which a scenario may leave out.
  private mutating func makeNetworkACL(_ name: String) -> Int {
    if let place = networkACLs.firstIndex(where: { $0.name == name }) { return place }
    // VPC guide, "Default network ACL": 101 if there is IPv6.
    let families: [IPFamily] = ipv6Prefix == nil ? [.v4] : [.v4, .v6]
    let everything = families.enumerated().map { offset, family in
      Scenario.NetworkACL.Entry(
        number: 100 + offset, action: .allow, protocol: .all, ports: 0...65535,
        peer: .everything(family))
    }
    networkACLs.append(
      Scenario.NetworkACL(name: name, ingress: everything, egress: everything))
    return networkACLs.count - 1
  }

  /// Takes an entry out of a network ACL and returns the ACL's place.
  private mutating func remove(
    _ number: Int, _ direction: Scenario.Direction, _ name: String
  ) throws(NetworkChangeProblem) -> Int {
    let list = makeNetworkACL(name)
    var entries = networkACLs[list].entries(direction)
    guard let place = entries.firstIndex(where: { $0.number == number }) else {
      let numbers = entries.map { "\($0.number)" }.joined(separator: ", ")
      throw NetworkChangeProblem(
        found: "no \(direction.rawValue) rule \(number) of `\(name)` "
          + "(InvalidNetworkAclEntry.NotFound)",
        expected: entries.isEmpty
          ? "`create-network-acl-entry` before it: it has no \(direction.rawValue) rules then"
          : "the number of one of its \(direction.rawValue) rules: \(numbers)")
    }
    entries.remove(at: place)
    networkACLs[list].set(entries, direction)
    return list
  }
}

extension Scenario.SecurityGroupRule {
  /// The rules that EC2 has for it: for everybody, one for each family of the VPC.
  func byFamily(isDualStack: Bool) -> [Self] {
    guard peer == .any else { return [self] }
    let families: [IPFamily] = isDualStack ? [.v4, .v6] : [.v4]
    return families.map {
      Self(protocol: `protocol`, ports: ports, peer: .prefix(.everything($0)))
    }
  }
}

extension Scenario.SecurityGroup {
  fileprivate func rules(_ direction: Scenario.Direction) -> [Scenario.SecurityGroupRule] {
    direction == .ingress ? ingress : egress
  }

  fileprivate mutating func set(
    _ rules: [Scenario.SecurityGroupRule], _ direction: Scenario.Direction
  ) {
    if direction == .ingress { ingress = rules } else { egress = rules }
  }
}

extension Scenario.NetworkACL {
  fileprivate func entries(_ direction: Scenario.Direction) -> [Entry] {
    direction == .ingress ? ingress : egress
  }

  fileprivate mutating func set(_ entries: [Entry], _ direction: Scenario.Direction) {
    if direction == .ingress { ingress = entries } else { egress = entries }
  }

  fileprivate mutating func insert(_ entry: Entry, _ direction: Scenario.Direction) {
    set((entries(direction) + [entry]).sorted { $0.number < $1.number }, direction)
  }
}
