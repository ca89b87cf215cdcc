import PacketFormats
import SimulatedTime
import VirtualNetwork

/// What CloudTrail records of the calls (AWS, "CloudTrail record contents").
extension ControlPlane {
  /// Lambda's calls, with the date of the API that their events carry.
  enum Call: String {
    case createFunction = "CreateFunction20150331"
    case updateFunctionConfiguration = "UpdateFunctionConfiguration20150331v2"
    case publishVersion = "PublishVersion20150331"
    case deleteFunction = "DeleteFunction20150331"
  }

  /// The ARN of a user, or of a role in use.
  func arn(of principal: Principal) -> String {
    switch principal.kind {
    case .user: "arn:aws:iam::\(account):user/\(principal.name)"
    case .executionRole:
      "arn:aws:sts::\(account):assumed-role/\(principal.name)/\(principal.name)"
    }
  }

  // MARK: - Lambda

  mutating func recordCall(
    _ call: Call, by caller: Principal, _ configuration: FunctionConfiguration,
    _ answer: FunctionRecord?, _ error: APIError?
  ) {
    let parameters: TrailValue =
      switch call {
      case .createFunction:
        Self.object([
          ("functionName", .text(configuration.name)),
          ("runtime", .text(configuration.runtime)),
          ("role", .text("arn:aws:iam::\(account):role/\(configuration.role.name)")),
          ("handler", "index.handler"), ("code", .object([])),
          ("timeout", .number(configuration.timeout)),
          ("memorySize", .number(configuration.memory)), ("publish", .flag(false)),
          ("vpcConfig", configuration.vpc.map(Self.value)),
        ])
      case .updateFunctionConfiguration:
        Self.object([
          ("functionName", .text(configuration.name)),
          ("role", .text("arn:aws:iam::\(account):role/\(configuration.role.name)")),
          ("timeout", .number(configuration.timeout)),
          ("memorySize", .number(configuration.memory)),
          (
            "vpcConfig",
            Self.value(configuration.vpc ?? VPCConfiguration(subnets: [], securityGroups: []))
          ),
        ])
      case .publishVersion, .deleteFunction:
        ["functionName": .text(configuration.name)]
      }
    let identity: TrailRecord.Identity =
      switch caller.kind {
      case .user: user(caller)
      case .executionRole: role(caller, session: caller.name)
      }
    // CloudTrail calls it AccessDenied whatever the service answers.
    let code = error.map { $0.code == .accessDenied ? "AccessDenied" : $0.code.rawValue }
    record(
      identity, TrailRecord.lambda, call.rawValue, code, error?.sentence, parameters,
      answer.map(Self.answer))
  }

  private static func answer(_ function: FunctionRecord) -> TrailValue {
    object([
      ("functionName", .text(function.name)), ("functionArn", .text(function.arn)),
      ("runtime", .text(function.runtime)), ("role", .text(function.roleARN)),
      ("timeout", .number(function.timeout)), ("memorySize", .number(function.memory)),
      ("version", .text(function.version)),
      (
        "vpcConfig",
        function.vpc.map { vpc in
          object([
            ("subnetIds", .list(vpc.subnets.map { .text($0.rawValue) })),
            ("securityGroupIds", .list(vpc.securityGroups.map { .text($0.rawValue) })),
            ("vpcId", function.vpcIdentifier.map { .text($0.rawValue) }),
            ("ipv6AllowedForDualStack", .flag(vpc.ipv6AllowedForDualStack)),
          ])
        }
      ),
      ("revisionId", .text(function.revision)), ("state", .text(function.state.rawValue)),
      ("stateReason", function.stateReason.map { .text($0.sentence) }),
      ("stateReasonCode", function.stateReason.map { .text($0.code.rawValue) }),
      ("lastUpdateStatus", .text(function.lastUpdate.rawValue)), ("packageType", "Zip"),
      ("architectures", ["x86_64"]),
    ])
  }

  private static func value(_ vpc: VPCConfiguration) -> TrailValue {
    [
      "subnetIds": .list(vpc.subnets.map { .text($0.rawValue) }),
      "securityGroupIds": .list(vpc.securityGroups.map { .text($0.rawValue) }),
      "ipv6AllowedForDualStack": .flag(vpc.ipv6AllowedForDualStack),
    ]
  }

  // MARK: - EC2

  /// The session in which Lambda takes on a role.
  ///
  /// Observed: twelve digits, which look like the number of an account of Lambda's, for Hyperplane
  /// interfaces; `awslambda_`, a number and a date for others (lambda-vpc §2, §3.3).
  func session(for order: InterfaceOrder) -> String {
    switch order.purpose {
    case .shared:
      return AccountIdentifier(owner: "AWS Lambda/\(settings.region)", seed: seed).rawValue
    case .environment:
      var hash = SeededHash(seed: seed)
      hash.add("session")
      hash.add("\(callCount)")
      let elapsed = settings.epoch.nanosecondsSince1970.addingReportingOverflow(now.nanoseconds)
      let time = CalendarTime(
        nanosecondsSince1970: elapsed.overflow ? 0 : max(0, elapsed.partialValue))
      return "awslambda_\(100 + hash.value % 900)_\(time.compactDigits)"
    }
  }

  /// What EC2 shows as the requester (lambda-vpc §2, §3.3).
  func requester(_ order: InterfaceOrder, session: String) -> String {
    switch order.purpose {
    case .shared: "\(SeededName.unique("AROA", order.role.name, seed: seed)):\(session)"
    case .environment: "\(account):\(session)"
    }
  }

