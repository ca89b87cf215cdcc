import Foundation
import LambdaService
import LambdawireModel
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// What `describe` says, judged by the models of AWS's services that botocore has.
@Suite(.enabled(if: Judge.arePresent(.botocore))) struct DescribeTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  /// A record in which functions are in all states and interfaces in all statuses at some time.
  private func record() throws -> String {
    var network = try VirtualPrivateCloud(
      name: "shop", blocks: [IPv4Prefix("10.0.0.0/16")], seed: 7)
    for (name, cidr) in [("a", "10.0.1.0/24"), ("b", "10.0.2.0/24")] {
      _ = try network.addSubnet(name: name, cidr: IPv4Prefix(cidr), zone: "use1-az1")
    }
    for group in ["orders", "billing"] { _ = try network.addSecurityGroup(name: group) }
    let subnets = network.subnets.map(\.identifier)
    let groups = network.securityGroups.map(\.identifier)
    var plane = ControlPlane(account: AccountIdentifier(owner: "shop", seed: 7), seed: 7)
    plane.addVPC(network)
    let role = Principal.executionRole("lambda")
    let both = VPCConfiguration(subnets: subnets, securityGroups: Array(groups[1...]))
    let orders = try plane.createFunction(
      FunctionConfiguration(name: "orders", role: role, vpc: both), at: seconds(1))
    let old = try plane.createFunction(
      FunctionConfiguration(
        name: "old", role: role,
        vpc: VPCConfiguration(subnets: subnets, securityGroups: [groups[1]]),
        reservedConcurrency: 5, era: .perEnvironment), at: seconds(1))
    _ = try plane.createFunction(
      FunctionConfiguration(name: "alone", role: role, vpc: nil), at: seconds(1))
    _ = try? plane.createFunction(
      FunctionConfiguration(
        name: "poor", role: .executionRole("poor", permissions: Permissions(allowing: [])),
        vpc: both), at: seconds(2))
    _ = try plane.createFunction(
      FunctionConfiguration(
        name: "blind",
        role: .executionRole(
          "blind", permissions: Permissions(allowing: ["ec2:CreateNetworkInterface"])),
        vpc: VPCConfiguration(subnets: [subnets[0]], securityGroups: [groups[0]])),
      at: seconds(2))
    plane.requestInterface(forEnvironment: 1, named: "old-1", of: old, at: seconds(3))
    plane.advance(to: seconds(700))
    _ = try plane.publishVersion(of: orders, at: seconds(700))
    try plane.updateFunctionConfiguration(
      orders,
      FunctionUpdate(
        vpc: .connect(VPCConfiguration(subnets: [subnets[0]], securityGroups: [groups[0]]))),
      at: seconds(701))
    plane.releaseInterface(ofEnvironment: 1, at: seconds(710))
    plane.advance(to: seconds(20 * 86_400))
    let path = folder.path("events.jsonl")
    try ServiceRecord.write(
      plane.takeOccurrences().compactMap(\.runEvent), to: path,
      epoch: CalendarTime(nanosecondsSince1970: 1_567_468_800_000_000_000))
    return path
  }

  private func seconds(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }

  /// Times at which something of interest is so: Pending, attaching, Active, updating, idle, Inactive.
  private static let times = ["2s", "5s", "20s", "650s", "702s", "1500s", "2000s", "15d", "20d"]

  /// Has botocore judge an answer.
  ///
  /// - Returns: The members that it found.
  private func judge(_ text: String, _ service: String, _ operation: String) throws -> Set<String> {
    let file = folder.path("answer-\(UUID()).json")
    try Data(text.utf8).write(to: URL(filePath: file))
    let opinion = try Judge.botocore.ask(["-c", BotocoreShapes.program, service, operation, file])
    #expect(opinion.status == 0, "\(opinion.complaints)")
    let lines = opinion.output.split(separator: "\n").map(String.init)
    #expect(!lines.contains { $0.hasPrefix("BAD") }, "\(opinion.output)")
    return Set(lines.filter { $0.hasPrefix("MEMBER ") }.map { String($0.dropFirst(7)) })
  }

  @Test func `Network interfaces have the shape of EC2's answer at any time`() throws {
    let path = try record()
    var found: Set<String> = []
    for time in Self.times {
      let answer = try ServiceRecord(path: path, at: time).describe(.networkInterfaces)
      found.formUnion(try judge(answer.text, "ec2", "DescribeNetworkInterfaces"))
    }
    let attachment = [
      "AttachTime", "AttachmentId", "DeleteOnTermination", "DeviceIndex", "InstanceOwnerId",
      "NetworkCardIndex", "Status",
    ]
    // lambda-vpc §3.3; no InstanceId, no Association, no tags.
    let interface = [
      "Attachment", "AvailabilityZone", "AvailabilityZoneId", "Description", "Groups",
      "Groups[].GroupId", "Groups[].GroupName", "InterfaceType", "Ipv6Addresses", "MacAddress",
      "NetworkInterfaceId", "OwnerId", "PrivateIpAddress", "PrivateIpAddresses",
      "PrivateIpAddresses[].Primary", "PrivateIpAddresses[].PrivateIpAddress", "RequesterId",
      "RequesterManaged", "SourceDestCheck", "Status", "SubnetId", "TagSet", "VpcId",
    ]
    let expected =
      interface.map { ".NetworkInterfaces[].\($0)" }
      + attachment.map { ".NetworkInterfaces[].Attachment.\($0)" } + [".NetworkInterfaces"]
    #expect(found == Set(expected))
  }

  @Test func `Functions have the shape of Lambda's answer at any time`() throws {
    let path = try record()
    var found: Set<String> = []
    for time in Self.times {
      let answer = try ServiceRecord(path: path, at: time).describe(.functions)
      found.formUnion(try judge(answer.text, "lambda", "ListFunctions"))
    }
    let function = [
      "Architectures", "CodeSha256", "CodeSize", "Description", "EphemeralStorage",
      "EphemeralStorage.Size", "FunctionArn", "FunctionName", "Handler", "LastModified",
      "LastUpdateStatus", "LoggingConfig", "LoggingConfig.LogFormat", "LoggingConfig.LogGroup",
      "MemorySize", "PackageType", "RevisionId", "Role", "Runtime", "SnapStart",
      "SnapStart.ApplyOn", "SnapStart.OptimizationStatus", "State", "StateReason",
      "StateReasonCode", "Timeout", "TracingConfig", "TracingConfig.Mode", "Version", "VpcConfig",
      "VpcConfig.Ipv6AllowedForDualStack", "VpcConfig.SecurityGroupIds", "VpcConfig.SubnetIds",
      "VpcConfig.VpcId",
    ]
    #expect(found == Set(function.map { ".Functions[].\($0)" } + [".Functions"]))
  }

  @Test func `An answer that is not in shape is found out`() throws {
    let text = try ServiceRecord(path: record(), at: "650s").describe(.networkInterfaces).text
    for (part, change) in [
      ("\"Status\": \"in-use\"", "\"Status\": \"busy\""),
      ("\"DeviceIndex\": 1", "\"DeviceIndex\": \"1\""),
      ("\"VpcId\"", "\"VpcID\""), ("\"AttachTime\": \"2019", "\"AttachTime\": \"x2019"),
      ("\"SourceDestCheck\": true", "\"SourceDestCheck\": 1"),
    ] {
      let broken = text.replacingOccurrences(of: part, with: change)
      #expect(broken != text, "\(part)")
      let file = folder.path("broken-\(UUID()).json")
      try Data(broken.utf8).write(to: URL(filePath: file))
      let opinion = try Judge.botocore.ask([
        "-c", BotocoreShapes.program, "ec2", "DescribeNetworkInterfaces", file,
      ])
      #expect(opinion.status != 0 || opinion.output.contains("BAD"), "\(part)")
    }
  }

  @Test func `Errors and states are spelled as in the service model`() throws {
    let program = #"""
      import sys, botocore.loaders
      shapes = botocore.loaders.Loader().load_service_model("lambda", "service-2")["shapes"]
      for word in sys.argv[1:]:
          kind, value = word.split("=")
          if kind == "Exception":
              name, status = value.split(":")
              if shapes.get(name, {}).get("error", {}).get("httpStatusCode") != int(status):
                  print("BAD", word, shapes.get(name, {}).get("error"))
          elif value not in shapes[kind]["enum"]:
              print("BAD", word)
      """#
    let errors: [InvokeError] = [
      .eniLimitReached(limit: 1, .vpc), .subnetIPAddressLimitReached(subnet: ""),
      .ec2Throttled(attempts: 1), .ec2AccessDenied(action: ""), .ec2Unexpected(code: ""),
      .invalidSubnetID(subnet: ""), .invalidSecurityGroupID(group: ""), .resourceNotReady,
      .resourceConflict(.pending), .resourceNotFound,
      .tooManyRequests(.concurrentInvocationLimitExceeded),
    ]
    var words = errors.map { "Exception=\($0.code):\($0.status)" }
    let own: Set<APIError.Code> = [.accessDenied, .validation]
    words += APIError.Code.allCases.filter { !own.contains($0) }.map {
      "Exception=\($0.rawValue):\($0.status)"
    }
    words += FunctionState.allCases.map { "State=\($0.rawValue)" }
    words += UpdateStatus.allCases.map { "LastUpdateStatus=\($0.rawValue)" }
    words += StateReason.Code.allCases.map { "StateReasonCode=\($0.rawValue)" }
    words += InvokeError.ThrottleReason.allCases.map { "ThrottleReason=\($0.rawValue)" }
    let opinion = try Judge.botocore.ask(["-c", program] + words)
    #expect(opinion.status == 0, "\(opinion.complaints)")
    #expect(opinion.output.isEmpty, "\(opinion.output)")
  }

  @Test func `CloudTrail's records have what its documentation lists`() throws {
    let text = try ServiceRecord(path: record()).describe(.cloudTrail).text
    let file = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: [[String: Any]]])
    let records = try #require(file["Records"])
    #expect(records.count > 8)
    let always: Set<String> = [
      "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion",
      "sourceIPAddress", "userAgent", "requestParameters", "responseElements", "requestID",
      "eventID", "readOnly", "eventType", "managementEvent", "recipientAccountId",
      "eventCategory",
    ]
    var names: Set<String> = []
    for record in records {
      #expect(Set(record.keys).subtracting(["errorCode", "errorMessage"]) == always)
      let name = try #require(record["eventName"] as? String)
      names.insert(name)
      let identity = try #require(record["userIdentity"] as? [String: Any])
      if record["eventSource"] as? String == "ec2.amazonaws.com" {
        #expect(identity["type"] as? String == "AssumedRole")
        #expect(identity["invokedBy"] as? String == "lambda.amazonaws.com")
        #expect(record["sourceIPAddress"] as? String == "lambda.amazonaws.com")
      } else {
        #expect(identity["type"] as? String == "IAMUser")
      }
      #expect((record["errorCode"] == nil) == (record["errorMessage"] == nil))
      #expect(record["requestParameters"] is [String: Any])
    }
    #expect(
      names == [
        "CreateFunction20150331", "UpdateFunctionConfiguration20150331v2",
        "PublishVersion20150331", "CreateNetworkInterface", "DeleteNetworkInterface",
      ])
    #expect(Set(records.compactMap { $0["eventID"] as? String }).count == records.count)
  }
}
