/// What a run is called in the files it writes.
struct RunIdentity {
  var scenario: String
  var seed: UInt64
  /// An era that replaces those of the scenario, or empty.
  var networking: String

  var application: String { "Lambdawire \(LambdawireVersion.current)" }

  var sectionComment: String {
    "scenario \(scenario), seed \(seed)"
      + (networking.isEmpty ? "" : ", networking \(networking)")
      + ", Lambdawire \(LambdawireVersion.current)"
  }
}
