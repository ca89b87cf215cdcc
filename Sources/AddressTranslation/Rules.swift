import PacketFormats

/// A behaviour and addresses that were found to agree, with what follows from them.
struct Rules {
  let behavior: Behavior
  let outsideAddresses: [IPv4Address]
  /// The outside addresses in ascending order, for a search that each new flow makes.
  private let sortedOutsideAddresses: [UInt32]
  private let lowestOutsideAddress: UInt32
  private let highestOutsideAddress: UInt32
  /// The two addresses of a translator without state.
  let oneToOne: OneToOne?
  let timeouts: IdleTimeouts
  /// How many hops a packet must have left: enough that it has some when it leaves, unless none
  /// are taken off.
  let leastTimeToLive: UInt16
  /// Whether one outside port serves several mappings with different remote ends.
  let sharesPorts: Bool
  /// How strict filtering is in effect, given what the mapping leaves open.
  let filtering: Behavior.Dependence
  /// Whether several flows can have one outside port in common, so that bindings must be kept.
  let usesBindings: Bool

  init(
    behavior: Behavior, outsideAddresses: [IPv4Address], insideAddress: IPv4Address?
  ) throws(BehaviorError) {
    timeouts = try IdleTimeouts(behavior.timers)
    guard let firstOutside = outsideAddresses.first else { throw .noOutsideAddress }
    for (position, address) in outsideAddresses.enumerated()
    where outsideAddresses[..<position].contains(address) {
      throw .duplicateOutsideAddress(address)
    }
    switch behavior.method {
    case .stateful:
      oneToOne = nil
    case .oneToOne:
      guard let insideAddress, outsideAddresses.count == 1 else {
        throw .notOneToOne(
          insideAddresses: insideAddress == nil ? 0 : 1, outsideAddresses: outsideAddresses.count)
      }
      oneToOne = OneToOne(inside: insideAddress.rawValue, outside: firstOutside.rawValue)
    }
    self.behavior = behavior
    leastTimeToLive =
      behavior.timeToLiveDecrement == 0 ? 0 : UInt16(behavior.timeToLiveDecrement) + 1
    self.outsideAddresses = outsideAddresses
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

  /// Whether `address` is one of the outside addresses.
  func isOutside(_ address: UInt32) -> Bool {
    guard address >= lowestOutsideAddress, address <= highestOutsideAddress else { return false }
    let addresses = sortedOutsideAddresses.span
    var (low, high) = (0, addresses.count)
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] < address { low = middle + 1 } else { high = middle }
    }
    return low < addresses.count && addresses[low] == address
  }
}
