import EventSimulation
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// EC2's side: network interfaces are made, attached, detached and deleted.
extension ControlPlane {
  /// What Lambda asks EC2 for.
  struct InterfaceOrder {
    var name: String
    var subnet: Int
    var groups: [Int]
    var role: Principal
    var purpose: Interface.Purpose
    var type: InterfaceType
    var description: String
  }

  enum CreationOutcome {
    case made(Int)
    case throttled
    case refused(InvokeError)
  }

  /// `CreateNetworkInterface`, called with the function's execution role.
  mutating func createInterface(_ order: InterfaceOrder) -> CreationOutcome {
    let outcome = judge(order)
    guard case .allowed(let address) = outcome else {
      guard case .refused(let code, let message, let error) = outcome else { return .throttled }
      recordCreation(order, interface: nil, session: session(for: order), code, message)
      return error.map(CreationOutcome.refused) ?? .throttled
    }
    let subnet = subnets[order.subnet]
    let vpc = vpcs[subnet.vpc]
    let path = "\(vpc.name)/\(order.name)"
    interfacesMade[path, default: 0] += 1
    let ordinal = interfacesMade[path, default: 1]
    let number = interfaces.count
    let session = session(for: order)
    planned[path]?.isSpare = false
    let identifier = VirtualPrivateCloud.interfaceIdentifier(
      order.name, ordinal: ordinal, vpc: vpc.name, seed: seed)
    interfaces.append(
      Interface(
        record: InterfaceRecord(
          name: order.name, identifier: identifier, vpc: vpc.name, vpcIdentifier: vpc.identifier,
          subnet: subnet.name, subnetIdentifier: subnet.identifier, zone: subnet.zone,
          zoneName: AvailabilityZone.name(of: subnet.zone, in: settings.region),
          address: address,
          linkLayerAddress: planned[path]?.linkLayerAddress
            ?? linkLayerAddress(ofInterface: path),
          groups: order.groups.map { groups[$0].record }, type: order.type,
          description: order.description, requester: requester(order, session: session),
          owner: account, status: .pending, attachment: nil),
        subnet: order.subnet, purpose: order.purpose))
    interfaceCount += 1
    if case .shared = order.purpose { vpcs[subnet.vpc].sharedCount += 1 }
    recordCreation(order, interface: number, session: session, nil, nil)
    reportInterface(number)
    return .made(number)
  }

  private enum Judgement {
    case allowed(IPv4Address)
    case refused(code: String, message: String, InvokeError?)
  }

  /// Whether EC2 does as it is asked, in the order in which it looks: permission, rate, its own
  /// health, quotas, addresses.
  private mutating func judge(_ order: InterfaceOrder) -> Judgement {
    // Lambda looks at the result too, and a role without that is of no use to it.
    for action in ["CreateNetworkInterface", "DescribeNetworkInterfaces"]
    where !order.role.permissions.allows("ec2:\(action)") {
      return .refused(
        code: "Client.UnauthorizedOperation",
        message: "You are not authorized to perform this operation.",
        .ec2AccessDenied(action: "ec2:\(action)"))
    }
    guard createBucket.take(at: now) else {
      return .refused(
        code: "Client.RequestLimitExceeded", message: "Request limit exceeded.", nil)
    }
    if let ec2Failure {
      return .refused(
        code: "Server.\(ec2Failure.rawValue)", message: ec2Failure.sentence,
        .ec2Unexpected(code: ec2Failure.rawValue))
    }
    let subnet = subnets[order.subnet]
    if case .shared = order.purpose,
      vpcs[subnet.vpc].sharedCount >= settings.sharedInterfacesPerVPC
    {
      return .refused(
        code: "Client.NetworkInterfaceLimitExceeded",
        message: "You have exceeded the maximum limit for HyperPlane ENIs for your VPC.",
        .eniLimitReached(limit: settings.sharedInterfacesPerVPC, .vpc))
    }
    guard interfaceCount < settings.interfacesPerRegion else {
      return .refused(
        code: "Client.NetworkInterfaceLimitExceeded",
        message: "You have reached the limit of network interfaces for your account.",
        .eniLimitReached(limit: settings.interfacesPerRegion, .region))
    }
    guard let address = keptAddress(for: order) ?? subnets[order.subnet].addresses.take() else {
      return .refused(
        code: "Client.InsufficientFreeAddressesInSubnet",
        message: "The specified subnet does not have enough free addresses to satisfy the request.",
        .subnetIPAddressLimitReached(subnet: subnet.identifier.rawValue))
    }
    return .allowed(address)
  }

