import LambdaService
import SimulatedTime
import Testing
import VirtualNetwork

/// Calls that AWS refuses, each with what it says.
struct RefusedCallTests {
  /// What creating the function is refused with.
  private func refusal(
    _ function: FunctionConfiguration, by caller: Principal = .administrator, in shop: Shop
  ) -> APIError? {
    var plane = shop.plane
    do throws(APIError) {
      try plane.createFunction(function, by: caller, at: .start)
      return nil
    } catch {
      // A refused call leaves nothing but its record.
      #expect(plane.networkInterfaces.isEmpty)
      #expect(plane.function(named: function.name) == shop.plane.function(named: function.name))
      return error
    }
  }

  @Test func `A VPC needs both subnets and groups`() throws {
    let shop = try Shop()
    for vpc in [shop.vpc([], ["orders"]), shop.vpc(["a"], []), shop.vpc([], [])] {
      let error = try #require(refusal(shop.function("f", vpc), in: shop))
      #expect(error.code == .invalidParameterValue)
      #expect(error.status == 400)
      #expect(error.sentence == "SubnetIds and SecurityIds must coexist or be both empty list.")
    }
  }

  @Test func `Sixteen subnets and five groups are the most`() throws {
    let shop = try Shop()
    let subnets = Array(repeating: "a", count: 17)
    #expect(refusal(shop.function("f", shop.vpc(subnets)), in: shop)?.code == .validation)
    let groups = ["orders", "billing", "g3", "g4", "g5", "g6"]
    #expect(refusal(shop.function("f", shop.vpc(["a"], groups)), in: shop)?.code == .validation)
    #expect(refusal(shop.function("f", shop.vpc(["a"], groups.dropLast())), in: shop) == nil)
  }

