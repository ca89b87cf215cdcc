import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// Functions as the control plane of their account has them.
extension FunctionFrontend {
  /// Takes a function into the books that was there before the run.
  mutating func establish(_ number: Int) {
    let function = functions[number]
    let known = accounts[function.account].controlPlane.establish(
      function.configuration, on: function.interfaces, versionCount: function.versionCount)
    states[number].hasVersions = true
    remember(known, as: number)
    for occurrence in accounts[function.account].controlPlane.takeOccurrences() {
      if let event = occurrence.runEvent { record.report(event.kind, at: event.time) }
      switch occurrence.kind {
      case .networkInterface(let interface):
        reportInterface("NetworkInterfaceInUse", interface, occurrence.time)
      case .function(let known, let record):
        guard let number = self.number(of: known, record, account: function.account) else { break }
        states[number].life = FunctionLife(
          state: record.state, lastUpdate: record.lastUpdate, vpc: record.vpc)
      case .functionDeleted, .step, .attached, .notAttached, .notAdded, .call: break
      }
    }
  }

  private mutating func remember(_ known: Int, as number: Int) {
    let account = functions[number].account
    while accounts[account].functions.count <= known { accounts[account].functions.append(nil) }
    accounts[account].functions[known] = number
    states[number].number = known
  }

  /// Which function a record is about, or `nil` if it is a version that nobody invokes.
  private mutating func number(
    of known: Int, _ record: FunctionRecord, account: Int
  ) -> Int? {
    if accounts[account].functions.indices.contains(known) {
      return accounts[account].functions[known]
    }
    let published = functions.firstIndex {
      $0.account == account && $0.configuration.name == record.name
        && $0.version.map { "\($0)" } == record.version
    }
    if let published { remember(known, as: published) }
    return published
  }

  mutating func create(_ number: Int, _ network: inout Network) {
    let function = functions[number]
    report(ControlAct(act: "CreateFunction", function: function.name), network.now)
    do throws(APIError) {
      let known = try accounts[function.account].controlPlane.createFunction(
        function.configuration, by: function.caller, at: network.now)
      remember(known, as: number)
    } catch {
      reportRefusal(of: "CreateFunction", function.name, error, network.now)
      openChanges -= 1
    }
    settle(account: function.account, &network)
  }

  mutating func carryOut(_ change: FunctionChange, _ network: inout Network) {
    let function = functions[change.function]
    states[change.function].unsettledChanges += 1
    guard let number = states[change.function].number else {
      settleChanges(of: change.function, &network)
      return
    }
    let act: String
    switch change.act {
    case .connect, .disconnect: act = "UpdateFunctionConfiguration"
    case .delete: act = "DeleteFunction"
    }
    report(ControlAct(act: act, function: function.name), network.now)
    do throws(APIError) {
      switch change.act {
      case .connect(let vpc):
        try accounts[function.account].controlPlane.updateFunctionConfiguration(
          number, FunctionUpdate(vpc: .connect(vpc)), by: function.caller, at: network.now)
      case .disconnect:
        try accounts[function.account].controlPlane.updateFunctionConfiguration(
          number, FunctionUpdate(vpc: .disconnect), by: function.caller, at: network.now)
      case .delete:
        try accounts[function.account].controlPlane.deleteFunction(
          number, by: function.caller, at: network.now)
      }
    } catch {
      reportRefusal(of: act, function.name, error, network.now)
    }
    settle(account: function.account, &network)
    // An update goes on until its interfaces are in use.
    if states[change.function].life.lastUpdate != .inProgress {
      settleChanges(of: change.function, &network)
    }
  }

  /// Takes note that what was done to a function is done.
  ///
  /// What is no longer needed is deleted after a while, and the run lasts until then.
  private mutating func settleChanges(of number: Int, _ network: inout Network) {
    let settings = accounts[functions[number].account].controlPlane.settings
    for _ in 0..<states[number].unsettledChanges {
      network.wake(
        at: network.now.advanced(by: settings.sharedDeletionDelay + settings.detachment),
        token: Reminder.changeSettled.token(0))
    }
    states[number].unsettledChanges = 0
  }

  private func reportRefusal(
    of act: String, _ function: String, _ error: APIError, _ time: Instant
  ) {
    report(
      ControlAct(
        act: "\(act)Refused", function: function, reason: "\(error) (HTTP \(error.status))"), time)
  }

  // MARK: - What the control plane does

  mutating func advance(account: Int, _ network: inout Network) {
    accounts[account].takeReminder(at: network.now)
    accounts[account].controlPlane.advance(to: network.now)
    settle(account: account, &network)
  }

  /// Does what an account's control plane has decided since this was last done.
  mutating func settle(account: Int, _ network: inout Network) {
    while accounts[account].controlPlane.hasOccurrences {
      for occurrence in accounts[account].controlPlane.takeOccurrences() {
        if let event = occurrence.runEvent { record.report(event.kind, at: event.time) }
        follow(occurrence, account: account, &network)
      }
    }
    if let due = accounts[account].nextReminder() {
      network.wake(at: due, token: Reminder.controlPlane.token(account))
    }
  }

