public import PacketFormats

/// The mapping service: who has an address, without asking anybody on the wire.
///
/// The hosts of a VPC answer ARP from a table that is loaded beforehand; nothing is broadcast, and an
/// address that is not in the table does not exist (lambda-vpc §7.2).
extension VirtualPrivateCloud {
  /// The network interface that has `address`.
  public func interface(at address: IPv4Address) -> InterfaceIndex? { holders[address] }

  /// The network interface that has `address`, by itself or with a delegated prefix.
  public func interface(at address: IPAddress) -> InterfaceIndex? {
    switch address {
    case .v4(let address): return holders[address]
    case .v6(let address):
      if let holder = ipv6Holders[address] { return holder }
      guard !ipv6PrefixHolders.isEmpty else { return nil }
      return ipv6PrefixHolders[IPv6Prefix(address, length: 80).address]
    }
  }

  /// The answer to an ARP request for `address` from a host in `subnet`.
  ///
  /// An interface in the same subnet answers with its own Ethernet address, the router with the
  /// subnet's made-up one. Assumed: link-local services answer with the router's, for they are
  /// reached through the same host.
  ///
  /// - Returns: `nil` if nobody answers: the address is unused, or not in the subnet.
  public func linkLayerAddress(
    of address: IPv4Address, seenFrom subnet: SubnetIndex
  ) -> MACAddress? {
    let subnet = subnets[subnet.position]
    if address == subnet.routerAddress || service(at: address) != nil {
      return subnet.gatewayLinkLayerAddress
    }
    guard subnet.cidr.contains(address) else { return nil }
    return holders[address].map { interfaces[$0.position].linkLayerAddress }
  }

  /// The answer to a neighbour solicitation for `address` from a host in `subnet` (RFC 4861,
  /// section 7.2.4), as for ARP.
  ///
  /// The router is known by its link-local address; whom a link-local address of a host belongs to, the
  /// mapping service does not say.
  ///
  /// - Returns: `nil` if nobody answers.
  public func linkLayerAddress(
    of address: IPv6Address, seenFrom subnet: SubnetIndex
  ) -> MACAddress? {
    let subnet = subnets[subnet.position]
    if address == Subnet.routerIPv6Address || service(at: .v6(address)) != nil {
      return subnet.gatewayLinkLayerAddress
    }
    guard subnet.contains(.v6(address)) else { return nil }
    return interface(at: .v6(address)).map { interfaces[$0.position].linkLayerAddress }
  }

  /// The Ethernet source address of a packet that reaches `target` from the interface `source`.
  ///
  /// From another subnet it is the gateway's made-up address in the target's own subnet
  /// (lambda-vpc §7.2).
  ///
  /// - Parameters:
  ///   - source: The sending interface; `nil` for a gateway or a link-local service.
  ///   - target: The receiving interface.
  /// - Returns: The address that the receiving host sees.
  public func linkLayerSource(
    of source: InterfaceIndex?, at target: InterfaceIndex
  ) -> MACAddress {
    let subnet = interfaces[target.position].subnet
    if let source, interfaces[source.position].subnet == subnet {
      return interfaces[source.position].linkLayerAddress
    }
    return subnets[subnet.position].gatewayLinkLayerAddress
  }
}
