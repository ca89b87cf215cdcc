import PacketFormats

/// How a flow gets an outside port, and how the port is given back.
extension Translator {
  /// What a flow looks like from outside.
  struct OutsideEnd {
    var address: UInt32
    var port: UInt16
    /// The binding that has the port, or 0 if the flow has it for itself.
    var binding: UInt32
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
  ///
  /// - Returns: `nil` if no port is free.
  mutating func outsideEnd(for key: FlowKey) -> OutsideEnd? {
    let mappingKey = mappingKey(for: key)
    if rules.usesBindings {
      let known = bindings.first(forInside: mappingKey)
      if known != 0 {
        let binding = bindings[known]
        return OutsideEnd(
          address: binding.outsideAddress, port: binding.outsidePort, binding: known)
      }
    }
    // N-10: a hash of the flow chooses the address. That the next is tried when it is full is
    // assumed.
    let count = rules.outsideAddresses.count
    let first = count == 1 ? 0 : Int(mappingKey.spread) % count
    for step in 0..<count {
      let address = rules.outsideAddresses[(first + step) % count].rawValue
      guard let port = takePort(for: key, at: address) else { continue }
      guard rules.usesBindings else { return OutsideEnd(address: address, port: port, binding: 0) }
      let binding = Binding(
        insideKey: mappingKey, outsideAddress: address, outsidePort: port)
      guard let number = bindings.add(binding) else { return nil }
      return OutsideEnd(address: address, port: port, binding: number)
    }
    return nil
  }

  /// The ports that may stand for an inside port.
  private func ports(for insidePort: UInt16) -> ClosedRange<UInt16> {
    guard rules.behavior.keepsLowPortsLow, insidePort < 1024 else { return rules.behavior.ports }
    // Linux, nf_nat_l4proto_unique_tuple: 1–511 stay there, 512–1023 go to 600–1023.
    return insidePort < 512 ? 1...511 : 600...1023
  }

  /// Takes a free port at an outside address for a flow that begins inside.
  private mutating func takePort(for key: FlowKey, at address: UInt32) -> UInt16? {
    let range = ports(for: key.localPort)
    let seen = FlowKey(
      protocolNumber: key.protocolNumber, localAddress: address, localPort: 0,
      remoteAddress: key.remoteAddress, remotePort: key.remotePort)
    var pool = pools.find(poolKey(for: seen))
    if pool == nil, !rules.sharesPorts {
      pool = pools.add(PortPool(), for: poolKey(for: seen))
    }
    let start: UInt16
    switch rules.behavior.portChoice {
    case .preserve
    where range.contains(key.localPort) && isFree(key.localPort, inPool: pool, for: seen):
      start = key.localPort
    case .preserve, .random: start = generator.port(in: range)
    case .sequential: start = range.contains(sequentialPort) ? sequentialPort : range.lowerBound
    }
    var port: UInt16?
    if pool == nil {
      // Few flows go to this destination, so a free port is near and the table of flows finds it.
      var candidate = start
      for _ in 0..<Self.searchLimit where port == nil {
        if isUnused(seen, atPort: candidate) { port = candidate }
        candidate = candidate == range.upperBound ? range.lowerBound : candidate + 1
      }
      if port == nil { pool = pools.add(.unexplored, for: poolKey(for: seen)) }
    }
    if let pool {
      port = port ?? firstFree(from: start, in: range, ofPool: pool, for: seen)
      if let port { pools[pool].take(port) }
    }
    if let port, rules.behavior.portChoice == .sequential {
      sequentialPort = port == range.upperBound ? range.lowerBound : port + 1
    }
    return port
  }

  /// How many ports in a row are looked up among the flows before a pool is set up for a
  /// destination that shares ports.
  private static var searchLimit: Int { 32 }

  /// Whether a port is free, given the number of its pool if it has one.
  private func isFree(_ port: UInt16, inPool pool: Int?, for key: FlowKey) -> Bool {
    if let pool, pools[pool].isKnown(port) { return !pools[pool].isTaken(port) }
    return isUnused(key, atPort: port)
  }

  /// Whether a port shared between destinations is unused for the one in `key`.
  private func isUnused(_ key: FlowKey, atPort port: UInt16) -> Bool {
    var key = key
    key.localPort = port
    if rules.usesBindings { return bindings.first(forOutside: outsideKey(for: key)) == 0 }
    return inbound.first(key.tag) { flows[$0].isInbound(key) } == 0
  }

  /// The first free port of a pool from `start` on, going round at the end of `range`.
  ///
  /// - Parameters:
  ///   - start: Where to begin.
  ///   - range: Where to stay.
  ///   - number: The number of the pool.
  ///   - key: What the pool's ports have in common, as seen from outside.
  /// - Returns: `nil` if none is free.
  private mutating func firstFree(
    from start: UInt16, in range: ClosedRange<UInt16>, ofPool number: Int, for key: FlowKey
  ) -> UInt16? {
    while true {
      switch pools[number].search(from: start, in: range) {
      case .free(let port): return port
      case .nothing: return nil
      // Eight kilobytes for each destination that shares ports would be far too much as a rule.
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
  mutating func releasePort(ofFlow key: FlowKey) {
    guard !pools.isEmpty, let number = pools.find(poolKey(for: key)) else { return }
    pools[number].release(key.localPort)
    // A pool that is hardly used any more is not worth its memory.
    if rules.sharesPorts, pools[number].isSparse(of: rules.behavior.ports.count) {
      pools.remove(number)
    }
  }

  /// Gives back the port of a binding.
  mutating func releasePort(ofBinding binding: Binding) {
    releasePort(ofFlow: binding.outsideKey(sharingPorts: rules.sharesPorts))
  }
}
