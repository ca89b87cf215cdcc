public import PacketFormats

/// The mapping service: who has an address, without asking anybody on the wire.
///
/// The hosts of a VPC answer ARP from a table that is loaded beforehand; nothing is broadcast, and an
/// address that is not in the table does not exist (lambda-vpc §7.2).
extension VirtualPrivateCloud {
  /// The network interface that has `address`.
  public func interface(at address: IPv4Address) -> InterfaceIndex? { holders[address] }

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
