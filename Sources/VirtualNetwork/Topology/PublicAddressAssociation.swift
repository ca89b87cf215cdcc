public import PacketFormats

/// A public IPv4 address that the internet gateway exchanges for a private one of an interface.
///
/// The interface itself knows nothing of it (VPC guide, "Enable internet access").
public struct PublicAddressAssociation: Hashable, Sendable {
  public let privateAddress: IPv4Address
  public let publicAddress: IPv4Address
}
