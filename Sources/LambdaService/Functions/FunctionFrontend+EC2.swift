import EventSimulation
import SimulatedTime

/// EC2's API, which may fail for a while.
extension FunctionFrontend {
  /// What the frontend is woken with when EC2's API begins to answer with an error of its own.
  package static func failureToken(_ failure: EC2Failure) -> UInt64 {
    Reminder.ec2Failure.token(EC2Failure.allCases.firstIndex(of: failure) ?? 0)
  }

  /// What the frontend is woken with when EC2's API works again.
  package static let ec2RepairToken = Reminder.ec2Repair.token(0)

  mutating func setEC2Failure(_ failure: EC2Failure?, _ network: inout Network) {
    let effect =
      failure.map { "it answers \($0.rawValue): no network interface is made or deleted" }
      ?? "interfaces are made and deleted again"
    record.report(
      .fault(
        Fault(act: failure == nil ? "repair" : "fail", component: "ec2-api", effect: effect)),
      at: network.now)
    for number in accounts.indices {
      accounts[number].controlPlane.setEC2Failure(failure, at: network.now)
      settle(account: number, &network)
    }
  }
}
