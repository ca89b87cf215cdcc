import PacketFormats

/// How a flow gets an outside port, and how the port is given back.
extension Translator {
  /// What a flow looks like from outside.
  struct OutsideEnd {
    var address: UInt32
    var port: UInt16
    /// The binding that has the port, or 0 if the flow has it for itself, or ``Binding/fixed``.
    var binding: UInt32
    /// Where packets of the flow that come in are likely to be looked for, read already.
    var likelyHome = HashIndex.Slot.empty
  }

  /// What came of the search for an outside end.
  enum OutsideEndSearch {
    case found(OutsideEnd)
    case none(DropReason)
  }

  /// As much of the remote end of `key` as the mapping depends on (RFC 4787, section 4.1).
  private func mappingKey(for key: FlowKey) -> FlowKey {
    var key = key
    switch rules.behavior.mapping {
    case .addressAndPortDependent: break
    case .addressDependent: key.openRemotePort()
    case .endpointIndependent: key.openRemote()
    }
    return key
  }

  /// As much of a key seen from outside as says whose the port is.
  func outsideKey(for key: FlowKey) -> FlowKey {
    var key = mappingKey(for: key)
    guard !rules.sharesPorts else { return key }
    key.openRemote()
    return key
  }

  /// The key of the pool that the port of a key seen from outside belongs to.
  func poolKey(for key: FlowKey) -> FlowKey {
    var key = outsideKey(for: key)
    key.localPort = 0
    return key
  }

  /// The outside end for a flow that begins inside, which is given one if it has none.
  mutating func outsideEnd(for key: FlowKey) -> OutsideEndSearch {
    if let end = fixedMappings.outsideEnd(of: key), isReturned(end, to: key) {
      return .found(OutsideEnd(address: end.address, port: end.port, binding: Binding.fixed))
    }
    let mappingKey = mappingKey(for: key)
    if rules.usesBindings {
      let known = bindings.first(forInside: mappingKey)
      if known != 0 {
        let binding = bindings[known]
        return .found(
          OutsideEnd(
            address: binding.outsideAddress, port: binding.outsidePort, binding: known))
      }
    }
    if let quota = rules.behavior.portQuota, portsByInside.count(hostKey(for: key)) >= quota {
      return .none(.quotaExhausted)
    }
    let count = rules.pooledAddresses.count
    guard count > 0 else { return .none(.portsExhausted) }
    // N-10: a hash of the flow chooses the address. That the next is tried when it is full is
    // assumed.
    let isPaired = rules.behavior.addressPooling == .paired
    let choice = isPaired ? hostKey(for: key) : mappingKey
    let first = count == 1 ? 0 : Int(choice.spread) % count
    for step in 0..<(isPaired ? 1 : count) {
      let address = rules.pooledAddresses[(first + step) % count]
      guard let (port, likelyHome) = takePort(for: key, at: address) else { continue }
      guard rules.usesBindings else {
        return .found(
          OutsideEnd(address: address, port: port, binding: 0, likelyHome: likelyHome))
      }
      let binding = Binding(
        insideKey: mappingKey, outsideAddress: address, outsidePort: port)
      guard let number = bindings.add(binding) else { return .none(.portsExhausted) }
      return .found(OutsideEnd(address: address, port: port, binding: number))
    }
    return .none(.portsExhausted)
  }

  /// Whether what arrives at a fixed outside end comes to the local end of `key`, and not to that
  /// of a more particular mapping.
  private func isReturned(_ end: (address: UInt32, port: UInt16), to key: FlowKey) -> Bool {
    guard
      let inside = fixedMappings.insideEnd(
        of: FlowKey(
          protocolNumber: key.protocolNumber, localAddress: end.address, localPort: end.port))
    else { return false }
    return inside == (key.localAddress, key.localPort)
  }

  /// The key under which what an inside address holds is counted.
  private func hostKey(for key: FlowKey) -> FlowKey {
    FlowKey(protocolNumber: 0, localAddress: key.localAddress, localPort: 0)
  }

  /// The ports that may stand for an inside port.
  private func ports(for key: FlowKey) -> ClosedRange<UInt16> {
    guard !HeaderLayout.isICMP(key.protocolNumber) else { return rules.behavior.identifiers }
    guard rules.behavior.keepsLowPortsLow, key.localPort < 1024 else {
      return rules.behavior.ports
    }
    // Linux, nf_nat_l4proto_unique_tuple: 1–511 stay there, 512–1023 go to 600–1023.
    return key.localPort < 512 ? 1...511 : 600...1023
  }

