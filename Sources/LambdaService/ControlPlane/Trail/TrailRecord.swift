public import SimulatedTime

/// A call of an API as CloudTrail records it (AWS, "CloudTrail record contents").
///
/// Deletions that Lambda makes of its own accord and throttled calls are there too: both are
/// management events.
public struct TrailRecord: Hashable, Sendable {
  /// Who called.
  public enum Identity: Hashable, Sendable {
    /// A user of the account.
    case user(name: String, principal: String, accessKey: String)
    /// Lambda, with a function's execution role taken on in a session.
    case assumedRole(
      role: String, principal: String, session: String, accessKey: String, since: Instant)
    /// Lambda for itself.
    case service
  }

  public var time: Instant
  public var account: AccountIdentifier
  public var region: String
  public var identity: Identity
  /// Such as `ec2.amazonaws.com`.
  public var source: String
  /// Such as `CreateFunction20150331`: Lambda's events carry the date of the API.
  public var name: String
  /// Such as `Client.RequestLimitExceeded`; `nil` if the call did what it was asked for.
  public var errorCode: String?
  public var errorMessage: String?
  public var requestParameters: TrailValue?
  public var responseElements: TrailValue?
  /// A UUID, as in the answer to the caller.
  public var requestID: String
  /// A UUID of the record itself.
  public var eventID: String
  public var isReadOnly: Bool

  /// The service that acted in the caller's name.
  public static let lambda = "lambda.amazonaws.com"
  /// Documented: the version as of 2026.
  public static let eventVersion = "1.11"
}
