import VirtualNetwork

/// The number of an AWS account: twelve decimal digits.
public struct AccountIdentifier: RawRepresentable, Hashable, Sendable {
  public let rawValue: String

  /// The account with these digits.
  ///
  /// - Returns: `nil` if `rawValue` is not twelve ASCII digits.
  public init?(rawValue: String) {
    guard rawValue.utf8.count == 12, rawValue.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    self.rawValue = rawValue
  }

  /// The account of `owner` in a run with `seed`.
  ///
  /// Observed: account numbers look random. These never begin with 0, which spreadsheets swallow.
  public init(owner: String, seed: UInt64) {
    var hash = SeededHash(seed: seed)
    hash.add("account")
    hash.add(owner)
    rawValue = String(100_000_000_000 + hash.value % 900_000_000_000)
  }
}

extension AccountIdentifier: CustomStringConvertible {
  public var description: String { rawValue }
}
