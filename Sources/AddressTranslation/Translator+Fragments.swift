import PacketFormats

/// How fragments are translated (RFC 4787, REQ-14).
///
/// Nothing is put together. The first fragment has the ports and is translated like a whole
/// packet; what that made of its addresses is remembered for the others. Those that come before
/// it wait with the owner, if the behaviour has them wait.
extension Translator {
  /// Translates a fragment.
  mutating func translateFragment(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedHeader,
    _ rewriting: Rewriting, now: Int64
  ) -> Verdict {
    guard let treatment = rules.treatment(ofFragmentsOf: header.protocolNumber) else {
      return .dropped(.unsupportedProtocol)
    }
    guard treatment != .drop else { return .dropped(.fragment) }
    endFragments(by: now)
    let key = FragmentKey(
      addresses: bytes[HeaderLayout.addresses, at: offset],
      protocolNumber: header.protocolNumber,
      identification: bytes[HeaderLayout.identification, at: offset],
      isOutbound: rewriting.isOutbound)
    if header.fragmentOffset == 0 {
      return translateFirst(&bytes, at: offset, header, key, rewriting, now: now)
    }
    // RFC 1858, section 3.2.2: one that would overwrite the flags of a TCP header is an attack.
    guard header.protocolNumber != HeaderLayout.tcp || header.fragmentOffset > 1 else {
      return .dropped(.malformed)
    }
    // Nobody is told of a later fragment's end (RFC 1122, section 3.2.2).
    guard header.timeToLive >= rules.leastTimeToLive else { return .dropped(.timeToLiveExceeded) }
    let number = fragments.find(key)
    if number != 0 {
      let entry = fragments[number]
      switch entry.fate {
      case .translate, .hairpin:
        apply(entry, to: &bytes, at: offset)
        return entry.fate == .hairpin ? .hairpinned(isNew: false) : .translated(isNew: false)
      case .drop:
        return .dropped(.firstFragmentMissing)
      case .unknown:
        break
      }
    }
    guard treatment == .anyOrder else { return .dropped(.firstFragmentMissing) }
    return wait(for: number, key, header.totalLength, now: now)
  }

  /// Has a fragment wait for the first of its packet.
  private mutating func wait(
    for known: UInt32, _ key: FragmentKey, _ byteCount: Int, now: Int64
  ) -> Verdict {
    guard let number = known != 0 ? known : addFragments(key, now: now),
      fragments[number].waitingCount < UInt32(rules.behavior.fragments.maximumWaiting),
      let held = heldPackets.hold(
        behind: fragments[number].lastWaiting, byteCount, fromInside: key.isOutbound)
    else { return .dropped(.fragmentLimit) }
    fragments[number].lastWaiting = held
    fragments[number].waitingCount += 1
    return .held(held)
  }

  /// Translates a first fragment and remembers what became of it.
  private mutating func translateFirst(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedHeader, _ key: FragmentKey,
    _ rewriting: Rewriting, now: Int64
  ) -> Verdict {
    let known = fragments.find(key)
    guard let number = known != 0 ? known : addFragments(key, now: now) else {
      return .dropped(.fragmentLimit)
    }
    let verdict = translateSession(&bytes, at: offset, header, rewriting, now: now)
    switch verdict {
    case .translated: fragments[number].fate = .translate
    case .hairpinned: fragments[number].fate = .hairpin
    case .passed, .held, .dropped, .resetSender, .refused: fragments[number].fate = .drop
    }
    if fragments[number].fate == .translate || fragments[number].fate == .hairpin {
      // Identifications must stay apart when several inside hosts become one outside (RFC 6864,
      // section 5.3); on the way in the remote host has seen to it.
      let leaving = FragmentKey(
        addresses: bytes[HeaderLayout.addresses, at: offset],
        protocolNumber: header.protocolNumber, identification: key.identification,
        isOutbound: rewriting.isOutbound)
      // A first fragment that comes once more leaves as it did: others may have left with it.
      let before = fragments[number].leaving
      let final =
        before != .none && before.addresses == leaving.addresses
        ? before : fragments.leave(number, as: leaving)
      Self.setIdentification(final.identification, in: &bytes, at: offset)
    }
    let last = fragments[number].lastWaiting
    fragments[number].lastWaiting = 0
    fragments[number].waitingCount = 0
    heldPackets.releaseAll(upTo: last, .submitAgain)
    return verdict
  }

  /// Gives a later fragment the addresses and the identification that its first one got.
  private func apply(
    _ entry: FragmentTable.Entry, to bytes: inout MutableRawSpan, at offset: Int
  ) {
    let source = UInt32(truncatingIfNeeded: entry.leaving.addresses >> 32)
    let destination = UInt32(truncatingIfNeeded: entry.leaving.addresses)
    Rewriting.source.apply(
      to: &bytes, at: offset, newAddress: source,
      decrement: rules.behavior.timeToLiveDecrement)
    Rewriting.destination.apply(
      to: &bytes, at: offset, newAddress: destination, decrement: 0)
    Self.setIdentification(entry.leaving.identification, in: &bytes, at: offset)
  }

  private static func setIdentification(
    _ new: UInt16, in bytes: inout MutableRawSpan, at offset: Int
  ) {
    let old = bytes[HeaderLayout.identification, at: offset]
    guard old != new else { return }
    bytes[HeaderLayout.identification, at: offset] = new
    bytes[HeaderLayout.ipv4Checksum, at: offset] = InternetChecksum.Change(from: old, to: new)
      .applied(to: bytes[HeaderLayout.ipv4Checksum, at: offset])
  }

  private mutating func addFragments(_ key: FragmentKey, now: Int64) -> UInt32? {
    guard fragments.count < rules.behavior.fragments.maximumPackets else { return nil }
    // Time that goes backwards must not bring their order of ends into disorder.
    latestFragmentEnd = max(latestFragmentEnd, IdleTimeouts.end(now, rules.fragmentTimeout))
    return fragments.add(key, endingAt: latestFragmentEnd)
  }

  /// Forgets packets in fragments whose time is up by `now`.
  mutating func endFragments(by now: Int64) {
    while let end = fragments.nextEnd, end <= now {
      let entry = fragments.removeOldest()
      heldPackets.releaseAll(upTo: entry.lastWaiting, .drop(.firstFragmentMissing))
    }
  }
}
