/// The identifier of a VPC resource: its kind, a hyphen and 17 hexadecimal digits.
///
/// Derived from the seed and the resource's name, so that the same scenario gives the same
/// identifiers and adding a resource leaves the others alone. Observed: identifiers made by AWS
/// since 2016 begin with the digit 0, and so do these.
public struct ResourceIdentifier: RawRepresentable, Hashable, Sendable {
  public var rawValue: String

  public init(rawValue: String) { self.rawValue = rawValue }

  /// The identifier that a resource called `name` has under `seed`.
  ///
  /// - Parameters:
  ///   - kind: What the resource is.
  ///   - name: A name that no other resource of that kind has.
  ///   - seed: The seed of the run.
  public init(_ kind: ResourceKind, name: String, seed: UInt64) {
    var hash = SeededHash(seed: seed)
    hash.add(kind.rawValue)
    hash.add(name)
    let digits = String(hash.value, radix: 16)
    let zeros = String(repeating: "0", count: 17 - digits.count)
    rawValue = "\(kind.rawValue)-\(zeros)\(digits)"
  }
}

extension ResourceIdentifier: CustomStringConvertible {
  public var description: String { rawValue }
}
