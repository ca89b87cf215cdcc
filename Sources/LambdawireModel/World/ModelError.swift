public import VirtualNetwork

/// Why a sound scenario cannot be run.
public enum ModelError: Error, Hashable, Sendable {
  /// The VPC cannot be built this way.
  case network(vpc: String, VirtualNetworkError)
  /// What leads out of a VPC, or joins two, cannot be built this way.
  case gateway(GatewayError)
  /// A question about a path that has no answer.
  case unanswerable(String)
  /// More environments than slots: the block of A-01 has room for 262,144.
  case tooManyEnvironments(count: Int, limit: Int)
  /// A function's subnets have no address left for its shared interface.
  case noAddressForSharedInterface(function: String, subnet: String)
  /// A setting contradicts another.
  case settings(String)
  /// A capture point was asked for that this run does not have.
  case unknownTap(String, available: [String])
  /// A path was asked for that the scenario does not have.
  case unknownEndpoint(String, available: [String])
  /// A path was asked for from an environment that its function does not have.
  case unknownEnvironment(String, function: String, first: String, last: String)
  /// A path was asked for to a host, but not to which port of it.
  case missingPort(String, example: String)
}

extension ModelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .network(let vpc, let error):
      "VPC \(vpc): \(error)"
    case .gateway(let error): "\(error)"
    case .unanswerable(let text): text
    case .tooManyEnvironments(let count, let limit):
      "\(count) environments need more slots than there are addresses for: at most \(limit) (A-01)"
    case .noAddressForSharedInterface(let function, let subnet):
      "function \(function): subnet \(subnet) has no address left for its interface"
    case .settings(let text):
      "the settings contradict each other: \(text)"
    case .unknownTap(let name, let available):
      "no capture point `\(name)` in this run; there are \(available.joined(separator: ", "))"
        + " and guest:ENVIRONMENT"
    case .unknownEnvironment(let name, let function, let first, let last):
      "found no `\(name)` in the scenario, expected "
        + (first == last
          ? "\(first), the only environment of \(function)"
          : "an environment of \(function), which are \(first) to \(last)")
    case .missingPort(let target, let example):
      "found `\(target)` without a port, expected HOST:PORT such as \(example)"
    case .unknownEndpoint(let name, let available):
      "found no `\(name)` in the scenario, expected one of "
        + available.joined(separator: ", ")
        + (Suggestion.nearest(to: name, among: available).map { "; did you mean `\($0)`?" } ?? "")
    }
  }
}
