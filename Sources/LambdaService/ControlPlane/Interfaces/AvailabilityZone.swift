/// The two names of an Availability Zone: its identifier is the same for all accounts, its name is the
/// Region's with a letter (AWS, "Availability Zone IDs").
public enum AvailabilityZone {
  /// The Region that the zone is in, such as `us-east-1` for `use1-az1`.
  ///
  /// Identifiers abbreviate it: a part of the world, a direction and a number.
  ///
  /// - Returns: `nil` if the identifier is not of this form.
  public static func region(of identifier: String) -> String? {
    guard let hyphen = identifier.utf8.lastIndex(of: UInt8(ascii: "-")) else { return nil }
    let code = identifier[..<hyphen]
    let directions = [
      "e": "east", "w": "west", "n": "north", "s": "south", "c": "central", "se": "southeast",
      "ne": "northeast",
    ]
    guard code.utf8.count > 3, let number = code.last, number.isASCII, number.isWholeNumber,
      let direction = directions[String(code.dropFirst(2).dropLast())],
      code.prefix(2).utf8.allSatisfy({ (97...122).contains($0) })
    else { return nil }
    return "\(code.prefix(2))-\(direction)-\(number)"
  }

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
