import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Interfaces beside the first of a subnet and set of groups.
struct AddedInterfaceTests {
  private static let first = "lambda/a/orders"
  private static let second = "lambda/a/orders/2"

  /// A shop with a function whose interface has been in use for long.
  private func shop(
    _ settings: ControlPlaneSettings = ControlPlaneSettings(),
    role: Principal = .executionRole("lambda")
  ) throws -> Shop {
    var shop = try Shop(settings)
    _ = try shop.plane.createFunction(shop.function(role: role), at: .start)
    shop.run(to: seconds(600))
    _ = shop.plane.takeOccurrences()
    return shop
  }

  private func add(
    _ name: String = second, inPlaceOf former: String? = nil, to shop: inout Shop,
    subnet: String = "a", at time: Instant = seconds(1000)
  ) -> Bool {
    shop.plane.addInterface(
      name, inPlaceOf: former, subnet: shop.subnet(subnet), securityGroups: [shop.group("orders")],
      at: time)
  }

  /// A mutating call cannot stand inside `#expect`.
  private func check(_ isOrdered: Bool, is expected: Bool) { #expect(isOrdered == expected) }

  private func refusals(_ shop: inout Shop) -> [InvokeError] {
    shop.plane.takeOccurrences().compactMap {
      if case .notAdded(Self.second, "shop", let error) = $0.kind { error } else { nil }
    }
  }

  @Test func `One more is there after a minute, and CloudTrail has the call`() throws {
    var shop = try shop()
    check(add(to: &shop), is: true)
    shop.run(to: seconds(1059))
    #expect(shop.living.map(\.status) == [.inUse, .attaching])
    shop.run(to: seconds(1060))
    #expect(shop.living.map(\.status) == [.inUse, .inUse])
    #expect(shop.living.map(\.name) == [Self.first, Self.second])
    #expect(Set(shop.living.map(\.address)).count == 2)
    #expect(shop.living.allSatisfy { $0.type == .lambda && $0.groups.map(\.name) == ["orders"] })
    #expect(shop.plane.interfaceCount == 2)
    let occurrences = shop.plane.takeOccurrences()
    #expect(occurrences.statuses(of: Self.second) == [.pending, .available, .attaching, .inUse])
    #expect(occurrences.calls("CreateNetworkInterface").map(\.errorCode) == [nil])
  }

  @Test(arguments: [true, false])
  func `A quota that is used up refuses it, and invocations go on`(ofVPC: Bool) throws {
    var settings = ControlPlaneSettings()
    if ofVPC { settings.sharedInterfacesPerVPC = 1 } else { settings.interfacesPerRegion = 1 }
    var shop = try shop(settings)
    check(add(to: &shop), is: true)
    shop.run(to: seconds(2000))
    #expect(shop.living.count == 1)
    let orders = try #require(shop.plane.function(named: "orders"))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(2000)) == .admitted)
    let calls = shop.plane.takeOccurrences()
    #expect(
      calls.calls("CreateNetworkInterface").map(\.errorCode)
        == ["Client.NetworkInterfaceLimitExceeded"])
    #expect(
      calls.contains {
        $0.kind
          == .notAdded(
            interface: Self.second, vpc: "shop", .eniLimitReached(limit: 1, ofVPC ? .vpc : .region))
      })
  }

  @Test func `An interface that was added counts for the quota`() throws {
    var settings = ControlPlaneSettings()
    settings.sharedInterfacesPerVPC = 2
    var shop = try shop(settings)
    check(add(to: &shop), is: true)
    shop.run(to: seconds(1060))
    let other = try shop.plane.createFunction(
      shop.function("other", shop.vpc(["b"])), at: seconds(1100))
    #expect(shop.plane.function(other).state == .failed)
    #expect(shop.plane.function(other).stateReason?.code == .eniLimitExceeded)
  }

  @Test func `A role that may not make one gets none`() throws {
    var shop = try shop()
    shop.plane.setPermissions(
      Permissions(allowing: ["ec2:DeleteNetworkInterface"]), ofRole: "lambda", at: seconds(700))
    check(add(to: &shop), is: true)
    let refusals = refusals(&shop)
    #expect(refusals == [.ec2AccessDenied(action: "ec2:CreateNetworkInterface")])
  }

  @Test func `A subnet without a free address has none for it`() throws {
    var shop = try Shop()
    _ = try shop.plane.createFunction(
      shop.function("orders", shop.vpc(["tiny"])), at: .start)
    shop.run(to: seconds(600))
    // Eleven addresses, of which the first interface has one.
    for ordinal in 2...11 {
      check(add("lambda/tiny/orders/\(ordinal)", to: &shop, subnet: "tiny"), is: true)
    }
    shop.run(to: seconds(2000))
    #expect(shop.living.count == 11)
    _ = shop.plane.takeOccurrences()
    check(add(to: &shop, subnet: "tiny", at: seconds(2000)), is: true)
    let refusals = refusals(&shop)
    #expect(
      refusals == [.subnetIPAddressLimitReached(subnet: shop.subnet("tiny").rawValue)])
  }

  @Test func `A call that EC2 throttles is made again, and given up after some`() throws {
    var settings = ControlPlaneSettings()
    (settings.createRequests, settings.createRefill) = (1, 1)
    var shop = try shop(settings)
    for ordinal in 2...3 { check(add("lambda/a/orders/\(ordinal)", to: &shop), is: true) }
    shop.run(to: seconds(1100))
    #expect(shop.living.count == 3)
    let calls = shop.plane.takeOccurrences().calls("CreateNetworkInterface")
    #expect(calls.contains { $0.errorCode == "Client.RequestLimitExceeded" })
    settings.attempts = 1
    shop = try self.shop(settings)
    check(add("lambda/a/orders/3", to: &shop), is: true)
    check(add(to: &shop), is: true)
    shop.run(to: seconds(1100))
    let refusals = refusals(&shop)
    #expect(refusals == [.ec2Throttled(attempts: 1)])
  }

  @Test func `One in the place of another is there at once, and the other goes`() throws {
    var shop = try shop()
    check(add(inPlaceOf: Self.first, to: &shop), is: true)
    shop.run(to: seconds(1000))
    #expect(shop.living.map(\.status) == [.detaching, .inUse])
    shop.run(to: seconds(1005))
    #expect(shop.living.map(\.name) == [Self.second])
    #expect(shop.plane.interfaceCount == 1)
    let orders = try #require(shop.plane.function(named: "orders"))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(1005)) == .admitted)
    let calls = shop.plane.takeOccurrences()
    #expect(calls.calls("CreateNetworkInterface").count == 1)
    #expect(calls.calls("DeleteNetworkInterface").count == 1)
    check(add("lambda/a/orders/3", inPlaceOf: "nothing", to: &shop), is: false)
  }

  @Test func `What nobody uses does not grow, and what was added goes with the rest`() throws {
    var shop = try shop()
    check(add(to: &shop, subnet: "b"), is: false)
    check(add(to: &shop, subnet: "nowhere"), is: false)
    check(add(to: &shop), is: true)
    shop.run(to: seconds(1060))
    let orders = try #require(shop.plane.function(named: "orders"))
    try shop.plane.deleteFunction(orders, at: seconds(1100))
    check(add("lambda/a/orders/3", to: &shop, at: seconds(1101)), is: false)
    shop.run(to: seconds(3000))
    #expect(shop.living.isEmpty)
    #expect(shop.plane.interfaceCount == 0)
  }

  @Test func `An address that is kept for it is its own the first time, and counts only then`()
    throws
  {
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [IPv4Prefix("10.0.0.0/16")], seed: Shop.seed)
    let subnet = try network.addSubnet(
      name: "a", cidr: IPv4Prefix("10.0.1.0/24"), zone: "use1-az1")
    let group = try network.addSecurityGroup(name: "orders")
    for name in [Self.first, Self.second] {
      _ = try network.addInterface(name: name, in: subnet, securityGroups: [group], type: .lambda)
    }
    var plane = ControlPlane(
      account: AccountIdentifier(owner: "shop", seed: Shop.seed), seed: Shop.seed)
    plane.addVPC(network, spareInterfaces: [Self.second])
    #expect(plane.interfaceCount == 1)
    let vpc = VPCConfiguration(
      subnets: [network.subnets[0].identifier],
      securityGroups: [network.securityGroups[Int(group.rawValue)].identifier])
    plane.establish(
      FunctionConfiguration(name: "orders", role: .executionRole("lambda"), vpc: vpc),
      on: [Self.first])
    plane.addInterface(
      Self.second, subnet: vpc.subnets[0], securityGroups: vpc.securityGroups, at: seconds(1))
    #expect(plane.interfaceCount == 2)
    let made = try #require(plane.networkInterfaces.last)
    let planned = network.interfaces[1]
    #expect(made.address == planned.address)
    #expect(made.identifier == planned.identifier)
    #expect(made.linkLayerAddress == planned.linkLayerAddress)
  }
}