  @Test func `Subnets and groups must exist and belong together`() throws {
    let shop = try Shop()
    let unknown = refusal(shop.function("f", shop.vpc(["a", "nowhere"])), in: shop)
    #expect(unknown?.sentence.contains("InvalidSubnetID.NotFound") == true)
    let group = refusal(shop.function("f", shop.vpc(["a"], ["nobody"])), in: shop)
    #expect(group?.sentence.contains("InvalidGroup.NotFound") == true)
    var vpc = shop.vpc()
    vpc.subnets.append(shop.other.subnets[0].identifier)
    #expect(
      refusal(shop.function("f", vpc), in: shop)?.sentence.contains("same VPC") == true)
    vpc = shop.vpc()
    vpc.securityGroups.append(shop.other.securityGroups[1].identifier)
    #expect(
      refusal(shop.function("f", vpc), in: shop)?.sentence.contains("different VPCs") == true)
  }

  @Test func `Dedicated tenancy and IPv6 without IPv6 are refused`() throws {
    let dedicated = try Shop(hasDedicatedTenancy: true)
    #expect(
      refusal(dedicated.function(), in: dedicated)?.sentence.contains("dedicated") == true)
    let shop = try Shop(dualStack: ["b"])
    #expect(
      refusal(shop.function("f", shop.vpc(["a", "b"], dualStack: true)), in: shop)?.sentence
        .contains("Ipv6AllowedForDualStack") == true)
    #expect(refusal(shop.function("f", shop.vpc(["b"], dualStack: true)), in: shop) == nil)
  }

  @Test func `An execution role that may not create interfaces is refused as AWS does it`() throws {
    let shop = try Shop()
    let role = Principal.executionRole("poor", permissions: Permissions(allowing: ["logs:*"]))
    let error = try #require(refusal(shop.function(role: role), in: shop))
    #expect(
      error
        == APIError(
          .invalidParameterValue,
          "The provided execution role does not have permissions to call CreateNetworkInterface on "
            + "EC2"))
    // Without a VPC it needs no such permission.
    var alone = shop.function("alone", role: role)
    alone.vpc = nil
    #expect(refusal(alone, in: shop) == nil)
  }

  @Test func `A role that may create but not describe interfaces leaves a Failed function`() throws
  {
    var shop = try Shop()
    let role = Principal.executionRole(
      "blind",
      permissions: .lambdaVPCAccessExecutionRole.denying("ec2:DescribeNetworkInterfaces"))
    let orders = try shop.plane.createFunction(shop.function(role: role), at: .start)
    #expect(shop.plane.function(orders).state == .failed)
    #expect(shop.plane.function(orders).stateReason?.code == .insufficientRolePermissions)
    #expect(
      shop.plane.admit(invokeOf: orders, at: .start) == .refused(.resourceConflict(.failed)))
    #expect(throws: APIError.self) {
      try shop.plane.updateFunctionConfiguration(
        orders, FunctionUpdate(memory: 1024), at: seconds(1))
    }
    try shop.plane.deleteFunction(orders, at: seconds(2))
  }

  @Test(arguments: [
    "DescribeSubnets", "DescribeSecurityGroups", "DescribeVpcs", "GetSecurityGroupsForVpc",
  ])
  func `A caller who may not look at the VPC is refused`(_ action: String) throws {
    let shop = try Shop()
    let caller = Principal(
      .user, name: "eve", permissions: Permissions.administrator.denying("ec2:\(action)"))
    let error = try #require(refusal(shop.function(), by: caller, in: shop))
    #expect(error.code == .accessDenied)
    #expect(error.status == 403)
    #expect(error.sentence.contains(action))
    #expect(error.sentence.contains("UnauthorizedOperation"))
  }

  @Test(arguments: ["lambda:CreateFunction", "iam:PassRole"])
  func `A caller without a permission of Lambda is refused`(_ action: String) throws {
    let shop = try Shop()
    let caller = Principal(
      .user, name: "eve", permissions: Permissions.administrator.denying(action))
    let error = try #require(refusal(shop.function(), by: caller, in: shop))
    #expect(error.code == .accessDenied)
    #expect(error.sentence.contains("user/eve is not authorized to perform: \(action)"))
  }

  @Test func `Names, memory and timeout have their bounds`() throws {
    let shop = try Shop()
    for name in ["", "a b", "ä", String(repeating: "x", count: 65)] {
      #expect(refusal(shop.function(name), in: shop)?.code == .validation)
    }
    for memory in [127, 10_241, -1, Int.max] {
      #expect(refusal(shop.function(memory: memory), in: shop)?.code == .validation)
    }
    for timeout in [0, 901] {
      var function = shop.function()
      function.timeout = timeout
      #expect(refusal(function, in: shop)?.code == .validation)
    }
  }

  @Test func `A name can be had once`() throws {
    var shop = try Shop()
    _ = try shop.plane.createFunction(shop.function(), at: .start)
    do throws(APIError) {
      try shop.plane.createFunction(shop.function(), at: seconds(1))
      Issue.record("created twice")
    } catch {
      #expect(error == APIError(.resourceConflict, "Function already exist: orders"))
      #expect(error.status == 409)
    }
  }

  @Test func `A subnet without an address is refused at once where a new interface is needed`()
    throws
  {
    var shop = try Shop()
    // One address each: eleven sets of groups would be needed, so environments take them.
    let old = try shop.plane.createFunction(
      shop.function("old", shop.vpc(["tiny"]), era: .perEnvironment), at: .start)
    for environment in 0..<11 {
      shop.plane.requestInterface(
        forEnvironment: environment, named: "old-\(environment)", of: old, at: .start)
    }
    #expect(shop.plane.freeAddressCount(in: shop.subnet("tiny")) == 0)
    do throws(APIError) {
      try shop.plane.createFunction(
        shop.function("new", shop.vpc(["a", "tiny"])), at: seconds(1))
      Issue.record("created without an address")
    } catch {
      #expect(error.code == .invalidParameterValue)
      #expect(
        error.sentence == "The subnet \(shop.subnet("tiny")) is out of IP addresses.")
    }
  }

  @Test func `The quota of a VPC makes a function Failed`() throws {
    var settings = ControlPlaneSettings()
    settings.sharedInterfacesPerVPC = 2
    var shop = try Shop(settings)
    let orders = try shop.plane.createFunction(
      shop.function("orders", shop.vpc(["a", "b", "tiny"])), at: .start)
    #expect(shop.plane.function(orders).state == .failed)
    #expect(shop.plane.function(orders).stateReason?.code == .eniLimitExceeded)
    let calls = shop.plane.takeOccurrences().calls("CreateNetworkInterface")
    #expect(calls.map(\.errorCode) == [nil, nil, "Client.NetworkInterfaceLimitExceeded"])
    // What was made for it goes.
    shop.run(to: days(1))
    #expect(shop.living.isEmpty)
  }

  @Test func `The quota of the Region counts whatever is there`() throws {
    var settings = ControlPlaneSettings()
    settings.interfacesPerRegion = 1
    var shop = try Shop(settings)
    let orders = try shop.plane.createFunction(
      shop.function("orders", shop.vpc(["a", "b"])), at: .start)
    #expect(shop.plane.function(orders).stateReason?.code == .eniLimitExceeded)
  }

  @Test func `Refused calls are in the trail with code and message`() throws {
    var shop = try Shop()
    _ = try? shop.plane.createFunction(shop.function("f", shop.vpc([], ["orders"])), at: .start)
    let call = try #require(
      shop.plane.takeOccurrences().calls("CreateFunction20150331").first)
    #expect(call.errorCode == "InvalidParameterValueException")
    #expect(call.errorMessage?.hasPrefix("SubnetIds") == true)
    #expect(call.responseElements == nil)
  }
}
