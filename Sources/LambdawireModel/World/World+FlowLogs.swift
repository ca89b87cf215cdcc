import EventSimulation
import SimulatedTime
import VirtualNetwork

extension WorldPlan.VPC {
  /// What records packets for the VPC's flow logs.
  ///
  /// - Parameter epoch: The date of the start of the run.
  /// - Returns: A recorder that records nothing if it has none.
  func flowLogRecorder(startingAt epoch: CalendarTime) -> FlowLogRecorder {
    guard !scenario.flowLogs.isEmpty else { return FlowLogRecorder() }
    let logs = scenario.flowLogs.map { log in
      FlowLog(
        name: log.name, in: network, of: resource(log.resource), traffic: log.traffic,
        interval: log.interval, format: log.format)
    }
    return FlowLogRecorder(
      logs, of: network,
      scope: FlowLogScope(account: scenario.account, epoch: epoch))
  }

  private func resource(_ resource: Scenario.FlowLog.Resource) -> FlowLog.Resource {
    switch resource {
    case .vpc: return .vpc
    case .subnet(let name):
      guard let subnet = network.subnet(named: name) else {
        preconditionFailure("a validated scenario names existing subnets")
      }
      return .subnet(subnet)
    case .host(let name):
      guard let interface = network.interface(named: name) else {
        preconditionFailure("a validated scenario names existing hosts")
      }
      return .interface(interface)
    }
  }
}

extension World {
  /// Hands what the flow logs have come to over to those that write it.
  ///
  /// - Parameters:
  ///   - folder: Who writes it.
  ///   - isLast: Whether the run is over.
  mutating func writeFlowLogs(to folder: FlowLogFolder, isLast: Bool = false) {
    guard folder.isNeeded else { return }
    let now = simulation.network.now
    for (number, node) in networks.enumerated() where folder.isNeeded(number) {
      let batch = simulation.withNode(node) { $0.takeFlowLogs(at: now, isLast: isLast) }
      folder.write(batch, of: number)
    }
  }
}
