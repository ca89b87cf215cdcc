import EndpointStack
import EventSimulation
import LambdaService
import SimulatedTime
import VirtualNetwork

/// What breaks and is mended while a run goes on.
extension World {
  /// Has the nodes woken for the events of the scenario.
  mutating func addEvents(_ scenario: Scenario) {
    for event in scenario.events {
      let begin = Instant.start.advanced(by: event.time)
      let end = event.span.map { begin.advanced(by: $0) }
      switch event.act {
      case .fail(let component):
        fail(component, from: begin, to: end)
      case .degrade(let component, let loss, let delay):
        guard let cell = number(of: component) else { continue }
        plan(
          .degradeCell(cell, lossPerMillion: loss.partsPerMillion, delay: delay),
          of: "hyperplane-cell/\(cell + 1)", at: begin)
        if let end { plan(.repairCell(cell), of: "hyperplane-cell/\(cell + 1)", at: end) }
      case .replace(let function, let subnet):
        replaceInterface(of: function, in: subnet, at: begin)
      // The control plane does these; see `addChanges`.
      case .update, .removeVPC, .delete: continue
      // So are these; see `addNetworkCalls`.
      case .change: continue
      }
    }
  }

  private mutating func fail(_ component: Scenario.Component, from begin: Instant, to end: Instant?)
  {
    if case .zone(let name) = component { failZone(name, from: begin, to: end) }
    if component == .ec2API {
      simulation.wake(
        frontend, at: begin, token: FunctionFrontend.failureToken(.internalError))
      if let end { simulation.wake(frontend, at: end, token: FunctionFrontend.ec2RepairToken) }
    }
    guard let number = number(of: component) else { return }
    let name: String
    let acts: (fail: HyperplaneFault.Act, repair: HyperplaneFault.Act)
    switch component {
    case .top:
      name = "hyperplane-top/\(number + 1)"
      acts = (.failTop(number), .repairTop(number))
    case .flowMaster(_, let isPrimary, _):
      let member: FlowMasterPair.Member = isPrimary ? .primary : .secondary
      name = "hyperplane-flow-master/\(number + 1)-\(member.rawValue)"
      acts = (
        .failFlowMaster(pair: number, member), .repairFlowMaster(pair: number, member)
      )
    case .cell:
      name = "hyperplane-cell/\(number + 1)"
      acts = (
        .degradeCell(number, lossPerMillion: 1_000_000, delay: .zero), .repairCell(number)
      )
    case .zone, .ec2API: return
    }
    plan(acts.fail, of: name, at: begin)
    if let end { plan(acts.repair, of: name, at: end) }
  }

  /// Has a zone fail: what is in it, and its cells of Hyperplane.
  private mutating func failZone(_ name: String, from begin: Instant, to end: Instant?) {
    var members: [NodeID<Host>] = []
    for (number, vpc) in plan.vpcs.enumerated() {
      for (ordinal, host) in vpc.scenario.hosts.enumerated()
      where vpc.scenario.subnet(named: host.subnet)?.zone == name {
        members.append(hosts[number][ordinal])
      }
    }
    let frontend = frontend
    let tokens = simulation.withNode(frontend) { $0.planFailure(ofZone: name, hosts: members) }
    simulation.wake(frontend, at: begin, token: tokens.failure)
    if let end { simulation.wake(frontend, at: end, token: tokens.repair) }
    guard let place = plan.layout.zones.firstIndex(of: name) else { return }
    for cell in 0..<plan.layout.cellsPerZone {
      let number = place * plan.layout.cellsPerZone + cell
      let component = "hyperplane-cell/\(number + 1)"
      plan(
        .degradeCell(number, lossPerMillion: 1_000_000, delay: .zero), of: component, at: begin)
      if let end { plan(.repairCell(number), of: component, at: end) }
    }
  }

  /// The number of a node among all of its kind, from 0 on.
  private func number(of component: Scenario.Component) -> Int? {
    // A partition's events count over all cells, whatever those of the file do.
    switch component {
    case .top(let number, _), .cell(let number, _): number - 1
    case .flowMaster(let pair, _, _): pair - 1
    case .zone, .ec2API: nil
    }
  }

  private mutating func replaceInterface(of name: String, in subnet: String, at time: Instant) {
    guard let function = plan.functions.first(where: { $0.entry.name == name }),
      let shared = function.sharedInterfaces.first(where: {
        plan.sharedInterfaces[$0].subnet == subnet
      })
    else { return }
    let interface = plan.sharedInterfaces[shared]
    let identifier = plan.vpcs[interface.vpc].network.interfaces[Int(interface.index.rawValue)]
      .identifier.rawValue
    plan(.replaceInterface(group: interface.group), of: identifier, at: time)
  }

  /// Has VPCs changed by calls of EC2's API.
  mutating func addNetworkCalls() {
    for (number, vpc) in plan.vpcs.enumerated() {
      for change in vpc.changes {
        let node = networks[number]
        let token = simulation.withNode(node) { $0.plan(change.configuration) }
        let call = NetworkCall(
          time: Instant.start.advanced(by: change.time), account: accountNumber(of: vpc.scenario),
          change: NetworkChange(
            act: change.event.call, vpc: vpc.scenario.name, resource: change.resource,
            name: change.event.subject, detail: change.event.detail),
          requests: change.requests, network: node, token: token)
        let frontend = frontend
        simulation.withNode(frontend) { $0.add(call) }
      }
    }
  }

  /// Plans a fault of Hyperplane, where there is one.
  private mutating func plan(
    _ act: HyperplaneFault.Act, of component: String, at time: Instant
  ) {
    guard let hyperplane else { return }
    let token = simulation.withNode(hyperplane) {
      $0.plan(HyperplaneFault(act, component: component))
    }
    simulation.wake(hyperplane, at: time, token: token)
  }
}
