import LambdaService
import LambdawireModel
import LambdawireTesting
import SimulatedTime
import Testing

/// Published versions are functions of their own, but for their concurrency.
struct PublishedVersionTests {
  @Test func `A version is invoked by its qualified name, and stays as it was published`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    #expect(shop.plane.function(named: "orders:1") == nil)
    shop.run(to: seconds(600))
    try shop.plane.publishVersion(of: orders, at: seconds(600))
    let version = try #require(shop.plane.function(named: "orders:1"))
    try shop.plane.updateFunctionConfiguration(
      orders, FunctionUpdate(vpc: .disconnect), at: seconds(601))
    #expect(shop.plane.function(version).version == "1")
    #expect(shop.plane.function(version).arn.hasSuffix(":function:orders:1"))
    #expect(shop.plane.function(version).vpc == shop.vpc())
    #expect(shop.plane.function(orders).vpc == nil)
    #expect(shop.plane.admit(invokeOf: version, at: seconds(602)) == .admitted)
    #expect(throws: APIError.self) {
      try shop.plane.updateFunctionConfiguration(
        version, FunctionUpdate(memory: 512), at: seconds(603))
    }
    #expect(throws: APIError.self) {
      try shop.plane.publishVersion(of: version, at: seconds(603))
    }
    try shop.plane.deleteFunction(version, at: seconds(604))
    #expect(shop.plane.function(named: "orders:1") == nil)
    #expect(
      shop.plane.admit(invokeOf: version, at: seconds(605)) == .refused(.resourceNotFound))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(605)) == .admitted)
  }

  @Test func `A version that nobody invokes becomes Inactive on its own, and is restored`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(600))
    try shop.plane.publishVersion(of: orders, at: seconds(600))
    let version = try #require(shop.plane.function(named: "orders:1"))
    for day in 1...15 {
      #expect(shop.plane.admit(invokeOf: orders, at: days(Int64(day))) == .admitted)
      shop.plane.finishInvoke(of: orders)
    }
    #expect(shop.plane.function(version).state == .inactive)
    #expect(shop.plane.function(orders).state == .active)
    // The interface is the function's as well, so it has never been away.
    #expect(
      shop.plane.admit(invokeOf: version, at: days(15)) == .refused(.resourceNotReady))
    #expect(shop.plane.function(version).state == .active)
    #expect(shop.plane.admit(invokeOf: version, at: days(15)) == .admitted)
    #expect(shop.living.count == 1)
  }

  @Test func `Versions share the concurrency that their function has reserved`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(reserved: 2), at: .start)
    shop.run(to: seconds(600))
    try shop.plane.publishVersion(of: orders, at: seconds(600))
    let version = try #require(shop.plane.function(named: "orders:1"))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(600)) == .admitted)
    #expect(shop.plane.admit(invokeOf: version, at: seconds(600)) == .admitted)
    let refused = Admission.refused(
      .tooManyRequests(.reservedFunctionConcurrentInvocationLimitExceeded))
    #expect(shop.plane.admit(invokeOf: version, at: seconds(600)) == refused)
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(600)) == refused)
    shop.plane.finishInvoke(of: version)
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(600)) == .admitted)
    // What is under way is the account's as soon as nothing is reserved.
    try shop.plane.setReservedConcurrency(nil, of: orders, at: seconds(600))
    for _ in 0..<998 {
      #expect(shop.plane.admit(invokeOf: version, at: seconds(601)) == .admitted)
    }
    #expect(
      shop.plane.admit(invokeOf: version, at: seconds(601))
        == .refused(.tooManyRequests(.concurrentInvocationLimitExceeded)))
  }

  @Test(arguments: ["hyperplane-ebpf", "hyperplane", "per-environment"])
  func `After an update a version goes on by the old interface`(era: String) throws {
    let run = try SmallScenario.run(
      "functions.orders.versions=2", "functions.orders.networking=\(era)",
      "vpcs.shop.security-groups.other={ ingress: [] }",
      "traffic=[{ invoke: orders, arrivals: every 60 s, count: 10, do: [{ send: sink }] }, "
        + "{ invoke: \"orders:2\", arrivals: every 60 s, count: 10, do: [{ send: sink }] }]",
      "events=[{ update: orders, at: 95 s, security-groups: other }]", "duration=1 h")
    #expect(run.summary.invocations.finished == 20)
    let finished = try run.events("invocation-finished")
    let versions = finished.filter { $0.function == "orders:2" }
    #expect(versions.count == 10)
    #expect(versions.allSatisfy { $0.environment == "orders.2-1" })
    let latest = finished.filter { $0.function == "orders" }
    #expect(latest.count == 10)
    #expect(Set(latest.compactMap(\.environment)).count == 2)
    if era != "per-environment" {
      let translators = try run.events("translation-made").filter {
        $0.translator?.hasPrefix("eni-") == true
      }
      #expect(Set(translators.compactMap(\.translator)).count == 2)
    }
    #expect(
      try run.events("control").allSatisfy {
        $0.act != "DeleteNetworkInterface" || era == "per-environment"
      })
    expectNoDrops(in: run)
    expectVerified(in: run)
  }

  @Test func `A version does not exist before its function is Active, nor after it`() throws {
    let run = try SmallScenario.run(
      "functions.orders.versions=1", "functions.orders.created=20 s",
      "traffic.0={ invoke: \"orders:1\", arrivals: every 10 s, count: 50, do: [{ send: sink }] }",
      "events=[{ delete: orders, at: 405 s }]", "duration=1 h")
    let refused = try run.events("invocation-refused")
    #expect(!refused.isEmpty)
    #expect(refused.allSatisfy { $0.http_status == 404 && $0.function == "orders:1" })
    #expect(run.summary.invocations.finished > 0)
    let deleted = try run.events("control").filter { $0.act == "FunctionDeleted" }
    #expect(deleted.compactMap(\.function) == ["orders:1", "orders"])
  }
}
