import PacketFormats

/// Blocks of IPv4 addresses that are nobody's on the internet.
enum IPv4Block {
  /// Private addresses (RFC 1918, section 3).
  static let privateAddresses = [
    IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 8),
    IPv4Prefix(IPv4Address(172, 16, 0, 0), length: 12),
    IPv4Prefix(IPv4Address(192, 168, 0, 0), length: 16),
  ]
  /// Addresses shared between a provider and its customers (RFC 6598, section 7).
  static let sharedAddresses = IPv4Prefix(IPv4Address(100, 64, 0, 0), length: 10)

  /// Whether `address` is private or shared.
  static func isPrivateOrShared(_ address: IPv4Address) -> Bool {
    privateAddresses[0].contains(address) || privateAddresses[1].contains(address)
      || privateAddresses[2].contains(address) || sharedAddresses.contains(address)
  }
}