  /// Takes a free port at an outside address for a flow that begins inside.
  ///
  /// - Returns: the port, and the slot of the index that the flow would have if the port were the
  ///   first one that was tried. Mostly it is; reading the slot is begun while the port is still
  ///   being looked for, because in a large table both have to be waited for.
  private mutating func takePort(
    for key: FlowKey, at address: UInt32
  ) -> (port: UInt16, likelyHome: HashIndex.Slot)? {
    let range = ports(for: key)
    let seen = FlowKey(
      protocolNumber: key.protocolNumber, localAddress: address, localPort: 0,
      remoteAddress: key.remoteAddress, remotePort: key.remotePort)
    guard !fixedMappings.takeWholeAddress(of: seen) else { return nil }
    let poolKey = poolKey(for: seen)
    if let limit = rules.behavior.portsPerDestination,
      portsByDestination.count(poolKey) >= limit
    {
      return nil
    }
    var pool = pools.find(poolKey)
    if pool == nil, !rules.sharesPorts {
      pool = addPool(for: seen)
    }
    // Linux keeps whatever port is free; the ranges are for those that it has to change.
    let isLowPort = !HeaderLayout.isICMP(key.protocolNumber) && key.localPort < 1024
    let mayKeep =
      range.contains(key.localPort) || rules.behavior.keepsLowPortsLow && isLowPort
    let keepsPort =
      rules.behavior.portChoice == .preserve && mayKeep
      && isFree(key.localPort, inPool: pool, for: seen)
    let search = keepsPort ? PortSearch(start: key.localPort) : search(for: key, in: range)
    var port = keepsPort ? key.localPort : nil
    let node = wantedStateNode()
    let likelyHome = inbound.home(of: seen.withLocalPort(search.start).tag)
    if pool == nil, port == nil {
      // Few flows go to this destination, so a free port is near and the table of flows finds it.
      var candidate = search.start
      for _ in 0..<Self.searchLimit where port == nil {
        if search.admits(candidate), leads(candidate, of: seen, to: node),
          isUnused(seen, atPort: candidate)
        {
          port = candidate
        }
        candidate = candidate == range.upperBound ? range.lowerBound : candidate + 1
      }
      if port == nil { pool = pools.add(.unexplored, for: poolKey) }
    }
    if let pool {
      port = port ?? firstFree(search, in: range, ofPool: pool, for: seen, leadingTo: node)
      if let port { pools[pool].take(port) }
    }
    guard let port else { return nil }
    if rules.behavior.portChoice == .sequential {
      sequentialPort = port == range.upperBound ? range.lowerBound : port + 1
    }
    if rules.behavior.portsPerDestination != nil { portsByDestination.add(poolKey) }
    if rules.behavior.portQuota != nil { portsByInside.add(hostKey(for: key)) }
    return (port, likelyHome)
  }

  /// Where a search for a port begins.
  private struct PortSearch {
    var start: UInt16
    /// What is wanted at first.
    var parity = PortParity.either

    func admits(_ port: UInt16) -> Bool { parity.admits(port) }
  }

  private mutating func search(for key: FlowKey, in range: ClosedRange<UInt16>) -> PortSearch {
    switch rules.behavior.portChoice {
    case .preserve, .random:
      PortSearch(start: generator.port(in: range))
    case .sequential:
      PortSearch(start: range.contains(sequentialPort) ? sequentialPort : range.lowerBound)
    case .parity:
      PortSearch(start: generator.port(in: range), parity: PortParity(of: key.localPort))
    case .hash:
      PortSearch(
        start: range.lowerBound
          + UInt16(FlowKey.mix(key.local ^ secret, key.remote) % UInt32(range.count)))
    }
  }

