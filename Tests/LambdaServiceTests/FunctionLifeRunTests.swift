import LambdawireModel
import LambdawireTesting
import Testing

/// Functions and network interfaces that come and go while a run goes on.
@Suite struct FunctionLifeRunTests {
  private func acts(_ run: LambdawireRun, _ names: String...) throws -> [LoggedEvent] {
    try run.events("control").filter { names.contains($0.act ?? "") }
  }

  /// What became of the invocations, each kind once for as long as it lasts.
  private func course(_ run: LambdawireRun) throws -> [String] {
    var course: [String] = []
    for event in try run.events() where event.event.hasPrefix("invocation-") {
      guard event.event != "invocation-started" else { continue }
      let outcome =
        event.event == "invocation-finished"
        ? "finished" : "\(event.detail?.prefix { $0 != ":" } ?? "") \(event.http_status ?? 0)"
      if course.last != outcome { course.append(outcome) }
    }
    return course
  }

  // MARK: - Before September 2019

  @Test func `Addresses come back when interfaces are deleted, and serve others`() throws {
    // Eleven addresses, of which each environment takes one; thirty need them one after the other.
    let run = try SmallScenario.run(
      "settings={ environment-idle: 1 s, own-eni-idle: 10 s, eni-detachment: 5 s }",
      "functions.orders.environments=30",
      "traffic=[{ invoke: orders, arrivals: every 60 s, count: 10, do: [{ send: sink }] }, "
        + "{ invoke: orders, arrivals: 9 at once, from: 30 s, do: [{ send: sink }] }, "
        + "{ invoke: orders, arrivals: 9 at once, from: 330 s, do: [{ send: sink }] }]",
      era: .perEnvironment)
    #expect(run.summary.invocations.finished == 28)
    #expect(try acts(run, "DeleteNetworkInterface").count >= 18)
    let detached = try acts(run, "DetachNetworkInterface")
    let deleted = try acts(run, "DeleteNetworkInterface")
    #expect(
      zip(detached, deleted).allSatisfy { $1.time_ns - $0.time_ns == 5_000_000_000 })
    expectNoDrops(in: run)
    expectVerified(in: run)
  }

  @Test func `An interface that waits is taken over by the next environment`() throws {
    let run = try SmallScenario.run(
      "settings={ environment-idle: 1 s }", "traffic.0.arrivals=every 60 s", "traffic.0.count=3",
      era: .perEnvironment)
    #expect(run.summary.invocations.coldStarts == 3)
    #expect(try acts(run, "CreateNetworkInterface").count == 1)
    let waits = try run.events("invocation-started").compactMap(\.elapsed_ns)
    #expect(waits.dropFirst().allSatisfy { $0 == 259_000_000 })
    expectNoDrops(in: run)
  }

  @Test func `EC2 throttles the calls of a burst, and Lambda gives up after some`() throws {
    let run = try SmallScenario.run(
      "settings={ ec2-create-burst: 3, ec2-create-rate: 1, ec2-attempts: 2, ec2-backoff: 100 ms }",
      "functions.orders.environments=8", "traffic.0.arrivals=8 at once", era: .perEnvironment)
    #expect(run.summary.invocations.finished == 3)
    let failed = try run.events("invocation-failed")
    #expect(failed.count == 5)
    #expect(failed.allSatisfy { $0.detail?.hasPrefix("EC2ThrottledException") == true })
    #expect(failed.allSatisfy { $0.http_status == 502 })
    #expect(try acts(run, "BackOff").count == 5)
  }

  @Test func `The quota of a Region is an error of those that came too late`() throws {
    // One interface is the host's.
    let run = try SmallScenario.run(
      "settings={ region-eni-quota: 3 }", "functions.orders.environments=4",
      "traffic.0.arrivals=4 at once", era: .perEnvironment)
    #expect(run.summary.invocations.finished == 2)
    let failed = try run.events("invocation-failed")
    #expect(failed.map(\.http_status) == [502, 502])
    #expect(failed.allSatisfy { $0.detail?.hasPrefix("ENILimitReachedException") == true })
  }

  @Test func `A role that may not make interfaces is found out by the invocation`() throws {
    let run = try SmallScenario.run(
      "functions.orders.permissions=[logs:PutLogEvents]", era: .perEnvironment)
    #expect(try course(run) == ["EC2AccessDeniedException 502"])
  }

  // MARK: - Since then

  @Test func `A function without permissions is not created, and cannot be invoked`() throws {
    let run = try SmallScenario.run(
      "functions.orders.permissions=[logs:*]", "functions.orders.created=500 ms")
    #expect(try course(run) == ["ResourceNotFoundException 404"])
    let refusal = try #require(try acts(run, "CreateFunctionRefused").first)
    #expect(refusal.reason?.contains("CreateNetworkInterface") == true)
    #expect(refusal.reason?.hasSuffix("(HTTP 400)") == true)
    let caller = try SmallScenario.run(
      "functions.orders.caller-permissions=[lambda:*, iam:PassRole]",
      "functions.orders.created=500 ms")
    #expect(
      try acts(caller, "CreateFunctionRefused").first?.reason?.contains("AccessDenied") == true)
  }

  @Test func `A VPC with all the interfaces it may have makes a new function fail`() throws {
    let run = try SmallScenario.run(
      "settings={ eni-quota: 1 }",
      "functions.late={ vpc: shop, subnets: private-a, security-groups: database, created: 0 s }",
      "traffic.0.invoke=late")
    #expect(try acts(run, "FunctionFailed").count == 1)
    #expect(try course(run) == ["ResourceConflictException 409"])
  }

  @Test func `A function that nobody used becomes Inactive, and its next invocation fails`() throws
  {
    let run = try SmallScenario.run(
      "settings={ inactive-after: 100 s }",
      "traffic=[{ invoke: orders, arrivals: once, do: [{ send: sink }] }, "
        + "{ invoke: orders, arrivals: every 10 s, from: 200 s, count: 60, do: [{ send: sink }] }]")
    #expect(
      try course(run) == [
        "finished", "ResourceNotReadyException 502", "ResourceConflictException 409", "finished",
      ])
    let life = try acts(run, "FunctionInactive", "FunctionPending", "FunctionActive")
    #expect(life.compactMap(\.act) == ["FunctionInactive", "FunctionPending", "FunctionActive"])
    #expect(try run.events("invocation-refused").first?.time_ns == 200_001_500_000)
    // The interface that is made then is another one, and is used.
    let interfaces = try acts(run, "NetworkInterfaceInUse").compactMap(\.resource)
    #expect(Set(interfaces).count == 2)
    let translators = try run.events("translation-made").compactMap(\.translator)
      .filter { $0.hasPrefix("eni-") }
    #expect(Set(translators) == Set(interfaces))
    expectNoDrops(in: run)
    expectVerified(in: run)
  }

  @Test func `An update goes on beside the old interfaces, until the new ones are in use`() throws {
    let run = try SmallScenario.run(
      "vpcs.shop.security-groups.other={ ingress: [] }",
      "traffic.0={ invoke: orders, arrivals: every 10 s, count: 40, do: [{ send: sink }] }",
      "events=[{ update: orders, at: 95 s, security-groups: other }]", "duration=1 h")
    #expect(try course(run) == ["finished"])
    let done = try #require(try acts(run, "UpdateSuccessful").first)
    #expect(try acts(run, "UpdateInProgress").map(\.time_ns) == [95_000_000_000])
    let finished = try run.events("invocation-finished")
    #expect(
      finished.allSatisfy { ($0.environment == "orders-3") == ($0.time_ns > done.time_ns) })
    // Twenty minutes later the old interface is gone, and the run has lasted until then.
    let deleted = try #require(try acts(run, "DeleteNetworkInterface").first)
    #expect(deleted.time_ns - done.time_ns == 1_200_000_000_000)
    expectNoDrops(in: run)
    expectVerified(in: run)
  }

  @Test func `A function that leaves its VPC reaches nothing, and its interface is deleted`() throws
  {
    let run = try SmallScenario.run(
      "traffic.0={ invoke: orders, arrivals: every 10 s, count: 5, do: [{ send: sink }] }",
      "events=[{ remove-vpc: orders, at: 25 s }]", "duration=1 h")
    #expect(run.summary.invocations.finished == 3)
    #expect(run.summary.invocations.failed == 2)
    #expect(try acts(run, "DeleteNetworkInterface").map(\.time_ns) == [1_225_000_000_000])
  }

  @Test func `A deleted function is gone; a version keeps the interface that an update leaves`()
    throws
  {
    let traffic =
      "traffic.0={ invoke: orders, arrivals: every 10 s, count: 5, do: [{ send: sink }] }"
    let gone = try SmallScenario.run(
      traffic, "events=[{ delete: orders, at: 25 s }]", "duration=1 h")
    #expect(try course(gone) == ["finished", "ResourceNotFoundException 404"])
    #expect(try acts(gone, "DeleteNetworkInterface").map(\.time_ns) == [1_225_000_000_000])
    let kept = try SmallScenario.run(
      traffic, "functions.orders.versions=1", "functions.orders.created=0 s",
      "vpcs.shop.security-groups.other={ ingress: [] }",
      "events=[{ update: orders, at: 300 s, security-groups: other }]", "duration=1 h")
    #expect(try acts(kept, "UpdateSuccessful").count == 1)
    #expect(try acts(kept, "DeleteNetworkInterface").isEmpty)
  }

  @Test func `Reserved concurrency is a function's own and its limit`() throws {
    let run = try SmallScenario.run(
      "functions.orders.reserved-concurrency=3", "functions.orders.environments=5",
      "traffic.0.arrivals=5 at once")
    #expect(run.summary.invocations.finished == 3)
    let throttled = try run.events("invocation-throttled")
    #expect(throttled.map(\.http_status) == [429, 429])
  }

  @Test func `While the API of EC2 fails no environment gets an interface, before 2019`() throws {
    let run = try SmallScenario.run(
      "traffic.0={ invoke: orders, arrivals: every 100 s, count: 3, do: [{ send: sink }] }",
      "functions.orders.environments=3", "settings.environment-idle=10 s",
      "settings.own-eni-idle=1 s", "events=[{ fail: ec2-api, at: 0 s, for: 150 s }]",
      era: .perEnvironment)
    let failed = try run.events("invocation-failed")
    #expect(failed.count == 2)
    #expect(failed.allSatisfy { $0.http_status == 502 })
    #expect(failed.allSatisfy { $0.detail?.hasPrefix("EC2UnexpectedException: ") == true })
    #expect(run.summary.invocations.finished == 1)
    #expect(try run.events("fault").map(\.act) == ["fail", "repair"])
    #expect(try run.summaryText().contains("0 s: fail ec2-api"))
  }

  @Test func `A function that is created while the API of EC2 fails is Failed`() throws {
    let run = try SmallScenario.run(
      "functions.orders.created=1 s", "events=[{ fail: ec2-api, at: 0 s }]",
      "traffic.0.from=20 s")
    #expect(try course(run) == ["ResourceConflictException 409"])
    let functions = try ServiceRecord(path: "\(run.folder)/events.jsonl", at: nil)
      .describe(.functions).text
    #expect(functions.contains(#""StateReasonCode": "InternalError""#))
    #expect(functions.contains("EC2 Error Code: InternalError."))
  }
}
