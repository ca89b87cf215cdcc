/// A share of a whole, kept as an integer so that no rounding decides anything.
public struct Ratio: Hashable, Sendable {
  /// The share, in millionths: 1,000,000 is all of it.
  public var partsPerMillion: Int

  public init(partsPerMillion: Int) {
    self.partsPerMillion = partsPerMillion
  }
}
