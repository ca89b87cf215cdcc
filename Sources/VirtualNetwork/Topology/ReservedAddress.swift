/// One of the five addresses that AWS keeps in every IPv4 subnet (lambda-vpc §7.1; AWS, "Subnet CIDR blocks").
public enum ReservedAddress: String, Hashable, Sendable, CaseIterable {
  /// The lowest address, which names the network.
  case network = "network address"
  /// The lowest address plus one: the VPC router, the subnet's default gateway.
  case router = "VPC router"
  /// The lowest address plus two.
  case resolver = "DNS resolver"
  /// The lowest address plus three.
  case future = "kept for future use"
  /// The highest address; a VPC has no broadcast, but the address stays unused.
  case broadcast = "broadcast address"
}
