public import VirtualNetwork

/// Why a sound scenario cannot be run.
public enum ModelError: Error, Hashable, Sendable {
  /// The VPC cannot be built this way.
  case network(vpc: String, VirtualNetworkError)
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
}
