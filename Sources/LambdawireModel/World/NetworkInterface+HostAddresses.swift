import PacketFormats
import VirtualNetwork

extension NetworkInterface {
  /// How many addresses of a delegated IPv6 block a host answers at.
  private static let answeredCount: UInt64 = 16

  /// The addresses that its host answers at besides the primary one: all of a delegated /28, and the
  /// first of a delegated /80.
  var furtherIPv4Addresses: [IPv4Address] {
    secondaryAddresses
      + delegatedPrefixes.flatMap { prefix -> [IPv4Address] in
        guard case .v4(let block) = prefix else { return [] }
        return (0..<block.count).map { block[$0] }
      }
  }

  /// The IPv6 addresses that its host answers at.
  var answeredIPv6Addresses: [IPv6Address] {
    ipv6Addresses
      + delegatedPrefixes.flatMap { prefix -> [IPv6Address] in
        guard case .v6(let block) = prefix else { return [] }
        return (0..<Self.answeredCount).map {
          IPv6Address(high: block.address.high, low: block.address.low | $0)
        }
      }
  }
}
