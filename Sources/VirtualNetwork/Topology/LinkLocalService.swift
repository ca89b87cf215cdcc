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

  /// The IPv6 address of the service (lambda-vpc §7.1 for the resolver; EC2 guide, "Use the Instance
  /// Metadata Service" and "Amazon Time Sync Service", for the others).
  public var ipv6Address: IPv6Address {
    let last: UInt16 =
      switch self {
      case .resolver: 0x253
      case .instanceMetadata: 0x254
      case .timeSync: 0x123
      }
    return IPv6Address(0xfd00, 0xec2, 0, 0, 0, 0, 0, last)
  }

  /// The service at a link-local address.
  init?(at address: IPAddress) {
    switch address {
    case .v4(let address):
      guard address.isLinkLocal else { return nil }
      switch address.rawValue & 0xffff {
      case 169 << 8 | 253: self = .resolver
      case 169 << 8 | 254: self = .instanceMetadata
      case 169 << 8 | 123: self = .timeSync
      default: return nil
      }
    case .v6(let address):
      guard address.high == 0xfd00_0ec2 << 32 else { return nil }
      switch address.low {
      case 0x253: self = .resolver
      case 0x254: self = .instanceMetadata
      case 0x123: self = .timeSync
      default: return nil
      }
    }
  }

  /// The block in which AWS keeps such services and which no route reaches (lambda-vpc §7.1).
  public static var unroutableBlock: IPv4Prefix {
    IPv4Prefix(IPv4Address(169, 254, 168, 0), length: 22)
  }

  /// The IPv6 block in which AWS keeps such services and which no route reaches (lambda-vpc §7.1).
  public static var unroutableIPv6Block: IPv6Prefix {
    IPv6Prefix(IPv6Address(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0), length: 32)
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
