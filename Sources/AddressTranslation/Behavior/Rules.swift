import PacketFormats

/// A behaviour and addresses that were found to agree, with what follows from them.
struct Rules {
  let behavior: Behavior
  let outsideAddresses: [IPv4Address]
  /// The outside addresses that flows are given: all but those that a fixed mapping has to itself.
  let pooledAddresses: [UInt32]
  /// The outside addresses in ascending order, for a search that each new flow makes.
  private let sortedOutsideAddresses: [UInt32]
  private let lowestOutsideAddress: UInt32
  private let highestOutsideAddress: UInt32
  /// The pairs of addresses of a translator without state.
  let oneToOne: OneToOne?
  let timeouts: IdleTimeouts
  /// How long the fragments of a packet are recognised, in nanoseconds.
  let fragmentTimeout: Int64
  /// How many hops a packet must have left: enough that it has some when it leaves, unless none
  /// are taken off.
  let leastTimeToLive: UInt16
  /// The longest packet that passes if it must not be fragmented, in bytes.
  let mtu: Int
  /// How far a sequence number may be from the next one expected, in bytes.
  let sequenceWindow: UInt32
  /// Whether TCP segments are dropped that no TCP sends.
  let checksSegments: Bool
  /// Whether one outside port serves several mappings with different remote ends.
  let sharesPorts: Bool
  /// How strict filtering is in effect, given what the mapping leaves open.
  let filtering: Behavior.Dependence
  /// Whether several flows can have one outside port in common, so that bindings must be kept.
  let usesBindings: Bool

  init(
    behavior: Behavior, outsideAddresses: [IPv4Address], insideAddresses: [IPv4Address],
    fixedMappings: [FixedMapping]
  ) throws(BehaviorError) {
    try Self.check(behavior)
    timeouts = try IdleTimeouts(behavior.timers)
    guard let fragmentTimeout = IdleTimeouts.nanoseconds(behavior.fragments.timeout) else {
      throw .fragmentTimerOutOfRange(behavior.fragments.timeout)
    }
    guard let firstOutside = outsideAddresses.first else { throw .noOutsideAddress }
    if let address = Self.firstTwice(outsideAddresses) { throw .duplicateOutsideAddress(address) }
    for mapping in fixedMappings where !outsideAddresses.contains(mapping.outside) {
      throw .fixedMappingToForeignAddress(mapping)
    }
    switch behavior.method {
    case .stateful:
      oneToOne = nil
    case .oneToOne:
      guard !insideAddresses.isEmpty, outsideAddresses.count == insideAddresses.count else {
        throw .notOneToOne(
          insideAddresses: insideAddresses.count, outsideAddresses: outsideAddresses.count)
      }
      if let address = Self.firstTwice(insideAddresses) { throw .duplicateInsideAddress(address) }
      oneToOne = OneToOne(inside: insideAddresses, outside: outsideAddresses)
    }
    self.behavior = behavior
    self.fragmentTimeout = fragmentTimeout
    leastTimeToLive =
      behavior.timeToLiveDecrement == 0 ? 0 : UInt16(behavior.timeToLiveDecrement) + 1
    mtu = behavior.mtu.map(Int.init) ?? .max
    sequenceWindow = behavior.resetWindow ?? UInt32(Int32.max)
    checksSegments = behavior.checksSegments
    self.outsideAddresses = outsideAddresses
    pooledAddresses = outsideAddresses.filter { address in
      !fixedMappings.contains {
        $0.outside == address && $0.ports == nil && $0.protocol == nil
      }
    }.map(\.rawValue)
    sortedOutsideAddresses = outsideAddresses.map(\.rawValue).sorted()
    lowestOutsideAddress = sortedOutsideAddresses.first ?? firstOutside.rawValue
    highestOutsideAddress = sortedOutsideAddresses.last ?? firstOutside.rawValue
    sharesPorts = behavior.portOverloading && behavior.mapping != .endpointIndependent
    // A port that several mappings share tells them apart by the remote end, and so can only let
    // in remote ends that one of them knows.
    filtering = sharesPorts ? max(behavior.filtering, behavior.mapping) : behavior.filtering
    usesBindings =
      behavior.mapping != .addressAndPortDependent || filtering != .addressAndPortDependent
  }

  /// Finds the settings that no translator can follow.
  private static func check(_ behavior: Behavior) throws(BehaviorError) {
    guard behavior.ports.lowerBound > 0 else { throw .portZero }
    for quota in [behavior.portQuota, behavior.portsPerDestination] {
      if let quota, quota < 1 { throw .quotaBelowOne(quota) }
    }
    if let window = behavior.resetWindow, window > UInt32(Int32.max) {
      throw .resetWindowOutOfRange(window)
    }
    if let mtu = behavior.mtu, mtu < 68 { throw .mtuBelow68(mtu) }
    if behavior.maximumSegmentSize == 0 { throw .maximumSegmentSizeZero }
    for limit in [behavior.fragments.maximumPackets, behavior.fragments.maximumWaiting]
    where limit < 1 || limit > 1 << 15 {
      throw .fragmentLimitOutOfRange(limit)
    }
  }

  private static func firstTwice(_ addresses: [IPv4Address]) -> IPv4Address? {
    var seen: Set<IPv4Address> = []
    return addresses.first { !seen.insert($0).inserted }
  }

  /// Whether `address` is one of the outside addresses.
  @inline(__always)
  func isOutside(_ address: UInt32) -> Bool {
    address >= lowestOutsideAddress && address <= highestOutsideAddress
      && isAmongOutsideAddresses(address)
  }

  @inline(never)
  private func isAmongOutsideAddresses(_ address: UInt32) -> Bool {
    let addresses = sortedOutsideAddresses.span
    var (low, high) = (0, addresses.count)
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] < address { low = middle + 1 } else { high = middle }
    }
    return low < addresses.count && addresses[low] == address
  }

  /// Whether a packet from inside to this address may have to go back inside.
  ///
  /// A quick answer for packets of known flows: it may be yes when the truth is no.
  @inline(__always)
  func mayHairpin(to address: UInt32) -> Bool {
    behavior.hairpinning && address >= lowestOutsideAddress && address <= highestOutsideAddress
  }

  /// What becomes of fragments of this protocol, or `nil` if it is not translated at all.
  func treatment(ofFragmentsOf protocolNumber: UInt8) -> Behavior.FragmentTreatment? {
    switch protocolNumber {
    case HeaderLayout.tcp: behavior.protocols.contains(.tcp) ? behavior.fragments.tcp : nil
    case HeaderLayout.udp: behavior.protocols.contains(.udp) ? behavior.fragments.udp : nil
    case HeaderLayout.icmp, HeaderLayout.icmpv6: behavior.fragments.icmp
    default: nil
    }
  }

  /// Whether a TCP segment with these control bits is let pass at all.
  @inline(__always)
  func mayPass(_ control: ControlBits) -> Bool {
    // Nearly all segments have ACK, and of the others only SYN or RST.
    control.intersection(.decisive) == .ack || !checksSegments || control.isSensible
  }

  /// Whether packets of this protocol begin flows.
  func translates(_ protocolNumber: UInt8) -> Bool {
    switch protocolNumber {
    case HeaderLayout.tcp: behavior.protocols.contains(.tcp)
    case HeaderLayout.udp: behavior.protocols.contains(.udp)
    case HeaderLayout.icmp, HeaderLayout.icmpv6: behavior.protocols.contains(.icmpQueries)
    default: false
    }
  }
}
