import LambdaService
import SimulatedTime
import Testing
import VirtualNetwork

struct FunctionLifeTests {
  @Test func `A function is Pending until its interface is in use, and invocations fail meanwhile`()
    throws
  {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: seconds(1))
    #expect(shop.plane.function(orders).state == .pending)
    #expect(shop.plane.function(orders).stateReason?.code == .creating)
    #expect(
      shop.plane.admit(invokeOf: orders, at: seconds(2)) == .refused(.resourceConflict(.pending)))
    #expect(InvokeError.resourceConflict(.pending).status == 409)
    shop.run(to: seconds(602))
    #expect(shop.plane.function(orders).state == .active)
    #expect(shop.plane.function(orders).stateReason == nil)
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(602)) == .admitted)
    let occurrences = shop.plane.takeOccurrences()
    #expect(occurrences.states(of: "orders") == [.pending, .active])
    #expect(
      occurrences.statuses(of: "lambda/a/orders")
        == [.pending, .available, .attaching, .inUse])
    #expect(occurrences.calls("CreateFunction20150331").count == 1)
    #expect(occurrences.calls("CreateNetworkInterface").count == 1)
  }

  @Test func `Creating an interface takes between 30 and 600 seconds`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(29))
    #expect(shop.plane.function(orders).state == .pending)
    shop.run(to: seconds(600))
    #expect(shop.plane.function(orders).state == .active)
  }

  @Test func `Interfaces in several subnets are made side by side, and the last one counts`() throws
  {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(
      shop.function("orders", shop.vpc(["a", "b", "tiny"])), at: .start)
    #expect(shop.living.count == 3)
    shop.run(to: seconds(600))
    let occurrences = shop.plane.takeOccurrences()
    let ready = occurrences.filter {
      if case .networkInterface(let record) = $0.kind { record.status == .inUse } else { false }
    }
    #expect(ready.count == 3)
    let active = occurrences.last {
      if case .function(orders, let record) = $0.kind { record.state == .active } else { false }
    }
    #expect(active?.time == ready.map(\.time).max())
  }

  @Test func `Functions with the same subnet and set of groups share an interface, in any order`()
    throws
  {
    var shop = try Shop()
    _ = try shop.plane.createFunction(
      shop.function("orders", shop.vpc(["a"], ["orders", "billing"])), at: .start)
    shop.run(to: seconds(600))
    let second = try shop.plane.createFunction(
      shop.function("mail", shop.vpc(["a"], ["billing", "orders"])), at: seconds(600))
    #expect(shop.plane.function(second).state == .active)
    #expect(shop.living.count == 1)
    #expect(shop.living[0].description.hasPrefix("AWS Lambda VPC ENI-orders-"))
    _ = try shop.plane.createFunction(
      shop.function("other", shop.vpc(["a"], ["billing"])), at: seconds(600))
    #expect(shop.living.count == 2)
  }

  @Test func `A function that waits for an interface under way becomes Active with the first`()
    throws
  {
    var shop = try Shop()
    let first = try shop.plane.createFunction(shop.function("one"), at: .start)
    let second = try shop.plane.createFunction(shop.function("two"), at: seconds(5))
    #expect(shop.living.count == 1)
    shop.run(to: seconds(600))
    #expect(shop.plane.function(first).state == .active)
    #expect(shop.plane.function(second).state == .active)
  }

  @Test func `Without a VPC, and before September 2019, a function is Active at once`() throws {
    var shop = try Shop()
    var alone = shop.function("alone")
    alone.vpc = nil
    let first = try shop.plane.createFunction(alone, at: .start)
    let second = try shop.plane.createFunction(
      shop.function("old", era: .perEnvironment), at: .start)
    #expect(shop.plane.function(first).state == .active)
    #expect(shop.plane.function(second).state == .active)
    #expect(shop.living.isEmpty)
    #expect(shop.plane.nextDue == nil)
  }

  @Test
  func `After 14 days without an invocation the function is Inactive, and the next one fails`()
    throws
  {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(700))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(700)) == .admitted)
    shop.plane.finishInvoke(of: orders)
    shop.run(to: days(14))
    #expect(shop.plane.function(orders).state == .active)
    shop.run(to: days(14).advanced(by: .seconds(701)))
    #expect(shop.plane.function(orders).state == .inactive)
    #expect(shop.plane.function(orders).stateReason?.code == .idle)
    shop.run(to: days(14).advanced(by: .seconds(720)))
    #expect(shop.living.isEmpty)
    let refused = shop.plane.admit(invokeOf: orders, at: days(15))
    #expect(refused == .refused(.resourceNotReady))
    #expect(InvokeError.resourceNotReady.status == 502)
    #expect(shop.plane.function(orders).state == .pending)
    #expect(shop.plane.function(orders).stateReason?.code == .restoring)
    #expect(
      shop.plane.admit(invokeOf: orders, at: days(15)) == .refused(.resourceConflict(.pending)))
    shop.run(to: days(15).advanced(by: .seconds(600)))
    #expect(shop.plane.function(orders).state == .active)
    #expect(
      shop.plane.takeOccurrences().states(of: "orders")
        == [.pending, .active, .inactive, .pending, .active])
    #expect(shop.living.count == 1)
    // Another interface of the same name is another interface.
    #expect(Set(shop.plane.networkInterfaces.map(\.identifier)).count == 2)
  }

  @Test func `An invocation under way keeps a function from being idle`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(700))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(700)) == .admitted)
    shop.run(to: days(15))
    #expect(shop.plane.function(orders).state == .active)
  }

  @Test
  func `A role that lost its permission makes restoring fail, and the function Inactive again`()
    throws
  {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: days(15))
    let denied = Permissions.lambdaVPCAccessExecutionRole.denying("ec2:CreateNetworkInterface")
    shop.plane.setPermissions(denied, ofRole: "lambda", at: days(15))
    #expect(
      shop.plane.admit(invokeOf: orders, at: days(15)) == .refused(.resourceNotReady))
    #expect(shop.plane.function(orders).state == .inactive)
    #expect(shop.plane.function(orders).stateReason?.code == .insufficientRolePermissions)
    let again = shop.plane.admit(invokeOf: orders, at: days(15))
    #expect(again == .refused(.ec2AccessDenied(action: "ec2:CreateNetworkInterface")))
    shop.plane.setPermissions(
      .lambdaVPCAccessExecutionRole, ofRole: "lambda", at: days(16))
    _ = shop.plane.admit(invokeOf: orders, at: days(16))
    shop.run(to: days(16).advanced(by: .seconds(600)))
    #expect(shop.plane.admit(invokeOf: orders, at: days(17)) == .admitted)
  }

  @Test func `Functions of long ago are Active with the interfaces of the plan`() throws {
    var network = try Shop().network
    let subnet = try #require(network.subnet(named: "a"))
    let group = try #require(network.securityGroup(named: "orders"))
    let planned = try network.addInterface(
      name: "lambda/a/orders", in: subnet, securityGroups: [group], type: .lambda,
      description: "AWS Lambda VPC ENI-orders-…")
    var shop = try Shop()
    shop.plane = ControlPlane(account: AccountIdentifier(owner: "x", seed: 1), seed: Shop.seed)
    shop.plane.addVPC(network)
    let free = shop.plane.freeAddressCount(in: shop.subnet("a"))
    let orders = shop.plane.establish(shop.function(), on: ["lambda/a/orders"])
    let mail = shop.plane.establish(shop.function("mail"), on: ["lambda/a/orders"])
    #expect(shop.plane.function(orders).state == .active)
    #expect(shop.living.count == 1)
    #expect(shop.living[0].address == network.interfaces[Int(planned.rawValue)].address)
    #expect(shop.living[0].identifier == network.interfaces[Int(planned.rawValue)].identifier)
    #expect(shop.plane.freeAddressCount(in: shop.subnet("a")) == free)
    #expect(shop.plane.takeOccurrences().calls("CreateNetworkInterface").isEmpty)
    try shop.plane.deleteFunction(orders, at: seconds(1))
    shop.run(to: seconds(3600))
    #expect(shop.living.count == 1)
    try shop.plane.deleteFunction(mail, at: seconds(3600))
    shop.run(to: seconds(3600 + 1200))
    #expect(shop.living.isEmpty)
  }

  @Test func `An interface that is lost is made again; without another the function is not ready`()
    throws
  {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    let both = try shop.plane.createFunction(
      shop.function("both", shop.vpc(["a", "b"])), at: .start)
    shop.run(to: seconds(700))
    let isLost = shop.plane.loseInterfaces(
      subnet: shop.subnet("a"), securityGroups: [shop.group("orders")], at: seconds(700))
    #expect(isLost)
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(701)) == .refused(.eniNotReady))
    #expect(shop.plane.admit(invokeOf: both, at: seconds(701)) == .admitted)
    shop.run(to: seconds(1300))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(1300)) == .admitted)
    #expect(shop.living.count == 2)
  }

  @Test func `A lost interface that cannot be made again is tried with each invocation`() throws {
    var shop = try Shop()
    let orders = try shop.plane.createFunction(shop.function(), at: .start)
    shop.run(to: seconds(700))
    shop.plane.setPermissions(Permissions(allowing: []), ofRole: "lambda", at: seconds(700))
    shop.plane.loseInterfaces(
      subnet: shop.subnet("a"), securityGroups: [shop.group("orders")], at: seconds(700))
    shop.run(to: seconds(800))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(800)) == .refused(.eniNotReady))
    let calls = shop.plane.takeOccurrences().calls("CreateNetworkInterface")
    #expect(
      calls.map(\.errorCode) == [nil] + Array(repeating: "Client.UnauthorizedOperation", count: 2))
    shop.plane.setPermissions(.lambdaVPCAccessExecutionRole, ofRole: "lambda", at: seconds(800))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(801)) == .refused(.eniNotReady))
    shop.run(to: seconds(1401))
    #expect(shop.plane.admit(invokeOf: orders, at: seconds(1401)) == .admitted)
    #expect(shop.living.map(\.status) == [.inUse])
  }
}
