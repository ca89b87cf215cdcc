public import PacketFormats

extension Scenario {
  /// A machine that is in no VPC: on the internet, behind a gateway endpoint, or on premises.
  public struct OutsideHost: Hashable, Sendable {
    public package(set) var name: String
    public package(set) var address: IPv4Address
    public package(set) var ipv6Address: IPv6Address?
    /// What every resolver answers for.
    public package(set) var domainName: String
    /// What listens there; no two on the same port of the same transport.
    public package(set) var services: [Service]
  }
}