  private mutating func follow(
    _ occurrence: Occurrence, account: Int, _ network: inout Network
  ) {
    switch occurrence.kind {
    case .networkInterface(let interface): follow(interface, occurrence.time, &network)
    case .function(let known, let function):
      guard let number = number(of: known, function, account: account) else { return }
      follow(function, of: number, occurrence.time, &network)
    case .functionDeleted(let known, let function):
      guard let number = number(of: known, function, account: account) else { return }
      report(ControlAct(act: "FunctionDeleted", function: functions[number].name), occurrence.time)
      states[number].isDeleted = true
      settleCreation(of: number)
      retireAll(of: number, &network)
    case .step(let environment, let step, let resource, let duration):
      report(
        ControlAct(
          act: step.rawValue, function: functions[environments[environment].function].name,
          environment: environments[environment].name, resource: resource, duration: duration),
        occurrence.time)
    case .attached(let environment, let interface):
      network.wake(
        environments[environment].host, at: network.now,
        token: Host.addressToken(interface.address))
      initialize(environment, from: network.now, &network)
    case .notAttached(let environment, let error):
      guard environments[environment].state == .starting else { return }
      fail(environment, "\(error)", status: error.status, network.now)
      vacate(environment, &network)
    case .notAdded(let interface, let vpc, let error):
      let path = "\(vpc)/\(interface)"
      report(
        ControlAct(
          act: "CreateNetworkInterfaceRefused", function: interfaces[path]?.owner ?? "",
          reason: "\(error)"), occurrence.time)
      refuseInterface(path, &network)
    case .call: break
    }
  }

  /// Lets the network know of a network interface that comes or goes.
  private mutating func follow(
    _ interface: InterfaceRecord, _ time: Instant, _ network: inout Network
  ) {
    let path = "\(interface.vpc)/\(interface.name)"
    guard let known = interfaces[path] else {
      preconditionFailure("a network interface that nobody planned: \(path)")
    }
    let isShared = known.shared != nil
    // What Hyperplane asks for it reports itself, with the reason.
    let isAnnounced = isShared && !known.isAdditional
    switch interface.status {
    case .pending where isAnnounced: reportInterface("CreateNetworkInterface", interface, time)
    case .inUse:
      if isAnnounced { reportInterface("NetworkInterfaceInUse", interface, time) }
      if !known.isUp {
        interfaces[path]?.isUp = true
        network.addName(
          isShared ? interface.identifier.rawValue : interface.name,
          ofIPv4: interface.address.rawValue, at: known.points)
        network.wake(
          known.network, at: network.now,
          token: VPCNode.bringUpToken(known.index, at: interface.address))
      }
      if let (node, number) = known.shared {
        network.wake(
          node, at: network.now,
          token: HyperplaneNode.openingToken(number, at: interface.address))
      }
    case .detaching:
      reportInterface("DetachNetworkInterface", interface, time)
      if let (node, number) = known.shared {
        network.wake(node, at: network.now, token: HyperplaneNode.closingToken(number))
      }
    case .gone:
      reportInterface("DeleteNetworkInterface", interface, time)
      guard known.isUp else { return }
      interfaces[path]?.isUp = false
      network.wake(known.network, at: network.now, token: VPCNode.removalToken(known.index))
    case .pending, .available, .attaching: break
    }
  }

  private func reportInterface(_ act: String, _ interface: InterfaceRecord, _ time: Instant) {
    let owner = interfaces["\(interface.vpc)/\(interface.name)"]?.owner ?? ""
    report(ControlAct(act: act, function: owner, resource: interface.identifier.rawValue), time)
  }

  /// Tells of a function's new state, and has it use another set of places if its connection is new.
  private mutating func follow(
    _ record: FunctionRecord, of number: Int, _ time: Instant, _ network: inout Network
  ) {
    let former = states[number].life
    let name = functions[number].name
    if record.state != former.state {
      if former.state == nil || former.state == .pending, record.state != .pending {
        settleCreation(of: number)
      }
      report(ControlAct(act: "Function\(record.state.rawValue)", function: name), time)
    }
    if let lastUpdate = former.lastUpdate, record.lastUpdate != lastUpdate {
      report(ControlAct(act: "Update\(record.lastUpdate.rawValue)", function: name), time)
      if lastUpdate == .inProgress { settleChanges(of: number, &network) }
    }
    states[number].life.state = record.state
    states[number].life.lastUpdate = record.lastUpdate
    // Environments of a function that has lost its interfaces have been gone for long.
    if record.state == .inactive, former.state == .active { retireAll(of: number, &network) }
    guard record.state == .active, record.lastUpdate == .successful else { return }
    if former.vpc != record.vpc {
      states[number].life.vpc = record.vpc
      changeConnection(of: number, to: record.vpc, &network)
    }
    publishVersions(of: number, &network)
  }

  /// Takes note that a function that was created during the run is no longer Pending.
  private mutating func settleCreation(of number: Int) {
    guard functions[number].created != nil, !states[number].isSettled else { return }
    states[number].isSettled = true
    openChanges -= 1
  }

  /// Environments that are connected as before are of no use any more.
  private mutating func changeConnection(
    of number: Int, to vpc: VPCConfiguration?, _ network: inout Network
  ) {
    let next = states[number].connections.firstIndex(of: vpc)
    guard let next, next != states[number].connection else { return }
    retireAll(of: number, &network)
    states[number].connection = next
  }

  private mutating func publishVersions(of number: Int, _ network: inout Network) {
    let function = functions[number]
    guard !states[number].hasVersions, let known = states[number].number else { return }
    states[number].hasVersions = true
    for _ in 0..<function.versionCount {
      do throws(APIError) {
        try accounts[function.account].controlPlane.publishVersion(
          of: known, by: function.caller, at: network.now)
      } catch {
        reportRefusal(of: "PublishVersion", function.name, error, network.now)
      }
    }
  }
}
