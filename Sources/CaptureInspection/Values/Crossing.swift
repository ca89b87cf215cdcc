/// The stretch of the path between two capture points that saw the same packet one after the other.
public struct Crossing: Hashable, Sendable, Encodable {
  /// The point nearer to the inside.
  public var inner: String
  /// The point farther from it.
  public var outer: String

  public init(inner: String, outer: String) {
    self.inner = inner
    self.outer = outer
  }
}

extension Crossing: CustomStringConvertible {
  public var description: String { "\(inner) → \(outer)" }
}