  /// The address that a plan keeps for an interface until it is made for the first time.
  private func keptAddress(for order: InterfaceOrder) -> IPv4Address? {
    let plan = planned["\(vpcs[subnets[order.subnet].vpc].name)/\(order.name)"]
    return plan?.isSpare == true ? plan?.address : nil
  }

  /// The wait after a throttled call: it doubles, and half of it is random.
  func backOff(afterAttempt attempt: Int, _ random: inout RandomStream) -> Duration {
    let longest = max(settings.longestBackOff, settings.firstBackOff).wholeNanoseconds
    var full = settings.firstBackOff.wholeNanoseconds
    for _ in 1..<max(attempt, 1) where full < longest { full *= 2 }
    full = max(1, min(full, longest))
    return .nanoseconds(full / 2 + Int64(random.next(below: UInt64(full / 2 + 1))))
  }

  /// The Ethernet address of an interface that no plan knows.
  private func linkLayerAddress(ofInterface path: String) -> MACAddress {
    var hash = SeededHash(seed: seed)
    hash.add("link-layer address")
    hash.add(path)
    return MACAddress(0x0a << 40 | hash.value >> 24)
  }

  // MARK: - Life

  /// Takes a new interface to `available` and on to its attachment, in `total`.
  mutating func makeAvailable(_ number: Int, total: Duration) {
    let (creation, attachment) = Self.parts(of: total)
    let generation = interfaces[number].generation
    schedule(.interfaceMade(number, generation: generation), after: creation)
    schedule(.interfaceAttached(number, generation: generation), after: creation + attachment)
  }

  /// A tenth of the time goes into making the interface, the rest into attaching it.
  static func parts(of total: Duration) -> (creation: Duration, attachment: Duration) {
    let creation = Duration.nanoseconds(total.wholeNanoseconds / 10)
    return (creation, total - creation)
  }

  mutating func beginAttaching(_ number: Int, _ generation: Int) {
    guard interfaces[number].generation == generation else { return }
    set(.available, of: number)
    let isShared = interfaces[number].isShared
    interfaces[number].record.attachment = InterfaceRecord.Attachment(
      identifier: SeededName.attachment(
        isShared ? "ela-attach" : "eni-attach",
        interfaces[number].record.identifier.rawValue, seed: seed),
      time: now, deviceIndex: 1, instanceOwner: "amazon-aws")
    set(.attaching, of: number)
    if case .environment(let environment, _) = interfaces[number].purpose,
      let request = ownRequests[environment]
    {
      let resource = interfaces[number].record.identifier.rawValue
      report(.step(environment: environment, .attach, resource: resource, request.attachment))
    }
  }

  mutating func endAttaching(_ number: Int, _ generation: Int) {
    guard interfaces[number].generation == generation else { return }
    set(.inUse, of: number)
    switch interfaces[number].purpose {
    case .shared(let pair):
      becameReady(pair)
      if let former = interfaces[number].former { beginDetaching(former) }
    case .environment(let environment, _): becameAttached(environment, number)
    }
  }

  /// Begins to take an interface away, whatever it is at.
  mutating func beginDetaching(_ number: Int) {
    interfaces[number].generation += 1
    switch interfaces[number].record.status {
    case .pending:
      set(.available, of: number)
      deleteInterface(number)
    case .available: deleteInterface(number)
    case .attaching, .inUse:
      set(.detaching, of: number)
      schedule(.interfaceDetached(number), after: settings.detachment)
    case .detaching, .gone: break
    }
  }

