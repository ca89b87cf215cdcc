import EventSimulation

/// VPCs that change in the course of a run, by calls of EC2's API.
extension FunctionFrontend {
  /// Adds something that is done to a VPC.
  public mutating func add(_ call: NetworkCall) {
    networkCalls.append(call)
    openChanges += 1
  }

  /// Makes a call: the VPC changes at once (A-94, assumed: how long EC2 takes to spread a change is not
  /// published).
  mutating func makeCall(_ number: Int, _ network: inout Network) {
    let call = networkCalls[number]
    record.report(.networkChange(call.change), at: network.now)
    accounts[call.account].controlPlane.recordCall(call, at: network.now)
    settle(account: call.account, &network)
    network.wake(call.network, at: network.now, token: call.token)
    openChanges -= 1
  }
}
