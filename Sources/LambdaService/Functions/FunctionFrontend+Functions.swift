import EventSimulation
import SimulatedTime

/// Functions that come to be.
extension FunctionFrontend {
  /// Tells of the interfaces of a function that was there before the run.
  mutating func reportOldInterfaces(of function: Function) {
    for interface in function.interfaces where readyInterfaces.insert(interface).inserted {
      report(
        ControlAct(act: "NetworkInterfaceInUse", function: function.name, resource: interface),
        .start)
    }
  }

  mutating func create(_ number: Int, _ network: inout Network) {
    let function = functions[number]
    report(ControlAct(act: "CreateFunction", function: function.name), network.now)
    // Interfaces of the same subnet and groups are shared, so only new ones take time, and those
    // of several subnets are made side by side.
    var longest = Duration.zero
    for interface in function.interfaces where readyInterfaces.insert(interface).inserted {
      let duration = times.interfaceCreation.sample(from: &random)
      report(
        ControlAct(
          act: "CreateNetworkInterface", function: function.name, resource: interface,
          duration: duration), network.now)
      longest = max(longest, duration)
    }
    network.wake(
      at: network.now.advanced(by: longest), token: Reminder.functionActive.token(number))
  }

  mutating func activate(_ number: Int, _ network: inout Network) {
    states[number].isActive = true
    report(ControlAct(act: "FunctionActive", function: functions[number].name), network.now)
  }
}
