import EventSimulation

/// A part of a scenario that is a world of its own: the VPCs of one account, with their functions.
///
/// VPCs of different accounts exchange no packets unless something joins them, which makes their
/// accounts one partition, and each worker belongs to one account
/// so a run may simulate them on different threads. What they would have in common is
/// Hyperplane, whose nodes are dealt to VPCs: each partition has all of its nodes, under the same
/// numbers, and what happens to a node happens to it in every partition. Only a cell that could be
/// full would tell accounts of each other; where a scenario limits cells, the accounts that share
/// one are a single partition.
struct ScenarioPartition {
  /// Counted from 0, in the order in which the file first names an account.
  var number: Int
  /// How many partitions the scenario has.
  var count: Int
  /// The accounts, in the order of the file.
  var accounts: [String]
  /// The scenario without what belongs to other partitions; its events name nodes by their numbers
  /// over all cells.
  var scenario: Scenario
  /// Hyperplane, as the whole scenario has it.
  var layout: HyperplaneLayout
  /// Who there is in the whole scenario, since functions may try to reach what they cannot.
  var book: DestinationBook

  /// What tells the random streams of things that every partition has apart.
  ///
  /// Empty for the first, so that a scenario with a single account needs no such names.
  var streamSuffix: String { number == 0 ? "" : "/\(accounts[0])" }
}

extension Scenario {
  /// The partitions, at least one.
  var partitions: [ScenarioPartition] {
    let layout = HyperplaneLayout(
      vpcs: vpcs, functions: functions, events: events, settings: settings)
    let events = events.map { resolved($0, layout) }
    let groups = accountGroups(layout)
    // What begins on the internet begins where there is a way in; all such VPCs are in one part.
    let home =
      groups.firstIndex { accounts in
        vpcs.contains { accounts.contains($0.account) && $0.leadsToInternet }
      } ?? 0
    return groups.enumerated().map { number, accounts in
      var part = self
      part.vpcs = vpcs.filter { accounts.contains($0.account) }
      let names = Set(part.vpcs.map(\.name))
      part.functions = functions.filter { names.contains($0.vpc) }
      part.peeringConnections = peeringConnections.filter { names.contains($0.requester) }
      part.transitGateways = transitGateways.filter { transit in
        transit.attachments.contains { names.contains($0.vpc) }
      }
      let callers = Set(part.functions.map(\.name))
      part.traffic = traffic.filter { callers.contains($0.function) }
      part.hostTraffic = hostTraffic.filter { $0.host.vpc.map(names.contains) ?? (number == home) }
      part.events = events.filter { event in
        if case .change(let vpc, _) = event.act { return names.contains(vpc) }
        return event.act.function.map(callers.contains) ?? true
      }
      return ScenarioPartition(
        number: number, count: groups.count, accounts: accounts, scenario: part, layout: layout,
        book: DestinationBook(vpcs: vpcs, internetHosts: internetHosts))
    }
  }

  /// The accounts, those together that cannot be told apart from outside a partition.
  private func accountGroups(_ layout: HyperplaneLayout) -> [[String]] {
    var groups: [[String]] = []
    for vpc in vpcs where !groups.contains([vpc.account]) { groups.append([vpc.account]) }
    guard !groups.isEmpty else { return [[]] }
    join(&groups)
    guard limitsCells else { return groups }
    var cells: [Set<Int>] = groups.map { accounts in
      Set(
        vpcs.filter { accounts.contains($0.account) }.flatMap { vpc in
          layout.zones(of: vpc.name).compactMap {
            layout.hand(of: vpc.name, in: $0, seed: seed)?.cell
          }
        })
    }
    var first = 0
    while first < groups.count {
      if let other = groups.indices.dropFirst(first + 1).first(where: {
        !cells[first].isDisjoint(with: cells[$0])
      }) {
        groups[first] += groups.remove(at: other)
        cells[first].formUnion(cells.remove(at: other))
      } else {
        first += 1
      }
    }
    return groups
  }

  /// Puts accounts together whose VPCs are joined.
  private func join(_ groups: inout [[String]]) {
    func account(_ vpc: String) -> String? { self.vpc(named: vpc)?.account }
    let joins =
      peeringConnections.map { [$0.requester, $0.accepter].compactMap(account) }
      + transitGateways.map { $0.attachments.map(\.vpc).compactMap(account) }
    var inside: [[String]] = []
    if hostTraffic.contains(where: { $0.host.vpc == nil }) {
      inside = [vpcs.filter(\.leadsToInternet).map(\.account)]
    }
    for accounts in joins + inside {
      let members = groups.indices.filter { !Set(groups[$0]).isDisjoint(with: accounts) }
      guard let first = members.first, members.count > 1 else { continue }
      groups[first] = members.flatMap { groups[$0] }
      for member in members.dropFirst().reversed() { groups.remove(at: member) }
    }
  }

  /// Whether cells hold less than they would by themselves.
  private var limitsCells: Bool {
    let usual = ModelSettings()
    return settings.hyperplaneCellConnections < usual.hyperplaneCellConnections
      || settings.hyperplaneCellRate < usual.hyperplaneCellRate
  }

  /// The event with the numbers that nodes have over all cells.
  private func resolved(_ event: Event, _ layout: HyperplaneLayout) -> Event {
    var event = event
    switch event.act {
    case .fail(let component):
      event.act = .fail(resolved(component, layout))
    case .degrade(let component, let loss, let delay):
      event.act = .degrade(resolved(component, layout), loss: loss, delay: delay)
    case .replace, .update, .removeVPC, .delete, .change: break
    }
    return event
  }

  private func resolved(_ component: Component, _ layout: HyperplaneLayout) -> Component {
    func hands(_ vpc: String) -> [HyperplaneLayout.Hand] {
      layout.zones(of: vpc).compactMap { layout.hand(of: vpc, in: $0, seed: seed) }
    }
    // A scenario that was found sound refers to nodes that exist.
    switch component {
    case .top(let number, let vpc?):
      return .top(hands(vpc).flatMap(\.tops)[number - 1] + 1, of: nil)
    case .flowMaster(let pair, let isPrimary, let vpc?):
      return .flowMaster(
        pair: hands(vpc).flatMap(\.flowMasters)[pair - 1] + 1, isPrimary: isPrimary, of: nil)
    case .cell(let number, let vpc?): return .cell(hands(vpc)[number - 1].cell + 1, of: nil)
    case .top, .flowMaster, .cell, .zone, .ec2API: return component
    }
  }
}

extension Scenario.VPC {
  /// Whether a gateway of it leads to the internet.
  fileprivate var leadsToInternet: Bool {
    gateways.contains { gateway in
      switch gateway.kind {
      case .internetGateway, .egressOnlyInternetGateway: true
      case .natGateway(let nat): nat.subnet == nil
      default: false
      }
    }
  }
}
