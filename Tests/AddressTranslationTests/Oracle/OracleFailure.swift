import AddressTranslation

/// Where a fast translator and a slow one part, and how little it takes to get there.
struct OracleFailure: CustomStringConvertible {
  var oracleCase: OracleCase
  /// How many inputs there were before the one they differ about.
  var step: Int
  var difference: String
  /// The inputs without those that are not needed, the last one being that they differ about.
  var inputs: [OracleRun.Input]

  var description: String {
    """
    \(oracleCase), step \(step): \(difference)
    It takes these \(inputs.count) inputs:
    \(inputs.map(\.description).joined(separator: "\n"))
    Behaviour: \(oracleCase.behavior)
    Outside: \(oracleCase.outsideAddresses); fixed: \(oracleCase.fixedMappings)
    """
  }

  /// Leaves out all that can be left out while the two still differ.
  init(_ oracleCase: OracleCase, _ inputs: [OracleRun.Input], _ difference: String) {
    self.oracleCase = oracleCase
    step = inputs.count - 1
    self.difference = difference
    self.inputs = inputs
    var chunk = inputs.count / 2
    while chunk > 0 {
      var place = 0
      while place < self.inputs.count {
        var fewer = self.inputs
        fewer.removeSubrange(place..<min(place + chunk, fewer.count))
        if let shorter = Self.replay(fewer, oracleCase) {
          (self.inputs, self.difference) = shorter
        } else {
          place += chunk
        }
      }
      chunk /= 2
    }
  }

  /// The inputs up to the first about which the two differ, or `nil` if there is none.
  private static func replay(
    _ inputs: [OracleRun.Input], _ oracleCase: OracleCase
  ) -> (inputs: [OracleRun.Input], difference: String)? {
    guard var run = try? OracleRun(oracleCase) else { return nil }
    for (step, input) in inputs.enumerated() {
      if let difference = run.step(input) {
        return (Array(inputs[...step]), difference)
      }
    }
    return nil
  }
}
