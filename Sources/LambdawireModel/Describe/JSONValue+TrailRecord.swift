import LambdaService
import SimulatedTime

extension JSONValue {
  /// A record as CloudTrail delivers it (AWS, "CloudTrail record contents").
  ///
  /// - Parameters:
  ///   - record: The call.
  ///   - epoch: The date of the start of the run.
  init(_ record: TrailRecord, epoch: CalendarTime) {
    var members: [(String, JSONValue)] = [
      ("eventVersion", .string(TrailRecord.eventVersion)),
      ("userIdentity", Self.identity(record, epoch)),
      ("eventTime", .string(epoch.wholeSeconds(after: record.time))),
      ("eventSource", .string(record.source)), ("eventName", .string(record.name)),
      ("awsRegion", .string(record.region)),
      ("sourceIPAddress", .string(record.isByLambda ? TrailRecord.lambda : "203.0.113.10")),
      (
        "userAgent",
        .string(record.isByLambda ? TrailRecord.lambda : "aws-cli/2 (lambdawire)")
      ),
    ]
    if let code = record.errorCode { members.append(("errorCode", .string(code))) }
    if let message = record.errorMessage { members.append(("errorMessage", .string(message))) }
    members += [
      ("requestParameters", record.requestParameters.map(JSONValue.init) ?? .null),
      ("responseElements", record.responseElements.map(JSONValue.init) ?? .null),
      ("requestID", .string(record.requestID)), ("eventID", .string(record.eventID)),
      ("readOnly", .bool(record.isReadOnly)), ("eventType", "AwsApiCall"),
      ("managementEvent", .bool(true)), ("recipientAccountId", .string(record.account.rawValue)),
      ("eventCategory", "Management"),
    ]
    self = .object(members)
  }

  private static func identity(_ record: TrailRecord, _ epoch: CalendarTime) -> JSONValue {
    let account = record.account.rawValue
    switch record.identity {
    case .user(let name, let principal, let accessKey):
      return [
        "type": "IAMUser", "principalId": .string(principal),
        "arn": "arn:aws:iam::\(account):user/\(name)", "accountId": .string(account),
        "accessKeyId": .string(accessKey), "userName": .string(name),
      ]
    case .assumedRole(let role, let principal, let session, let accessKey, let since):
      return [
        "type": "AssumedRole", "principalId": "\(principal):\(session)",
        "arn": "arn:aws:sts::\(account):assumed-role/\(role)/\(session)",
        "accountId": .string(account), "accessKeyId": .string(accessKey),
        "sessionContext": [
          "sessionIssuer": [
            "type": "Role", "principalId": .string(principal),
            "arn": "arn:aws:iam::\(account):role/\(role)", "accountId": .string(account),
            "userName": .string(role),
          ],
          "webIdFederationData": [:],
          "attributes": [
            "creationDate": .string(epoch.wholeSeconds(after: since)),
            "mfaAuthenticated": "false",
          ],
        ],
        "invokedBy": .string(TrailRecord.lambda),
      ]
    case .service:
      return ["type": "AWSService", "invokedBy": .string(TrailRecord.lambda)]
    }
  }

  private init(_ value: TrailValue) {
    self =
      switch value {
      case .text(let text): .string(text)
      case .number(let number): .integer(number)
      case .flag(let flag): .bool(flag)
      case .list(let elements): .array(elements.map(JSONValue.init))
      case .object(let members): .object(members.map { ($0.name, JSONValue($0.value)) })
      }
  }
}

extension TrailRecord {
  /// Whether Lambda called, not a user.
  fileprivate var isByLambda: Bool {
    if case .user = identity { false } else { true }
  }
}

extension CalendarTime {
  /// The date of `instant` in the form of RFC 3339, without a fraction of a second.
  ///
  /// A time that does not fit is shown as the start.
  func wholeSeconds(after instant: Instant) -> String {
    let (sum, overflow) = nanosecondsSince1970.addingReportingOverflow(instant.nanoseconds)
    let total = overflow || sum < 0 ? nanosecondsSince1970 : sum
    return CalendarTime(nanosecondsSince1970: total / 1_000_000_000 * 1_000_000_000).description
  }
}
