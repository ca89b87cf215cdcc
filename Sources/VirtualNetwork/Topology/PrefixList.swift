public import PacketFormats

/// A prefix list: blocks of addresses under one name, for rules and routes (VPC guide, "Managed prefix
/// lists").
public struct PrefixList: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  /// A list holds blocks of one family only.
  public let family: IPFamily
  /// How many entries it may have; a rule or a route that names the list counts as so many.
  public let maximumEntryCount: Int
  /// Its blocks, in ascending order.
  public internal(set) var entries: [IPPrefix]

  /// Whether `address` lies in one of the blocks.
  public func contains(_ address: IPAddress) -> Bool {
    entries.contains { $0.contains(address) }
  }
}
