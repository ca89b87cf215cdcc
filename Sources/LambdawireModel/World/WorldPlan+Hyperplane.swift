import EventSimulation
import LambdaService
import SimulatedTime
import VirtualNetwork

/// What Hyperplane has for whom.
extension WorldPlan {
  /// Adds the interfaces that groups may grow by or be given instead of others.
  ///
  /// They are planned before the run, so that captures can describe them, and an address is kept for
  /// each; only a run whose traffic could bring an interface to the threshold of A-17 has any. Where a
  /// subnet has no address left, EC2 is asked for one when the interface is wanted.
  mutating func addSpareInterfaces(_ scenario: Scenario) {
    let ports = scenario.settings.natLastPort - scenario.settings.natFirstPort + 1
    let threshold = max(
      1, ports * scenario.settings.eniGrowthThreshold.partsPerMillion / 1_000_000)
    for number in groups.indices {
      let first = sharedInterfaces[groups[number].interfaces[0]]
      let users = functions.filter { function in
        function.connections.contains {
          $0.sharedInterfaces.contains(groups[number].interfaces[0])
        }
      }
      let flows = users.reduce(0) { $0 + scenario.mostFlows(of: $1.entry) }
      let growth = min(flows / threshold, scenario.settings.eniLimit - 1)
      let replacements = scenario.events.count { event in
        guard case .replace(let function, let subnet) = event.act else { return false }
        return subnet == first.subnet && users.contains { $0.entry.name == function }
      }
      for ordinal in 0..<growth + replacements {
        guard let index = spare(ordinal + 2, beside: first, for: groups[number].owner, scenario)
        else { break }
        let isKept = vpcs[first.vpc].network.interfaces[Int(index.rawValue)].exists
        sharedInterfaces.append(
          SharedInterface(
            vpc: first.vpc, subnet: first.subnet, securityGroups: first.securityGroups,
            index: index, group: number, exists: isKept))
        groups[number].interfaces.append(sharedInterfaces.count - 1)
      }
    }
  }

  private mutating func spare(
    _ ordinal: Int, beside first: SharedInterface, for function: String, _ scenario: Scenario
  ) -> InterfaceIndex? {
    let network = vpcs[first.vpc].network
    guard let subnet = network.subnet(named: first.subnet) else { return nil }
    let label =
      "lambda/\(first.subnet)/\(first.securityGroups.sorted().joined(separator: "+"))/\(ordinal)"
    let groups = network.interfaces[Int(first.index.rawValue)].securityGroups
    let description = NetworkInterface.lambdaDescription(
      function: function, interface: label, seed: scenario.seed)
    let index = try? vpcs[first.vpc].network.addInterface(
      name: label, in: subnet, securityGroups: groups, type: .lambda, description: description)
    return index
      ?? (try? vpcs[first.vpc].network.planInterface(
        name: label, in: subnet, securityGroups: groups, type: .lambda, description: description))
  }

  /// Whether a shared interface is made only when Hyperplane asks for it.
  func isSpare(_ number: Int) -> Bool {
    groups[sharedInterfaces[number].group].interfaces[0] != number
  }

  /// What the spare interfaces of a VPC are called for which an address is kept.
  func spareInterfaceNames(of vpc: String) -> Set<String> {
    var names: Set<String> = []
    for (number, shared) in sharedInterfaces.enumerated()
    where isSpare(number) && shared.exists && vpcs[shared.vpc].scenario.name == vpc {
      names.insert(vpcs[shared.vpc].network.interfaces[Int(shared.index.rawValue)].name)
    }
    return names
  }

  /// Deals each VPC its nodes in each zone where it has shared interfaces.
  mutating func dealHands(_ scenario: Scenario) {
    for (number, vpc) in vpcs.enumerated() {
      for zone in layout.zones(of: vpc.scenario.name) {
        guard let hand = layout.hand(of: vpc.scenario.name, in: zone, seed: scenario.seed) else {
          continue
        }
        hands.append(Hand(vpc: number, nodes: hand))
      }
    }
    for number in groups.indices {
      let first = sharedInterfaces[groups[number].interfaces[0]]
      let zone = vpcs[first.vpc].scenario.subnet(named: first.subnet)?.zone
      groups[number].hand = hands.firstIndex { $0.vpc == first.vpc && $0.nodes.zone == zone } ?? 0
    }
  }
}

extension Scenario {
  /// More flows of one transport than a function begins in the whole run.
  ///
  /// An upper bound where invocations come at fixed times; where they come at random, some hundred
  /// and twice as many as on average.
  fileprivate func mostFlows(of function: Function) -> Int {
    traffic.filter { $0.function == function.name }.reduce(0) { sum, entry in
      let flows = entry.steps.reduce((tcp: 0, udp: 0)) { counts, step in
        let own = step.flowCounts
        return (counts.tcp + own.tcp, counts.udp + own.udp)
      }
      let (product, overflow) = max(flows.tcp, flows.udp)
        .multipliedReportingOverflow(by: mostInvocations(of: entry))
      return min(sum + (overflow ? .max >> 8 : min(product, .max >> 8)), .max >> 8)
    }
  }

  private func mostInvocations(of entry: Traffic) -> Int {
    let left = max(.zero, duration - entry.from)
    let span = min(entry.span ?? left, left).wholeNanoseconds
    let most: Int64
    switch entry.arrivals {
    case .atOnce(let count): most = Int64(count)
    case .every(let interval): most = span / interval.wholeNanoseconds + 1
    case .poisson(let rate): most = mostRandom(rate, span)
    case .ramp(let from, let to):
      most = max(mostRandom(from, span), mostRandom(to, span))
    case .diurnal(let mean, let peak, _):
      most = mostRandom(mean, span) * Int64(peak.partsPerMillion) / 1_000_000 + 1
    case .replay(let rows): most = Int64(rows.count)
    }
    return min(Int(most), entry.count ?? .max)
  }

  private func mostRandom(_ rate: Rate, _ span: Int64) -> Int64 {
    let mean = Double(span) / Double(rate.interval.wholeNanoseconds) * Double(rate.count)
    return Int64(min(mean * 2, 1e12)) + 100
  }
}

extension Scenario.Step {
  /// How many flows a step begins at most, without names that are asked for again.
  fileprivate var flowCounts: (tcp: Int, udp: Int) {
    switch self {
    case .resolve: (0, 1)
    case .query: (1, 0)
    case .exchange: (0, 1)
    case .send(let send): send.transport == .tcp ? (send.flows, 0) : (0, send.flows)
    case .transfer(let transfer): (transfer.flows, 0)
    case .fetch: (1, 0)
    case .traceroute(let traceroute):
      // Three probes to a hop, each to a port of its own.
      traceroute.probe == .udp ? (0, 3 * traceroute.maximumHops) : (0, 0)
    case .ping, .wait: (0, 0)
    }
  }
}
