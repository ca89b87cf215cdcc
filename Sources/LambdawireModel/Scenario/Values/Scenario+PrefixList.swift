public import PacketFormats

extension Scenario {
  /// A list of address blocks that rules and routes name instead of the blocks (VPC guide, "Prefix
  /// lists").
  public struct PrefixList: Hashable, Sendable {
    public package(set) var name: String
    /// All of one address family; at least one.
    public package(set) var entries: [IPPrefix]
  }
}
