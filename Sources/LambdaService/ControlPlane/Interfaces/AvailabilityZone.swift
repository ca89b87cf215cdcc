/// The two names of an Availability Zone: its identifier is the same for all accounts, its name is the
/// Region's with a letter (AWS, "Availability Zone IDs").
public enum AvailabilityZone {
  /// The name that the zone has in an account, such as `us-east-1a` for `use1-az1`.
  ///
  /// Which letter goes with which zone differs from account to account; here they are in order.
  ///
  /// - Returns: The identifier itself if it does not end in `-az` and a number from 1 to 26.
  public static func name(of identifier: String, in region: String) -> String {
    guard let hyphen = identifier.utf8.lastIndex(of: UInt8(ascii: "-")) else { return identifier }
    let ending = identifier[identifier.index(after: hyphen)...]
    guard ending.hasPrefix("az"), let number = UInt8(ending.dropFirst(2)), (1...26).contains(number)
    else { return identifier }
    return region + String(Unicode.Scalar(96 + number))
  }
}
