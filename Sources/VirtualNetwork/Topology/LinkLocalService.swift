public import PacketFormats

/// A service that the host itself gives every network interface, at a link-local address.
///
/// Security groups and network ACLs do not filter traffic to or from these services
/// (lambda-vpc §7.1).
public enum LinkLocalService: UInt8, Hashable, Sendable, CaseIterable {
  /// The VPC's DNS resolver, at 169.254.169.253 and at the VPC's lowest address plus two.
  case resolver
  /// The instance metadata service, at 169.254.169.254.
  case instanceMetadata
  /// The Amazon Time Sync Service, at 169.254.169.123.
  case timeSync

  /// The link-local address of the service (lambda-vpc §7.1).
  public var address: IPv4Address {
    switch self {
    case .resolver: IPv4Address(169, 254, 169, 253)
    case .instanceMetadata: IPv4Address(169, 254, 169, 254)
    case .timeSync: IPv4Address(169, 254, 169, 123)
    }
  }

  /// The block in which AWS keeps such services and which no route reaches (lambda-vpc §7.1).
  public static var unroutableBlock: IPv4Prefix {
    IPv4Prefix(IPv4Address(169, 254, 168, 0), length: 22)
  }
}

extension LinkLocalService: CustomStringConvertible {
  public var description: String {
    switch self {
    case .resolver: "VPC resolver"
    case .instanceMetadata: "instance metadata service"
    case .timeSync: "time sync service"
    }
  }
}
