public import PacketFormats

/// The addresses of network interfaces beside the primary one, named after EC2's actions.
extension VirtualPrivateCloud {
  /// Gives an interface one more private address.
  ///
  /// - Parameters:
  ///   - address: The address; the next free one of the subnet if `nil`.
  ///   - index: The interface.
  /// - Returns: The address.
  /// - Throws: If the address cannot be had.
  @discardableResult
  public mutating func assignPrivateAddress(
    _ address: IPv4Address? = nil, to index: InterfaceIndex
  ) throws(VirtualNetworkError) -> IPv4Address {
    let address = try take(address, in: interfaces[index.position].subnet)
    interfaces[index.position].secondaryAddresses.append(address)
    holders[address] = index
    return address
  }

  /// Gives an interface one more IPv6 address.
  ///
  /// - Parameters:
  ///   - address: The address; the next free one of the subnet if `nil` (A-62: AWS draws at random).
  ///   - index: The interface.
  /// - Returns: The address.
  /// - Throws: If the subnet has no IPv6 block, or the address cannot be had.
  @discardableResult
  public mutating func assignIPv6Address(
    _ address: IPv6Address? = nil, to index: InterfaceIndex
  ) throws(VirtualNetworkError) -> IPv6Address {
    let subnet = interfaces[index.position].subnet.position
    let name = subnets[subnet].name
    guard let block = subnets[subnet].ipv6CIDR else { throw .subnetIsIPv4Only(subnet: name) }
    if let address {
      guard block.contains(address) else {
        throw .addressOutsideSubnet(.v6(address), subnet: name, .v6(block))
      }
      if let purpose = subnets[subnet].reservation(of: address) {
        throw .addressReserved(.v6(address), subnet: name, purpose)
      }
      if let holder = interface(at: .v6(address)) {
        throw .addressTaken(
          .v6(address), subnet: name, holder: interfaces[holder.position].name)
      }
    }
    let given = address ?? nextIPv6Address(ofSubnet: subnet, block)
    interfaces[index.position].ipv6Addresses.append(given)
    ipv6Holders[given] = index
    return given
  }

  /// Delegates a block of addresses to an interface: a /28 of IPv4 or a /80 of IPv6.
  ///
  /// - Parameters:
  ///   - prefix: The block.
  ///   - index: The interface.
  /// - Throws: If the block is of another size, not in the subnet, or not free.
  public mutating func assignPrefix(
    _ prefix: IPPrefix, to index: InterfaceIndex
  ) throws(VirtualNetworkError) {
    let subnet = interfaces[index.position].subnet.position
    switch prefix {
    case .v4(let block):
      guard block.length == 28, subnets[subnet].cidr.contains(block),
        (0..<16).allSatisfy({ subnets[subnet].addresses.isFree(block[$0]) })
      else { throw .prefixNotAvailable(prefix, subnet: subnets[subnet].name) }
      for offset in 0..<16 {
        _ = subnets[subnet].addresses.take(block[offset])
        holders[block[offset]] = index
      }
    case .v6(let block):
      guard block.length == 80, subnets[subnet].ipv6CIDR?.contains(block) == true,
        ipv6PrefixHolders[block.address] == nil,
        !interfaces.contains(where: {
          $0.exists && $0.ipv6Addresses.contains(where: block.contains)
        }),
        subnets[subnet].reservation(of: block.address) == nil
      else { throw .prefixNotAvailable(prefix, subnet: subnets[subnet].name) }
      ipv6PrefixHolders[block.address] = index
    }
    interfaces[index.position].delegatedPrefixes.append(prefix)
  }

  /// Delegates the lowest free block of a family to an interface: a /28 of IPv4 or a /80 of IPv6.
  ///
  /// - Returns: The block.
  /// - Throws: If there is none.
  public mutating func assignPrefix(
    _ family: IPFamily, to index: InterfaceIndex
  ) throws(VirtualNetworkError) -> IPPrefix {
    let subnet = subnets[interfaces[index.position].subnet.position]
    switch family {
    case .v4:
      for offset in stride(from: 0, to: subnet.cidr.count, by: 16) {
        let block = IPv4Prefix(subnet.cidr[offset], length: 28)
        if (0..<16).allSatisfy({ subnet.addresses.isFree(block[$0]) }) {
          try assignPrefix(.v4(block), to: index)
          return .v4(block)
        }
      }
      throw .subnetOutOfIPAddresses(subnet: subnet.name, .v4(subnet.cidr))
    case .v6:
      guard let block = subnet.ipv6CIDR else { throw .subnetIsIPv4Only(subnet: subnet.name) }
      // The lowest /80 holds the addresses that are given one by one.
      for number in 1...UInt64(UInt16.max) - 1 {
        let low = block.address.low | number << 48
        let prefix = IPv6Prefix(IPv6Address(high: block.address.high, low: low), length: 80)
        if ipv6PrefixHolders[prefix.address] != nil { continue }
        do throws(VirtualNetworkError) {
          try assignPrefix(.v6(prefix), to: index)
          return .v6(prefix)
        } catch { continue }
      }
      throw .subnetOutOfIPAddresses(subnet: subnet.name, .v6(block))
    }
  }

