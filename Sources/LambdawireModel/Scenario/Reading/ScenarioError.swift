/// A scenario that cannot be run, with everything that is wrong with it.
public struct ScenarioError: Error, Hashable, Sendable {
  /// At least one; those of the file in its order, then those of overrides.
  public let diagnostics: [ScenarioDiagnostic]
}

extension ScenarioError: CustomStringConvertible {
  /// One line for each diagnostic.
  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}