  /// The node that is asked for a port, or `nil` if there is only one.
  private mutating func wantedStateNode() -> Int? {
    let count = rules.behavior.stateNodes
    guard count > 1 else { return nil }
    if let askedStateNode, askedStateNode >= 0, askedStateNode < count { return askedStateNode }
    return Int(generator.next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// Whether packets that come back to a port lead to a node.
  private func leads(_ port: UInt16, of key: FlowKey, to node: Int?) -> Bool {
    guard let node else { return true }
    return key.withLocalPort(port).stateNode(of: rules.behavior.stateNodes) == node
  }

  /// The first free port where a search leads that also leads back to a node.
  ///
  /// After many free ports that lead to others the first of them is taken: then their node is
  /// asked instead.
  private mutating func firstFree(
    _ search: PortSearch, in range: ClosedRange<UInt16>, ofPool number: Int, for key: FlowKey,
    leadingTo node: Int?
  ) -> UInt16? {
    let first = firstFree(search, in: range, ofPool: number, for: key)
    guard let first, node != nil else { return first }
    var next = search
    for _ in 0..<rules.behavior.stateNodes * 16 {
      guard let port = firstFree(next, in: range, ofPool: number, for: key) else { break }
      if leads(port, of: key, to: node) { return port }
      next.start = port == range.upperBound ? range.lowerBound : port + 1
    }
    return first
  }

  /// How many ports in a row are looked up among the flows before a pool is set up for a
  /// destination that shares ports.
  private static var searchLimit: Int { 32 }

  /// Whether a port is free, given the number of its pool if it has one.
  private func isFree(_ port: UInt16, inPool pool: Int?, for key: FlowKey) -> Bool {
    if let pool, pools[pool].isKnown(port) { return !pools[pool].isTaken(port) }
    return isUnused(key, atPort: port)
  }

  /// Whether a port is unused: by fixed mappings and, where ports are shared between
  /// destinations, for the one in `key`.
  private func isUnused(_ key: FlowKey, atPort port: UInt16) -> Bool {
    let key = key.withLocalPort(port)
    guard fixedMappings.insideEnd(of: key) == nil else { return false }
    if rules.usesBindings { return bindings.first(forOutside: outsideKey(for: key)) == 0 }
    return inbound.first(key.tag) { flows[$0].isInbound(key) } == 0
  }

  /// Sets up a pool for an outside address whose ports are not shared; only what fixed mappings
  /// have is taken.
  private mutating func addPool(for key: FlowKey) -> Int {
    var pool = PortPool()
    fixedMappings.forEachPort(of: key) { if !pool.isTaken($0) { pool.take($0) } }
    return pools.add(pool, for: poolKey(for: key))
  }

  /// The first free port of a pool where a search leads; its parity counts for nothing once there
  /// is no other port left.
  private mutating func firstFree(
    _ search: PortSearch, in range: ClosedRange<UInt16>, ofPool number: Int, for key: FlowKey
  ) -> UInt16? {
    var parity = search.parity
    while true {
      switch pools[number].search(from: search.start, in: range, parity: parity) {
      case .free(let port): return port
      case .nothing where parity != .either: parity = .either
      case .nothing: return nil
      // Nine kilobytes for each destination that shares ports would be far too much as a rule.
      // They pay off for the few in which a free port has become hard to find; what was given out
      // before then is found in the table of flows.
      case .unknown(let first):
        var taken: UInt64 = 0
        for place in 0..<64 as Range<UInt16> where !isUnused(key, atPort: first + place) {
          taken |= 1 << UInt64(place)
        }
        pools[number].learn(first, taken: taken)
      }
    }
  }

  /// Gives back the port of a flow that had it for itself, known by its key from outside.
  mutating func releasePort(_ key: FlowKey, ofInside address: UInt32) {
    let poolKey = poolKey(for: key)
    if rules.behavior.portsPerDestination != nil { portsByDestination.remove(poolKey) }
    if rules.behavior.portQuota != nil {
      portsByInside.remove(FlowKey(protocolNumber: 0, localAddress: address, localPort: 0))
    }
    guard !pools.isEmpty, let number = pools.find(poolKey) else { return }
    pools[number].release(key.localPort)
    // A pool that is hardly used any more is not worth its memory.
    if rules.sharesPorts, pools[number].isSparse(of: rules.behavior.ports.count) {
      pools.remove(number)
    }
  }

  /// Gives back the port of a binding.
  mutating func releasePort(ofBinding binding: Binding) {
    releasePort(
      binding.outsideKey(sharingPorts: rules.sharesPorts),
      ofInside: binding.insideKey.localAddress)
  }
}
