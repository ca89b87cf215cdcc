import LambdaService
import SimulatedTime
import Testing

/// EC2's API fails for reasons of its own.
struct EC2FailureTests {
  private static let error = InvokeError.ec2Unexpected(code: "InternalError")

  @Test func `A function that is created meanwhile is Failed, and can be made when it is over`()
    throws
  {
    var shop = try Shop()
    shop.plane.setEC2Failure(.internalError, at: seconds(1))
    let orders = try shop.plane.createFunction(shop.function(), at: seconds(2))
    #expect(shop.plane.function(orders).state == .failed)
    let reason = try #require(shop.plane.function(orders).stateReason)
    #expect(reason.code == .internalError)
    #expect(
      reason.sentence.contains("EC2 Error Code: InternalError. EC2 Error Message: An internal"))
    let calls = shop.plane.takeOccurrences().calls("CreateNetworkInterface")
    #expect(calls.map(\.errorCode) == ["Server.InternalError"])
    shop.plane.setEC2Failure(nil, at: seconds(60))
    let billing = try shop.plane.createFunction(shop.function("billing"), at: seconds(61))
    shop.run(to: seconds(700))
    #expect(shop.plane.function(billing).state == .active)
  }

  @Test func `An update fails, and the function goes on as before`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(600))
    shop.plane.setEC2Failure(.unavailable, at: seconds(601))
    try shop.plane.updateFunctionConfiguration(
      orders, FunctionUpdate(vpc: .connect(shop.vpc(["b"]))), at: seconds(602))
    let function = shop.plane.function(orders)
    #expect(function.state == .active)
    #expect(function.lastUpdate == .failed)
    #expect(function.lastUpdateReason?.code == .internalError)
    #expect(function.lastUpdateReason?.sentence.contains("EC2 Error Code: Unavailable.") == true)
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(603)) == .admitted)
  }

  @Test func `An Inactive function cannot come back, and its invocations say why`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: days(15))
    shop.plane.setEC2Failure(.internalError, at: days(15))
    #expect(shop.plane.admit(invokeOf: orders, at: days(15)) == .refused(.resourceNotReady))
    #expect(shop.plane.function(orders).state == .inactive)
    #expect(shop.plane.admit(invokeOf: orders, at: days(16)) == .refused(Self.error))
    #expect(Self.error.status == 502 && Self.error.code == "EC2UnexpectedException")
    shop.plane.setEC2Failure(nil, at: days(17))
    _ = shop.plane.admit(invokeOf: orders, at: days(17))
    shop.run(to: days(18))
    #expect(shop.plane.function(orders).state == .active)
  }

  @Test func `Before 2019 the invocation of an environment that needs an interface fails`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(
      shop.function(era: .perEnvironment), at: .start)
    shop.plane.setEC2Failure(.internalError, at: seconds(1))
    shop.plane.requestInterface(
      forEnvironment: 0, named: "orders-1", of: orders, at: seconds(2))
    #expect(shop.plane.takeOccurrences().failures.map(\.error) == [Self.error])
  }

  @Test func `What is to be deleted is, when it is over`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(600))
    shop.plane.setEC2Failure(.internalError, at: seconds(601))
    try shop.plane.deleteFunction(orders, at: seconds(602))
    shop.run(to: seconds(2500))
    #expect(shop.living.map(\.status) == [.available])
    shop.plane.setEC2Failure(nil, at: seconds(2501))
    shop.run(to: seconds(2520))
    #expect(shop.living.isEmpty)
  }
}