  mutating func endDetaching(_ number: Int) {
    guard interfaces[number].record.status == .detaching else { return }
    interfaces[number].record.attachment = nil
    set(.available, of: number)
    deleteInterface(number)
  }

  /// `DeleteNetworkInterface`, called with the execution role; a call that was throttled or met a
  /// failure of EC2's own is made again.
  mutating func deleteInterface(_ number: Int) {
    guard interfaces[number].record.status == .available else { return }
    guard role(of: number).permissions.allows("ec2:DeleteNetworkInterface") else {
      refuseDeletion(number)
      return
    }
    guard deleteBucket.take(at: now) else {
      recordDeletion(number, "Client.RequestLimitExceeded", "Request limit exceeded.")
      schedule(.deleteInterface(number), after: settings.longestBackOff)
      return
    }
    if let ec2Failure {
      recordDeletion(number, "Server.\(ec2Failure.rawValue)", ec2Failure.sentence)
      schedule(.deleteInterface(number), after: settings.longestBackOff)
      return
    }
    recordDeletion(number, nil, nil)
    let subnet = interfaces[number].subnet
    subnets[subnet].addresses.release(interfaces[number].record.address)
    interfaceCount -= 1
    if interfaces[number].isShared { vpcs[subnets[subnet].vpc].sharedCount -= 1 }
    set(.gone, of: number)
  }

  /// Records that the role may not delete an interface, which therefore stays.
  mutating func refuseDeletion(_ number: Int) {
    recordDeletion(
      number, "Client.UnauthorizedOperation", "You are not authorized to perform this operation.")
  }

  func role(of interface: Int) -> Principal {
    switch interfaces[interface].purpose {
    case .shared(let pair): shared[pair].role
    case .environment(_, let function): functions[function].configuration.role
    }
  }

  /// Changes an interface's status along one of the documented edges.
  private mutating func set(_ status: InterfaceRecord.Status, of number: Int) {
    precondition(
      interfaces[number].record.status.successors.contains(status),
      "no such change of a network interface is documented")
    interfaces[number].record.status = status
    reportInterface(number)
  }

  mutating func reportInterface(_ number: Int) {
    report(.networkInterface(interfaces[number].record))
  }

  // MARK: - What was there before

  /// Takes an interface that a plan has made, with its address, into the books.
  ///
  /// - Returns: `nil` if the plan has no interface of that name with an address.
  mutating func adopt(
    _ name: String, subnet: Int, groups: [Int], purpose: Interface.Purpose, role: Principal
  ) -> Int? {
    let vpc = vpcs[subnets[subnet].vpc]
    let path = "\(vpc.name)/\(name)"
    guard let plan = planned[path], let address = plan.address else { return nil }
    interfacesMade[path, default: 0] += 1
    let order = InterfaceOrder(
      name: name, subnet: subnet, groups: groups, role: role, purpose: purpose, type: .lambda,
      description: plan.description)
    let session = session(for: order)
    let number = interfaces.count
    interfaces.append(
      Interface(
        record: InterfaceRecord(
          name: name, identifier: plan.identifier, vpc: vpc.name, vpcIdentifier: vpc.identifier,
          subnet: subnets[subnet].name, subnetIdentifier: subnets[subnet].identifier,
          zone: subnets[subnet].zone,
          zoneName: AvailabilityZone.name(of: subnets[subnet].zone, in: settings.region),
          address: address,
          linkLayerAddress: plan.linkLayerAddress, groups: groups.map { self.groups[$0].record },
          type: .lambda, description: plan.description,
          requester: requester(order, session: session), owner: account, status: .inUse,
          attachment: InterfaceRecord.Attachment(
            identifier: SeededName.attachment(
              "ela-attach", plan.identifier.rawValue, seed: seed),
            time: now, deviceIndex: 1, instanceOwner: "amazon-aws")),
        subnet: subnet, purpose: purpose))
    vpcs[subnets[subnet].vpc].sharedCount += 1
    reportInterface(number)
    return number
  }
}

extension ControlPlane.Interface {
  /// Whether functions share it.
  var isShared: Bool {
    if case .shared = purpose { true } else { false }
  }
}
