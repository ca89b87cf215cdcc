/// Who calls an API: a user of the account, or Lambda with a function's execution role.
public struct Principal: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case user
    /// A function's execution role, taken on by Lambda.
    case executionRole
  }

  public var kind: Kind
  /// The name within the account, without a path.
  public var name: String
  public var permissions: Permissions

  public init(_ kind: Kind, name: String, permissions: Permissions) {
    self.kind = kind
    self.name = name
    self.permissions = permissions
  }

  /// Somebody who may do everything.
  public static let administrator = Principal(
    .user, name: "admin", permissions: .administrator)

  /// An execution role that may do what a function in a VPC needs.
  public static func executionRole(
    _ name: String, permissions: Permissions = .lambdaVPCAccessExecutionRole
  ) -> Principal {
    Principal(.executionRole, name: name, permissions: permissions)
  }
}