  /// Lets a public address stand for a private one, as an Elastic IP address or the one that a subnet
  /// gives by itself.
  ///
  /// - Parameters:
  ///   - address: The public address, which no other interface of the VPC has.
  ///   - own: The private address; the primary one if `nil`.
  ///   - index: The interface.
  /// - Throws: If either is taken, or the interface does not have the private one.
  public mutating func associateAddress(
    _ address: IPv4Address, with own: IPv4Address? = nil, of index: InterfaceIndex
  ) throws(VirtualNetworkError) {
    let interface = interfaces[index.position]
    let own = own ?? interface.address
    guard holders[own] == index else {
      throw .addressNotOfInterface(own, interface: interface.name)
    }
    if let holder = publicHolders[address] {
      throw .publicAddressTaken(address, holder: interfaces[holder.position].name)
    }
    if let old = interface.publicAddress(of: own) {
      throw .publicAddressTaken(old, holder: interface.name)
    }
    interfaces[index.position].publicAddresses.append(
      PublicAddressAssociation(privateAddress: own, publicAddress: address))
    publicHolders[address] = index
  }

  /// The private address that `address` stands for, and whose it is.
  public func association(
    of address: IPv4Address
  ) -> (interface: InterfaceIndex, privateAddress: IPv4Address)? {
    guard let index = publicHolders[address],
      let found = interfaces[index.position].publicAddresses.first(where: {
        $0.publicAddress == address
      })
    else { return nil }
    return (index, found.privateAddress)
  }

  /// Gives back all addresses of an interface.
  mutating func releaseAddresses(of index: InterfaceIndex) {
    let interface = interfaces[index.position]
    let subnet = interface.subnet.position
    for address in [interface.address] + interface.secondaryAddresses {
      holders[address] = nil
      subnets[subnet].addresses.release(address)
    }
    for address in interface.ipv6Addresses { ipv6Holders[address] = nil }
    for association in interface.publicAddresses {
      publicHolders[association.publicAddress] = nil
    }
    for prefix in interface.delegatedPrefixes {
      switch prefix {
      case .v4(let block):
        for offset in 0..<16 {
          holders[block[offset]] = nil
          subnets[subnet].addresses.release(block[offset])
        }
      case .v6(let block): ipv6PrefixHolders[block.address] = nil
      }
    }
    interfaces[index.position].secondaryAddresses = []
    interfaces[index.position].ipv6Addresses = []
    interfaces[index.position].publicAddresses = []
    interfaces[index.position].delegatedPrefixes = []
  }

  private mutating func nextIPv6Address(ofSubnet subnet: Int, _ block: IPv6Prefix) -> IPv6Address {
    while true {
      // A subnet has more addresses than a run can give out.
      let address = IPv6Address(
        high: block.address.high, low: block.address.low + subnets[subnet].nextIPv6Offset)
      subnets[subnet].nextIPv6Offset += 1
      if interface(at: .v6(address)) == nil { return address }
    }
  }

  /// Takes the address asked for, if it may be had, or else the lowest free one.
  mutating func take(
    _ wanted: IPv4Address?, in index: SubnetIndex
  ) throws(VirtualNetworkError) -> IPv4Address {
    let subnet = subnets[index.position]
    guard let wanted else {
      guard let address = subnets[index.position].addresses.take() else {
        throw .subnetOutOfIPAddresses(subnet: subnet.name, .v4(subnet.cidr))
      }
      return address
    }
    guard subnet.cidr.contains(wanted) else {
      throw .addressOutsideSubnet(.v4(wanted), subnet: subnet.name, .v4(subnet.cidr))
    }
    if let purpose = subnet.addresses.reservation(of: wanted) {
      throw .addressReserved(.v4(wanted), subnet: subnet.name, purpose)
    }
    guard subnets[index.position].addresses.take(wanted) else {
      let holder = holders[wanted].map { interfaces[$0.position].name }
      throw .addressTaken(.v4(wanted), subnet: subnet.name, holder: holder ?? "nobody")
    }
    return wanted
  }
}
