import PacketFormats

extension Scenario {
  /// What a file says about a public address.
  enum PublicAddress: Hashable, Sendable {
    case none
    /// One that the program makes up.
    case any
    case address(IPv4Address)
  }
}
