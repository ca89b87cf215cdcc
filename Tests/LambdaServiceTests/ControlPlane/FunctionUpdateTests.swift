import LambdaService
import SimulatedTime
import Testing

struct FunctionUpdateTests {
  @Test func `Invocations go on with the old interface until the new one is there`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(600))
    try shop.plane.updateFunctionConfiguration(
      orders, FunctionUpdate(vpc: .connect(shop.vpc(["b"]))), at: seconds(600))
    var record = shop.plane.function(orders)
    #expect(record.state == .active)
    #expect(record.lastUpdate == .inProgress)
    #expect(record.vpc == shop.vpc(["b"]))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(601)) == .admitted)
    #expect(throws: APIError.self) {
      try shop.plane.updateFunctionConfiguration(
        orders, FunctionUpdate(memory: 256), at: seconds(602))
    }
    shop.run(to: seconds(1200))
    record = shop.plane.function(orders)
    #expect(record.lastUpdate == .successful)
    #expect(shop.living.map(\.subnet) == ["a", "b"])
    shop.run(to: seconds(1200 + 1200))
    #expect(shop.living.map(\.subnet) == ["b"])
  }

  @Test func `An update that fails leaves the function as it was`() throws {
    var settings = ControlPlaneSettings()
    settings.sharedInterfacesPerVPC = 1
    var shop = try Shop(settings)
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(600))
    try shop.plane.updateFunctionConfiguration(
      orders, FunctionUpdate(vpc: .connect(shop.vpc(["b"]))), at: seconds(600))
    let record = shop.plane.function(orders)
    #expect(record.lastUpdate == .failed)
    #expect(record.lastUpdateReason?.code == .eniLimitExceeded)
    #expect(record.state == .active)
    #expect(record.vpc == shop.vpc(["a"]))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(601)) == .admitted)
    shop.run(to: seconds(3600))
    #expect(shop.living.map(\.subnet) == ["a"])
  }

  @Test func `A function that leaves its VPC has its interface deleted within 20 minutes`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(600))
    let free = shop.plane.freeAddressCount(in: shop.subnet("a"))
    try shop.plane.updateFunctionConfiguration(
      orders, FunctionUpdate(vpc: .disconnect), at: seconds(600))
    #expect(shop.plane.function(orders).vpc == nil)
    #expect(shop.plane.function(orders).lastUpdate == .successful)
    shop.run(to: seconds(600 + 1199))
    #expect(shop.living.count == 1)
    shop.run(to: seconds(600 + 1200))
    #expect(shop.living.isEmpty)
    #expect(shop.plane.freeAddressCount(in: shop.subnet("a")) == (free ?? 0) + 1)
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(2000)) == .admitted)
    try shop.plane.updateFunctionConfiguration(
      orders, FunctionUpdate(vpc: .connect(shop.vpc())), at: seconds(2000))
    shop.run(to: seconds(2600))
    #expect(shop.plane.function(orders).lastUpdate == .successful)
    #expect(shop.living.count == 1)
  }

  @Test func `An interface on its way out is taken back by the next function`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(600))
    try shop.plane.deleteFunction(orders, at: seconds(600))
    let again = try shop.plane.createFunction(shop.function(), at: seconds(1000))
    #expect(again != orders)
    #expect(shop.plane.function(again).state == .active)
    shop.run(to: days(1))
    #expect(shop.living.count == 1)
    #expect(shop.plane.networkInterfaces.count == 1)
  }

  @Test func `A published version keeps an interface that its function has left`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    #expect(throws: APIError.self) {
      try shop.plane.publishVersion(of: orders, at: seconds(1))
    }
    shop.run(to: seconds(600))
    let version = try shop.plane.publishVersion(of: orders, at: seconds(600))
    #expect(version == 1)
    try shop.plane.updateFunctionConfiguration(
      orders, FunctionUpdate(vpc: .disconnect), at: seconds(601))
    shop.run(to: days(1))
    #expect(shop.living.count == 1)
    #expect(throws: APIError.self) {
      try shop.plane.deleteFunction(orders, version: 2, at: days(1))
    }
    try shop.plane.deleteFunction(orders, version: 1, at: days(1))
    shop.run(to: days(2))
    #expect(shop.living.isEmpty)
    #expect(shop.plane.function(orders).state == .active)
  }

  @Test func `Deleting a function that is Pending takes its interface away too`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    try shop.plane.deleteFunction(orders, at: seconds(1))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(2)) == .refused(.resourceNotFound))
    #expect(shop.plane.function(named: "orders") == nil)
    #expect(throws: APIError.self) { try shop.plane.deleteFunction(orders, at: seconds(3)) }
    shop.run(to: days(1))
    #expect(shop.living.isEmpty)
  }

  @Test func `A role that may not delete leaves the interface behind until it may`() throws {
    var shop = try Shop()
    let role = Principal.executionRole(
      "lambda",
      permissions: .lambdaVPCAccessExecutionRole.denying("ec2:DeleteNetworkInterface"))
    let orders = try shop.plane.createFunction(shop.function(role: role), at: .start)
    shop.run(to: seconds(600))
    try shop.plane.deleteFunction(orders, at: seconds(600))
    shop.run(to: days(1))
    #expect(shop.living.map(\.status) == [.inUse])
    let refused = shop.plane.takeOccurrences().calls("DeleteNetworkInterface")
    #expect(refused.map(\.errorCode) == ["Client.UnauthorizedOperation"])
    shop.plane.setPermissions(.lambdaVPCAccessExecutionRole, ofRole: "lambda", at: days(1))
    shop.run(to: days(2))
    #expect(shop.living.isEmpty)
  }

  @Test func `An update of an Inactive function has its network made again`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: days(15))
    #expect(shop.plane.function(orders).state == .inactive)
    try shop.plane.updateFunctionConfiguration(
      orders, FunctionUpdate(vpc: .connect(shop.vpc(["b"]))), at: days(15))
    shop.run(to: days(15).advanced(by: .seconds(600)))
    #expect(shop.plane.function(orders).state == .active)
    #expect(shop.plane.function(orders).lastUpdate == .successful)
    #expect(shop.living.map(\.subnet) == ["b"])
  }
}
