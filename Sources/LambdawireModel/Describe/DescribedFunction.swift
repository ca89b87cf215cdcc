import SimulatedTime

/// A function as a line of a record has it.
struct DescribedFunction: Sendable {
  struct Reason: Sendable {
    var code: String
    var sentence: String
  }

  struct VPC: Sendable {
    var identifier: String
    var subnets: [String]
    var groups: [String]
    var ipv6AllowedForDualStack: Bool
  }

  var name: String
  var arn: String
  var version: String
  var role: String
  var runtime: String
  /// In MiB.
  var memory: Int64
  /// In seconds.
  var timeout: Int64
  var lastModified: Instant
  var revision: String
  var state: String
  var stateReason: Reason?
  var lastUpdate: String
  var lastUpdateReason: Reason?
  var vpc: VPC?
  var isDeleted = false
}

extension JSONValue {
  /// A function as `GetFunctionConfiguration` shows it.
  ///
  /// Functions of the model have no code: size and hash are those of no bytes at all.
  init(_ function: DescribedFunction, epoch: CalendarTime) {
    var members: [(String, JSONValue)] = [
      ("FunctionName", .string(function.name)), ("FunctionArn", .string(function.arn)),
      ("Runtime", .string(function.runtime)), ("Role", .string(function.role)),
      ("Handler", "index.handler"), ("CodeSize", .integer(0)), ("Description", ""),
      ("Timeout", .integer(Int(function.timeout))),
      ("MemorySize", .integer(Int(function.memory))),
      ("LastModified", .string(epoch.inLambda(after: function.lastModified))),
      ("CodeSha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
      ("Version", .string(function.version)),
    ]
    if let vpc = function.vpc {
      members.append(
        (
          "VpcConfig",
          [
            "SubnetIds": .array(vpc.subnets.map(JSONValue.string)),
            "SecurityGroupIds": .array(vpc.groups.map(JSONValue.string)),
            "VpcId": .string(vpc.identifier),
            "Ipv6AllowedForDualStack": .bool(vpc.ipv6AllowedForDualStack),
          ]
        ))
    }
    members += [
      ("TracingConfig", ["Mode": "PassThrough"]), ("RevisionId", .string(function.revision)),
      ("State", .string(function.state)),
    ]
    if let reason = function.stateReason {
      members += [
        ("StateReason", .string(reason.sentence)), ("StateReasonCode", .string(reason.code)),
      ]
    }
    members.append(("LastUpdateStatus", .string(function.lastUpdate)))
    if let reason = function.lastUpdateReason {
      members += [
        ("LastUpdateStatusReason", .string(reason.sentence)),
        ("LastUpdateStatusReasonCode", .string(reason.code)),
      ]
    }
    members += [
      ("PackageType", "Zip"), ("Architectures", ["x86_64"]),
      ("EphemeralStorage", ["Size": .integer(512)]),
      ("SnapStart", ["ApplyOn": "None", "OptimizationStatus": "Off"]),
      (
        "LoggingConfig",
        ["LogFormat": "Text", "LogGroup": .string("/aws/lambda/\(function.name)")]
      ),
    ]
    self = .object(members)
  }
}

extension CalendarTime {
  /// The date of `instant` as Lambda shows it, `2019-09-03T00:00:01.000+0000`.
  fileprivate func inLambda(after instant: Instant) -> String {
    wholeSeconds(after: instant).dropLast() + ".000+0000"
  }
}
