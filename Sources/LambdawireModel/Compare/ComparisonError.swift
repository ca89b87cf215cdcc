/// Why a scenario cannot be compared.
public enum ComparisonError: Error, Hashable, Sendable {
  /// There is no era of this name.
  case unknownEra(String)
  /// An era was asked for twice.
  case repeatedEra(String)
  /// No era was asked for.
  case noEra
  /// The scenario has no functions, or nobody invokes them.
  case nothingInvoked(scenario: String, functions: Int)
  /// The user has had enough.
  case interrupted
}

extension ComparisonError: CustomStringConvertible {
  public var description: String {
    let names = Scenario.Networking.allCases.map(\.rawValue)
    switch self {
    case .unknownEra(let name):
      return "--networking: found `\(name)`, expected some of \(names.joined(separator: ", "))"
        + (Suggestion.nearest(to: name, among: names).map { "; did you mean `\($0)`?" } ?? "")
    case .repeatedEra(let name):
      return "--networking: found `\(name)` twice, expected each era once"
    case .noEra:
      return "--networking: found nothing, expected some of \(names.joined(separator: ", "))"
    case .nothingInvoked(let scenario, 0):
      return "\(scenario): found no functions, expected one at least: there is no cold start to "
        + "compare"
    case .nothingInvoked(let scenario, _):
      return
        "\(scenario): found no traffic, expected an entry that invokes a function: there is no "
        + "cold start to compare"
    case .interrupted:
      return "stopped before all eras were run; nothing has been written"
    }
  }
}

extension Scenario.Networking {
  /// Reads names of eras with commas between.
  ///
  /// - Throws: which name is not one, or comes twice.
  public static func list(_ text: String) throws(ComparisonError) -> [Scenario.Networking] {
    var eras: [Scenario.Networking] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      var name = part
      while name.first == " " { name.removeFirst() }
      while name.last == " " { name.removeLast() }
      if name.isEmpty { continue }
      guard let era = Scenario.Networking(rawValue: String(name)) else {
        throw .unknownEra(String(name))
      }
      guard !eras.contains(era) else { throw .repeatedEra(String(name)) }
      eras.append(era)
    }
    guard !eras.isEmpty else { throw .noEra }
    return eras
  }
}