  private func user(_ user: Principal) -> TrailRecord.Identity {
    .user(
      name: user.name, principal: SeededName.unique("AIDA", user.name, seed: seed),
      accessKey: SeededName.unique("AKIA", count: 16, user.name, seed: seed))
  }

  private func role(_ role: Principal, session: String) -> TrailRecord.Identity {
    .assumedRole(
      role: role.name, principal: SeededName.unique("AROA", role.name, seed: seed),
      session: session,
      accessKey: SeededName.unique("ASIA", count: 16, "\(role.name)/\(session)", seed: seed),
      since: now)
  }

  mutating func recordCreation(
    _ order: InterfaceOrder, interface number: Int?, session: String, _ code: String?,
    _ message: String?
  ) {
    let subnet = subnets[order.subnet]
    let request: TrailValue = [
      "subnetId": .text(subnet.identifier.rawValue), "description": .text(order.description),
      "groupSet": [
        "items": .list(
          order.groups.map { ["groupId": .text(groups[$0].record.identifier.rawValue)] })
      ],
      "privateIpAddressesSet": .object([]), "ipv6AddressCount": .number(0),
      "clientToken": .text(SeededName.uuid("token", "\(callCount)", seed: seed)),
    ]
    let requestID = nextRequestID
    let answer = number.map { number in
      Self.object([
        ("requestId", .text(requestID)),
        ("networkInterface", Self.value(interfaces[number].record)),
      ])
    }
    record(
      role(order.role, session: session), "ec2.amazonaws.com", "CreateNetworkInterface", code,
      message, request, answer)
  }

  private static func value(_ interface: InterfaceRecord) -> TrailValue {
    object([
      ("networkInterfaceId", .text(interface.identifier.rawValue)),
      ("subnetId", .text(interface.subnetIdentifier.rawValue)),
      ("vpcId", .text(interface.vpcIdentifier.rawValue)),
      ("availabilityZone", .text(interface.zoneName)),
      ("description", .text(interface.description)),
      ("ownerId", .text(interface.owner.rawValue)),
      ("requesterId", .text(interface.requester)),
      ("requesterManaged", .flag(InterfaceRecord.isRequesterManaged)),
      ("status", .text(InterfaceRecord.Status.pending.rawValue)),
      ("macAddress", .text(interface.linkLayerAddress.description)),
      ("privateIpAddress", .text(interface.address.description)),
      ("sourceDestCheck", .flag(InterfaceRecord.checksSourceAndDestination)),
      ("interfaceType", .text(interface.type.rawValue)),
      (
        "groupSet",
        [
          "items": .list(
            interface.groups.map {
              ["groupId": .text($0.identifier.rawValue), "groupName": .text($0.name)]
            })
        ]
      ),
      (
        "privateIpAddressesSet",
        [
          "item": [
            ["privateIpAddress": .text(interface.address.description), "primary": .flag(true)]
          ]
        ]
      ),
      ("tagSet", .object([])),
    ])
  }

  mutating func recordDeletion(_ number: Int, _ code: String?, _ message: String?) {
    let interface = interfaces[number].record
    let session = interface.requester.split(separator: ":").last.map(String.init) ?? ""
    record(
      role(role(of: number), session: session), "ec2.amazonaws.com", "DeleteNetworkInterface",
      code, message, ["networkInterfaceId": .text(interface.identifier.rawValue)],
      code == nil ? ["requestId": .text(nextRequestID), "_return": .flag(true)] : nil)
  }

  /// Records a call of EC2's API that changes a VPC, by a user of the account.
  mutating func recordCall(_ call: NetworkCall, at time: Instant) {
    advance(to: time)
    let requestID = nextRequestID
    for request in call.requests {
      record(
        user(.administrator), "ec2.amazonaws.com", request.name, nil, nil, request.parameters,
        request.isEndpointRequest
          ? ["\(request.name)Response": ["requestId": .text(requestID), "return": .flag(true)]]
          : ["requestId": .text(requestID), "_return": .flag(true)])
    }
  }

  // MARK: - Records

  /// The identifier of the call that is recorded next.
  private var nextRequestID: String {
    SeededName.uuid("request", account.rawValue, settings.region, "\(callCount)", seed: seed)
  }

  private mutating func record(
    _ identity: TrailRecord.Identity, _ source: String, _ name: String, _ errorCode: String?,
    _ errorMessage: String?, _ parameters: TrailValue?, _ answer: TrailValue?
  ) {
    let event = SeededName.uuid(
      "event", account.rawValue, settings.region, "\(callCount)", seed: seed)
    report(
      .call(
        TrailRecord(
          time: now, account: account, region: settings.region, identity: identity,
          source: source, name: name, errorCode: errorCode, errorMessage: errorMessage,
          requestParameters: parameters, responseElements: answer, requestID: nextRequestID,
          eventID: event, isReadOnly: false)))
    callCount += 1
  }

  /// An object of the members that have a value.
  private static func object(_ members: [(String, TrailValue?)]) -> TrailValue {
    .object(members.compactMap { name, value in value.map { TrailValue.Member(name, $0) } })
  }
}

extension CalendarTime {
  /// Year to millisecond in seventeen digits.
  fileprivate var compactDigits: String {
    let text = "\(self)".utf8.prefix(19).filter { (48...57).contains($0) }
    let milliseconds = "\(1000 + nanosecondsSince1970 / 1_000_000 % 1000)".dropFirst()
    return String(decoding: text, as: UTF8.self) + milliseconds
  }
}
