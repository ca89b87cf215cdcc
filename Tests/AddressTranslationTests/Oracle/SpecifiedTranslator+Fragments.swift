import AddressTranslation
import PacketFormats

/// Fragments (RFC 4787, section 11): the first has the ports, the others follow it.
extension SpecifiedTranslator {
  mutating func judgeFragment(
    _ packet: inout SpecifiedPacket, fromInside: Bool, at now: Int64, _ choices: Choices
  ) throws(Complaint) -> Verdict {
    let treatment: Behavior.FragmentTreatment
    switch packet.protocol {
    case .tcp where behavior.protocols.contains(.tcp): treatment = behavior.fragments.tcp
    case .udp where behavior.protocols.contains(.udp): treatment = behavior.fragments.udp
    case .icmp: treatment = behavior.fragments.icmp
    default: return .dropped(.unsupportedProtocol)
    }
    if treatment == .drop { return .dropped(.fragment) }
    // RFC 1858, section 4.2: a fragment that would overwrite TCP's control bits.
    if packet.protocol == .tcp, packet.fragmentOffset == 8 { return .dropped(.malformed) }
    let isFirst = packet.fragmentOffset == 0
    if !isFirst, let refusal = refusalOfHops(packet) { return refusal }
    let key = FragmentedPacket.Key(
      fromInside: fromInside, source: packet.source, destination: packet.destination,
      protocol: packet.protocol, identification: packet.identification)
    var place = packetsInFragments.firstIndex { $0.key == key }
    if place == nil {
      if !isFirst, treatment == .inOrder { return .dropped(.firstFragmentMissing) }
      guard packetsInFragments.count < behavior.fragments.maximumPackets else {
        return .dropped(.fragmentLimit)
      }
      packetsInFragments.append(
        FragmentedPacket(key: key, end: now + Self.nanoseconds(behavior.fragments.timeout)))
      place = packetsInFragments.count - 1
    }
    guard let place else { return .dropped(.fragmentLimit) }
    if !isFirst { return try judgeLater(&packet, place, choices) }

    let verdict = try judgeWhole(&packet, fromInside: fromInside, at: now, choices)
    let hairpinned: Bool
    switch verdict {
    case .translated: hairpinned = false
    case .hairpinned: hairpinned = true
    default:
      packetsInFragments[place].fate = .refused
      // Those that wait will hear the same when they are handed in again.
      for number in packetsInFragments[place].held { release(number, .submitAgain) }
      packetsInFragments[place].held = []
      return verdict
    }
    let chosen = try identification(packet, place, choices.identification)
    packetsInFragments[place].fate = .translated(hairpinned: hairpinned)
    packetsInFragments[place].leaving = FragmentedPacket.Leaving(
      source: packet.source, destination: packet.destination, identification: chosen)
    for number in packetsInFragments[place].held { release(number, .submitAgain) }
    packetsInFragments[place].held = []
    packet.set(chosen, at: 4)
    packet.fixHeaderChecksum()
    return verdict
  }

  private mutating func judgeLater(
    _ packet: inout SpecifiedPacket, _ place: Int, _ choices: Choices
  ) throws(Complaint) -> Verdict {
    switch packetsInFragments[place].fate {
    case .refused: return .dropped(.firstFragmentMissing)
    case .unknown:
      guard packetsInFragments[place].held.count < behavior.fragments.maximumWaiting else {
        return .dropped(.fragmentLimit)
      }
      let number = try hold(
        packet, fromInside: packetsInFragments[place].key.fromInside, choices)
      packetsInFragments[place].held.append(number)
      return .held(number)
    case .translated(let hairpinned):
      guard let leaving = packetsInFragments[place].leaving else { return .dropped(.fragment) }
      packet.bytes[8] -= behavior.timeToLiveDecrement
      packet.set(leaving.source.rawValue, at: 12)
      packet.set(leaving.destination.rawValue, at: 16)
      packet.set(leaving.identification, at: 4)
      packet.fixHeaderChecksum()
      return hairpinned ? .hairpinned(isNew: false) : .translated(isNew: false)
    }
  }

  /// The identification that a packet's fragments leave with: their own, unless another packet
  /// between the same two addresses has it (RFC 6864, section 5.3).
  private func identification(
    _ packet: SpecifiedPacket, _ place: Int, _ chosen: UInt16
  ) throws(Complaint) -> UInt16 {
    func leavesLikeThis(_ leaving: FragmentedPacket.Leaving) -> Bool {
      leaving.source == packet.source && leaving.destination == packet.destination
    }
    let fragmented = packetsInFragments[place]
    if let before = fragmented.leaving, leavesLikeThis(before) {
      guard chosen == before.identification else {
        throw Complaint(text: "identification \(chosen) after \(before.identification)")
      }
      return chosen
    }
    var taken: Set<UInt16> = []
    for (number, other) in packetsInFragments.enumerated() where number != place {
      if let leaving = other.leaving, leavesLikeThis(leaving),
        other.key.fromInside == fragmented.key.fromInside,
        other.key.protocol == fragmented.key.protocol
      {
        taken.insert(leaving.identification)
      }
    }
    guard !taken.contains(chosen),
      chosen == packet.identification || taken.contains(packet.identification)
    else {
      throw Complaint(
        text: "identification \(chosen) for \(packet.identification), taken are \(taken)")
    }
    return chosen
  }
}
