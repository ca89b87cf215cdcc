import AddressTranslation
import PacketFormats

/// Which outside ends there are for a new mapping.
extension SpecifiedTranslator {
  /// What a translator may choose from.
  enum Permitted {
    /// There is nothing, for this reason.
    case none(DropReason)
    /// One of these; or none, for this reason, where more is not known.
    case some(Set<TransportAddress>, orNone: DropReason?)
  }

  var sharesPorts: Bool { behavior.portOverloading && behavior.mapping != .endpointIndependent }

  /// As much of a remote end as the mapping depends on (RFC 4787, section 4.1).
  func mappedRemote(_ remote: TransportAddress) -> TransportAddress {
    switch behavior.mapping {
    case .endpointIndependent: TransportAddress(IPv4Address(rawValue: 0), 0)
    case .addressDependent: TransportAddress(remote.address, 0)
    case .addressAndPortDependent: remote
    }
  }

  /// The ports that may stand for one inside.
  func range(for flow: Flow) -> ClosedRange<UInt16> {
    if flow.protocol == .icmp { return behavior.identifiers }
    guard behavior.keepsLowPortsLow, flow.inside.port < 1024 else { return behavior.ports }
    return flow.inside.port < 512 ? 1...511 : 600...1023
  }

  /// The addresses that are not one inside host's alone.
  var pooledAddresses: [IPv4Address] {
    outsideAddresses.filter { address in
      !fixedMappings.contains {
        $0.outside == address && $0.ports == nil && $0.protocol == nil
      }
    }
  }

  func permittedEnds(for flow: Flow) -> Permitted {
    let mappedRemote = mappedRemote(flow.remote)
    if let quota = behavior.portQuota {
      // A mapping counts once, whatever it serves.
      let held = Set(
        sessions.filter { $0.flow.inside.address == flow.inside.address && !$0.isFixed }
          .map { "\($0.flow.protocol) \($0.flow.inside) \($0.mappedRemote)" })
      if held.count >= quota { return .none(.quotaExhausted) }
    }
    var addresses = pooledAddresses
    var orNone: DropReason?
    if behavior.addressPooling == .paired {
      if let pair = pairs[flow.inside.address] {
        addresses = [pair]
      } else if addresses.count > 1 {
        orNone = .portsExhausted
      }
    }
    var permitted: Set<TransportAddress> = []
    for address in addresses {
      permitted.formUnion(
        permittedPorts(at: address, for: flow, mappedRemote).map {
          TransportAddress(address, $0)
        })
    }
    return permitted.isEmpty ? .none(.portsExhausted) : .some(permitted, orNone: orNone)
  }

  /// The ports of one outside address that a translator may choose from.
  private func permittedPorts(
    at address: IPv4Address, for flow: Flow, _ mappedRemote: TransportAddress
  ) -> [UInt16] {
    let here = sessions.filter {
      $0.flow.protocol == flow.protocol && $0.outside.address == address
    }
    if let limit = behavior.portsPerDestination {
      // Where ports are not shared, it is for all destinations together.
      let used = Set(
        here.filter { (!sharesPorts || $0.mappedRemote == mappedRemote) && !$0.isFixed }
          .map(\.outside.port))
      if used.count >= limit { return [] }
    }
    let range = range(for: flow)
    let taken = Set(
      here.filter { !sharesPorts || $0.mappedRemote == mappedRemote }.map(\.outside.port))
    func isFree(_ port: UInt16) -> Bool {
      !taken.contains(port)
        && fixedInside(
          protocol: flow.protocol, outside: TransportAddress(address, port)) == nil
    }
    let free = range.filter(isFree)
    switch behavior.portChoice {
    case .random: return free
    case .preserve:
      // Linux keeps whatever port is free; the ranges are for those that it has to change.
      let isLow =
        behavior.keepsLowPortsLow && flow.protocol != .icmp && flow.inside.port < 1024
      let mayKeep = (isLow || range.contains(flow.inside.port)) && isFree(flow.inside.port)
      return mayKeep ? [flow.inside.port] : free
    case .parity:
      let same = free.filter { $0 % 2 == flow.inside.port % 2 }
      return same.isEmpty ? free : same
    case .sequential:
      guard let nextPort else { return Array(free.prefix(1)) }
      guard range.contains(nextPort) else { return free }
      return Array((free.filter { $0 >= nextPort } + free).prefix(1))
    case .hash:
      guard let start = hashes[HashKey(flow: flow, address: address)] else { return free }
      return Array((free.filter { $0 >= start } + free).prefix(1))
    }
  }

  /// Learns what a choice tells about choices to come.
  mutating func noteChoice(_ chosen: TransportAddress, for flow: Flow) {
    if behavior.addressPooling == .paired { pairs[flow.inside.address] = chosen.address }
    if behavior.portChoice == .hash {
      // The search began here if it would have ended at the port before, had it begun there.
      let range = range(for: flow)
      let before = chosen.port == range.lowerBound ? range.upperBound : chosen.port - 1
      let mappedRemote = mappedRemote(flow.remote)
      let wasFree =
        fixedInside(
          protocol: flow.protocol, outside: TransportAddress(chosen.address, before)) == nil
        && !sessions.contains {
          $0.flow.protocol == flow.protocol
            && $0.outside == TransportAddress(chosen.address, before)
            && (!sharesPorts || $0.mappedRemote == mappedRemote)
        }
      if wasFree {
        hashes[HashKey(flow: flow, address: chosen.address)] = chosen.port
      }
    }
    let range = range(for: flow)
    nextPort = chosen.port == range.upperBound ? range.lowerBound : chosen.port + 1
  }

  // MARK: Fixed mappings

  /// The fixed mappings for a protocol, the most particular first: those for a port before those
  /// for an address, those for a protocol before those for all.
  private func fixedMappings(for protocol: IPProtocol) -> [FixedMapping] {
    guard !fixedMappings.isEmpty else { return [] }
    let all = fixedMappings.filter { $0.protocol == nil || $0.protocol == `protocol` }
    return all.filter { $0.ports != nil && $0.protocol != nil }
      + all.filter { $0.ports != nil && $0.protocol == nil }
      + all.filter { $0.ports == nil && $0.protocol != nil }
      + all.filter { $0.ports == nil && $0.protocol == nil }
  }

  /// The outside end that a flow from inside has for good, if it has one: one that is not another's
  /// by a more particular mapping.
  func fixedOutside(of flow: Flow) -> TransportAddress? {
    let mapping = fixedMappings(for: flow.protocol).first {
      $0.inside == flow.inside.address && ($0.ports?.inside ?? flow.inside.port) == flow.inside.port
    }
    guard let mapping else { return nil }
    let outside = TransportAddress(mapping.outside, mapping.ports?.outside ?? flow.inside.port)
    return fixedInside(protocol: flow.protocol, outside: outside) == flow.inside ? outside : nil
  }

  /// Who has an outside end for good.
  func fixedInside(protocol: IPProtocol, outside: TransportAddress) -> TransportAddress? {
    let mapping = fixedMappings(for: `protocol`).first {
      $0.outside == outside.address && ($0.ports?.outside ?? outside.port) == outside.port
    }
    return mapping.map { TransportAddress($0.inside, $0.ports?.inside ?? outside.port) }
  }
}
