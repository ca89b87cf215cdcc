/// Why several captures say nothing about what lies between them.
public enum PairingProblem: Hashable, Sendable {
  /// They say that they come from different runs, each given in its own words.
  case differentRuns([String])
  /// No packet of one was found in another.
  case nothingPaired(reason: String)
}

extension PairingProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .differentRuns(let runs):
      "these are \(runs.count == 2 ? "two" : "\(runs.count)") different runs: "
        + runs.joined(separator: "; ")
    case .nothingPaired(let reason):
      "no packet of one file could be found in another: \(reason)"
    }
  }
}

extension PairingProblem: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
