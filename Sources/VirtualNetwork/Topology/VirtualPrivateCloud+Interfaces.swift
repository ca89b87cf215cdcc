public import PacketFormats

extension VirtualPrivateCloud {
  /// Adds a network interface.
  ///
  /// - Parameters:
  ///   - name: A name that no other existing interface of the VPC has.
  ///   - subnet: Where its address lies.
  ///   - address: Its address; the lowest free one of the subnet if `nil`.
  ///   - groups: The groups it is in; the default group if empty, and none if it is a gateway's.
  ///   - type: What EC2 would call its type.
  ///   - description: What EC2 would show as its description.
  ///   - checksSourceAndDestination: Whether it refuses packets that are not its own; `nil` for what its
  ///     type does.
  /// - Returns: The interface.
  /// - Throws: If the name or the address cannot be had, or the groups.
  public mutating func addInterface(
    name: String, in subnet: SubnetIndex, address: IPv4Address? = nil,
    securityGroups groups: [SecurityGroupIndex] = [], type: InterfaceType = .interface,
    description: String = "", checksSourceAndDestination: Bool? = nil
  ) throws(VirtualNetworkError) -> InterfaceIndex {
    let groups = try usable(groups, of: name, type)
    guard self.interface(named: name) == nil else {
      throw .nameTaken(.networkInterface, name: name)
    }
    let address = try take(address, in: subnet)
    let index = try append(
      name: name, in: subnet, address: address, groups, type, description,
      checksSourceAndDestination ?? !type.isGateway, isPlanned: false)
    holders[address] = index
    return index
  }

  /// Plans a network interface that a control plane will give an address when it makes it.
  ///
  /// Until ``bringUp(_:at:)`` it does not exist; its index, name and Ethernet address stay the same
  /// however often it comes and goes.
  ///
  /// - Parameters:
  ///   - name: A name that no other interface of the VPC has.
  ///   - subnet: Where its address will lie.
  ///   - groups: The groups it will be in; the default group if empty.
  ///   - type: What EC2 would call its type.
  ///   - description: What EC2 would show as its description.
  /// - Returns: The interface.
  /// - Throws: If the name cannot be had, or there are too many groups.
  public mutating func planInterface(
    name: String, in subnet: SubnetIndex, securityGroups groups: [SecurityGroupIndex] = [],
    type: InterfaceType = .interface, description: String = ""
  ) throws(VirtualNetworkError) -> InterfaceIndex {
    let groups = try usable(groups, of: name, type)
    return try append(
      name: name, in: subnet, address: .unspecified, groups, type, description, !type.isGateway,
      isPlanned: true)
  }

  /// Lets an interface that is planned, or was removed, exist with `address` until
  /// ``removeInterface(_:)``.
  ///
  /// Each time that it is made anew it has another identifier.
  ///
  /// - Throws: If it exists already, or its name or the address cannot be had.
  public mutating func bringUp(
    _ index: InterfaceIndex, at address: IPv4Address
  ) throws(VirtualNetworkError) {
    let interface = interfaces[index.position]
    guard !interface.exists else {
      throw .nameTaken(.networkInterface, name: interface.name)
    }
    interfaces[index.position].address = try take(address, in: interface.subnet)
    // The name of a planned one is kept for it.
    if !interface.isPlanned {
      try claim(.networkInterface, name: interface.name, at: index.position)
    }
    if interface.hasExisted {
      interfaces[index.position].identifier = makeInterfaceIdentifier(interface.name)
    }
    interfaces[index.position].exists = true
    interfaces[index.position].hasExisted = true
    holders[address] = index
  }

  private mutating func append(
    name: String, in subnet: SubnetIndex, address: IPv4Address, _ groups: [SecurityGroupIndex],
    _ type: InterfaceType, _ description: String, _ checksSourceAndDestination: Bool,
    isPlanned: Bool
  ) throws(VirtualNetworkError) -> InterfaceIndex {
    try claim(.networkInterface, name: name, at: interfaces.count)
    let index = InterfaceIndex(interfaces.count)
    interfaces.append(
      NetworkInterface(
        name: name, identifier: makeInterfaceIdentifier(name), type: type,
        description: description, subnet: subnet, address: address,
        linkLayerAddress: makeLinkLayerAddress(for: "interface \(name) \(index.rawValue)"),
        securityGroups: groups, groupSet: groupSet(groups),
        checksSourceAndDestination: checksSourceAndDestination, isPlanned: isPlanned))
    return index
  }

  /// Deletes a network interface and frees its addresses; a planned one may be brought up again.
  ///
  /// Routes to it lead nowhere from now on. Deleting one twice does nothing.
  public mutating func removeInterface(_ index: InterfaceIndex) {
    let interface = interfaces[index.position]
    guard interface.exists else { return }
    interfaces[index.position].exists = false
    releaseAddresses(of: index)
    if !interface.isPlanned { release(.networkInterface, name: interface.name) }
    for table in routeTables.indices where routeTables[table].leads(to: index) {
      routeTables[table].blackhole(index)
    }
  }

  /// Puts an interface into other groups.
  public mutating func setSecurityGroups(
    _ groups: [SecurityGroupIndex], of index: InterfaceIndex
  ) throws(VirtualNetworkError) {
    let (name, type) = (interfaces[index.position].name, interfaces[index.position].type)
    let groups = try usable(groups, of: name, type)
    interfaces[index.position].securityGroups = groups
    interfaces[index.position].groupSet = groupSet(groups)
  }

  /// Switches the source and destination check of an interface.
  public mutating func setChecksSourceAndDestination(_ checks: Bool, of index: InterfaceIndex) {
    interfaces[index.position].checksSourceAndDestination = checks
  }

  /// The groups that an interface is in when it asks for `groups`.
  private func usable(
    _ groups: [SecurityGroupIndex], of interface: String, _ type: InterfaceType
  ) throws(VirtualNetworkError) -> [SecurityGroupIndex] {
    if type.isGateway {
      guard groups.isEmpty else { throw .securityGroupsNotAllowed(interface: interface, type) }
      return []
    }
    guard !groups.isEmpty else { return [Self.defaultSecurityGroup] }
    try check(groups, of: interface)
    return groups
  }

  private func check(
    _ groups: [SecurityGroupIndex], of interface: String
  ) throws(VirtualNetworkError) {
    guard groups.count <= quotas.securityGroupsPerInterface else {
      throw .tooManySecurityGroups(
        interface: interface, count: groups.count, limit: quotas.securityGroupsPerInterface)
    }
    for (position, group) in groups.enumerated() {
      precondition(securityGroups.indices.contains(group.position), "no such security group")
      if groups[..<position].contains(group) {
        throw .securityGroupRepeated(
          interface: interface, group: securityGroups[group.position].name)
      }
    }
  }

  /// A second interface of the same name, made after the first was deleted, is another interface.
  private mutating func makeInterfaceIdentifier(_ name: String) -> ResourceIdentifier {
    let namesakes = interfacesMade[name, default: 0]
    interfacesMade[name] = namesakes + 1
    return Self.interfaceIdentifier(name, ordinal: namesakes + 1, vpc: self.name, seed: seed)
  }

  /// The identifier of the `ordinal`-th interface called `name` of a VPC, counted from 1.
  package static func interfaceIdentifier(
    _ name: String, ordinal: Int, vpc: String, seed: UInt64
  ) -> ResourceIdentifier {
    ResourceIdentifier(
      .networkInterface, name: ordinal == 1 ? "\(vpc)/\(name)" : "\(vpc)/\(name)#\(ordinal)",
      seed: seed)
  }
}
