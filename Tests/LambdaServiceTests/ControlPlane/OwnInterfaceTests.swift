import LambdaService
import SimulatedTime
import Testing
import VirtualNetwork

/// Before September 2019.
struct OwnInterfaceTests {
  private func request(
    _ shop: inout Shop, _ environments: Range<Int>, of function: Int, at time: Instant
  ) {
    for environment in environments {
      shop.plane.requestInterface(
        forEnvironment: environment, named: "old-\(environment)", of: function, at: time)
    }
  }

  @Test
  func `An environment gets an interface in two steps, with requester and description of the time`()
    throws
  {
    var shop = try Shop()
    let old = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment), at: .start)
    request(&shop, 0..<1, of: old, at: seconds(1))
    shop.run(to: seconds(61))
    let occurrences = shop.plane.takeOccurrences()
    let steps = occurrences.compactMap {
      occurrence -> (Occurrence.EnvironmentStep, Instant, Duration)? in
      guard case .step(0, let step, _, let duration) = occurrence.kind else { return nil }
      return (step, occurrence.time, duration)
    }
    #expect(steps.map(\.0) == [.create, .attach])
    #expect(steps[0].1 == seconds(1))
    #expect(steps[1].1 == seconds(1).advanced(by: steps[0].2))
    #expect(occurrences.attached.map(\.environment) == [0])
    #expect(occurrences.attached[0].time == steps[1].1.advanced(by: steps[1].2))
    #expect((.seconds(3) ... .seconds(60)).contains(steps[0].2 + steps[1].2))
    let record = try #require(shop.living.first)
    #expect(record.status == .inUse)
    #expect(record.type == .interface)
    #expect(record.description.hasPrefix("AWS Lambda VPC ENI: "))
    #expect(record.description.utf8.count == 20 + 36)
    #expect(record.requester.hasPrefix("\(shop.plane.account):awslambda_"))
    #expect(record.requester.hasSuffix("_20190903000001000"))
    #expect(record.attachment?.identifier.hasPrefix("eni-attach-0") == true)
    let call = try #require(occurrences.calls("CreateNetworkInterface").first)
    guard case .assumedRole(let role, let principal, let session, _, _) = call.identity else {
      Issue.record("not called with the role")
      return
    }
    #expect(role == "lambda")
    #expect(principal.hasPrefix("AROA"))
    #expect(principal.utf8.count == 21)
    #expect(record.requester == "\(shop.plane.account):\(session)")
  }

  @Test func `Each environment takes an address, until the subnet has none`() throws {
    var shop = try Shop()
    let old = try shop.plane.createFunction(
      shop.function("old", shop.vpc(["tiny"]), era: .perEnvironment), at: .start)
    request(&shop, 0..<13, of: old, at: .start)
    #expect(shop.living.count == 11)
    #expect(Set(shop.living.map(\.address)).count == 11)
    let failures = shop.plane.takeOccurrences().failures
    #expect(failures.map(\.environment) == [11, 12])
    let error = InvokeError.subnetIPAddressLimitReached(subnet: shop.subnet("tiny").rawValue)
    #expect(failures.allSatisfy { $0.error == error })
    #expect(error.status == 502)
    #expect(error.code == "SubnetIPAddressLimitReachedException")
  }

  @Test func `Subnets take turns`() throws {
    var shop = try Shop()
    let old = try shop.plane.createFunction(
      shop.function("old", shop.vpc(["a", "b"]), era: .perEnvironment), at: .start)
    request(&shop, 0..<4, of: old, at: .start)
    #expect(shop.living.map(\.subnet) == ["a", "b", "a", "b"])
  }

  @Test func `EC2 throttles, Lambda waits and tries again, and gives up in the end`() throws {
    var settings = ControlPlaneSettings()
    settings.createRequests = 10
    settings.createRefill = 1
    var shop = try Shop(settings)
    let old = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment), at: .start)
    request(&shop, 0..<100, of: old, at: .start)
    #expect(shop.living.count == 10)
    shop.run(to: seconds(200))
    let occurrences = shop.plane.takeOccurrences()
    let served = occurrences.attached.count
    #expect(served + occurrences.failures.count == 100)
    // Attempts go on for some 20 to 40 seconds, in which a token comes each second.
    #expect((25...60).contains(served))
    #expect(occurrences.failures.allSatisfy { $0.error == .ec2Throttled(attempts: 8) })
    let throttled = occurrences.calls("CreateNetworkInterface").filter { $0.errorCode != nil }
    #expect(throttled.allSatisfy { $0.errorCode == "Client.RequestLimitExceeded" })
    #expect(throttled.count >= occurrences.failures.count * 8)
  }

  @Test func `The next environment in a place takes over the interface at once`() throws {
    var shop = try Shop()
    let old = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment), at: .start)
    request(&shop, 0..<2, of: old, at: .start)
    shop.run(to: seconds(60))
    shop.plane.releaseInterface(ofEnvironment: 1, at: seconds(60))
    shop.plane.releaseInterface(ofEnvironment: 0, at: seconds(61))
    // Releasing twice is releasing once.
    shop.plane.releaseInterface(ofEnvironment: 0, at: seconds(62))
    #expect(shop.plane.placeWithIdleInterface(of: old) == 0)
    _ = shop.plane.takeOccurrences()
    request(&shop, 0..<1, of: old, at: seconds(100))
    #expect(shop.plane.takeOccurrences().attached.map(\.time) == [seconds(100)])
    #expect(shop.plane.placeWithIdleInterface(of: old) == 1)
    #expect(shop.plane.networkInterfaces.count == 2)
    // The other one goes when nobody has come for it.
    shop.run(to: seconds(60 + 1200 + 5))
    #expect(shop.living.map(\.name) == ["old-0"])
    #expect(shop.plane.placeWithIdleInterface(of: old) == nil)
    #expect(
      shop.plane.takeOccurrences().statuses(of: "old-1") == [.detaching, .available, .gone])
    request(&shop, 1..<2, of: old, at: seconds(2000))
    shop.run(to: seconds(2060))
    #expect(shop.living.count == 2)
    #expect(Set(shop.plane.networkInterfaces.map(\.identifier)).count == 3)
  }

  @Test func `An environment that ends while it waits leaves its interface to the next`() throws {
    var shop = try Shop()
    let old = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment), at: .start)
    request(&shop, 0..<1, of: old, at: .start)
    shop.plane.releaseInterface(ofEnvironment: 0, at: seconds(1))
    shop.run(to: seconds(60))
    #expect(shop.plane.takeOccurrences().attached.isEmpty)
    #expect(shop.plane.placeWithIdleInterface(of: old) == 0)
    // Releasing what was never asked for changes nothing.
    shop.plane.releaseInterface(ofEnvironment: 99, at: seconds(60))
  }

  @Test func `A place that is asked for again while its interface is made gets that one`() throws {
    var shop = try Shop()
    let old = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment), at: .start)
    request(&shop, 0..<1, of: old, at: .start)
    shop.plane.releaseInterface(ofEnvironment: 0, at: seconds(1))
    request(&shop, 0..<1, of: old, at: seconds(2))
    shop.run(to: seconds(60))
    #expect(shop.plane.networkInterfaces.count == 1)
    #expect(shop.plane.takeOccurrences().attached.count == 1)
  }

  @Test func `The execution role's missing permission is the invocation's failure`() throws {
    var shop = try Shop()
    let old = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment), at: .start)
    shop.plane.setPermissions(Permissions(allowing: []), ofRole: "lambda", at: seconds(1))
    request(&shop, 0..<1, of: old, at: seconds(2))
    let failures = shop.plane.takeOccurrences().failures
    #expect(failures.map(\.error) == [.ec2AccessDenied(action: "ec2:CreateNetworkInterface")])
    #expect(failures.first?.error.status == 502)
  }

  @Test func `Without the permission to delete, detached interfaces pile up and hold addresses`()
    throws
  {
    var shop = try Shop()
    let role = Principal.executionRole(
      "lambda",
      permissions: .lambdaVPCAccessExecutionRole.denying("ec2:DeleteNetworkInterface"))
    let old = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment, role: role), at: .start)
    request(&shop, 0..<3, of: old, at: .start)
    shop.run(to: seconds(60))
    for environment in 0..<3 {
      shop.plane.releaseInterface(ofEnvironment: environment, at: seconds(60))
    }
    shop.run(to: days(1))
    #expect(shop.living.map(\.status) == [.available, .available, .available])
    shop.plane.setPermissions(.lambdaENIManagementAccess, ofRole: "lambda", at: days(1))
    shop.run(to: days(1))
    #expect(shop.living.isEmpty)
  }

  @Test func `The quota of the Region ends scaling`() throws {
    var settings = ControlPlaneSettings()
    settings.interfacesPerRegion = 5
    var shop = try Shop(settings)
    let old = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment), at: .start)
    request(&shop, 0..<6, of: old, at: .start)
    #expect(
      shop.plane.takeOccurrences().failures.map(\.error)
        == [.eniLimitReached(limit: 5, .region)])
    #expect(InvokeError.eniLimitReached(limit: 5, .region).status == 502)
  }

  @Test func `Environments of functions without such a subnet or group get none`() throws {
    var shop = try Shop()
    var alone = shop.function("alone", era: .perEnvironment)
    alone.vpc = nil
    let function = try shop.plane.createFunction(alone, at: .start)
    request(&shop, 0..<1, of: function, at: .start)
    #expect(
      shop.plane.takeOccurrences().failures.map(\.error) == [.invalidSubnetID(subnet: "none")])
    let strange = shop.plane.establish(
      shop.function("strange", shop.vpc(["a"], ["nobody"]), era: .perEnvironment), on: [])
    request(&shop, 1..<2, of: strange, at: .start)
    #expect(
      shop.plane.takeOccurrences().failures.map(\.error)
        == [.invalidSecurityGroupID(group: "sg-nobody")])
  }

  @Test(arguments: [
    (0, 512, 0), (1, 128, 1), (1000, 3072, 1000), (1000, 1536, 500), (1001, 1536, 501),
    (24, 128, 1), (25, 128, 2), (Int.max, Int.max, Int.max), (-5, 128, 0),
  ])
  func `The capacity formula`(_ concurrency: Int, _ memory: Int, _ expected: Int) {
    #expect(ControlPlane.projectedInterfaces(concurrency: concurrency, memory: memory) == expected)
  }
}
