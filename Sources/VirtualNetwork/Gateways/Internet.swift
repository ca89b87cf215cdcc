public import PacketFormats

/// The internet: hosts with public addresses.
public struct Internet: Hashable, Sendable {
  /// A host that anybody can reach.
  public struct Host: Hashable, Sendable {
    public let name: String
    public let addresses: [IPAddress]

    public init(name: String, addresses: [IPAddress]) {
      self.name = name
      self.addresses = addresses
    }
  }

  public private(set) var hosts: [Host] = []

  public init() {}

  /// Adds a host.
  ///
  /// - Throws: If it has no address, a private one, or one that another host has.
  public mutating func add(_ host: Host) throws(GatewayError) {
    guard !host.addresses.isEmpty else { throw .hostWithoutAddress(host.name) }
    for address in host.addresses {
      if case .v4(let address) = address, IPv4Block.isPrivateOrShared(address) {
        throw .privateInternetAddress(host: host.name, address)
      }
      if let holder = self.host(at: address) {
        throw .internetAddressTaken(host: host.name, address, holder: holder.name)
      }
    }
    hosts.append(host)
  }

  /// The host that has `address`.
  public func host(at address: IPAddress) -> Host? {
    hosts.first { $0.addresses.contains(address) }
  }
}
