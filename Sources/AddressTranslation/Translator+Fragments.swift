import PacketFormats

/// How fragments are translated (RFC 4787, REQ-14).
///
/// Nothing is put together. The first fragment has the ports and is translated like a whole
/// packet; what that made of its addresses is remembered for the others. Those that come before
/// it wait with the owner, if the behaviour has them wait.
extension Translator {
  /// What is to be done with a fragment.
  enum FragmentStep {
    case refused(Verdict)
    /// It is a first one: translate it like a whole packet, then ``settle(_:_:as:)``.
    case translate(UInt32)
    /// It follows a first one: give it what that one got.
    case follow(FragmentTable.Entry)
  }

  /// Translates a fragment.
  mutating func translateFragment(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedHeader,
    _ rewriting: Rewriting, now: Int64
  ) -> Verdict {
    func key(_ addresses: UInt64) -> FragmentKey {
      FragmentKey(
        addresses: addresses, protocolNumber: header.protocolNumber,
        identification: UInt32(bytes[HeaderLayout.identification, at: offset]),
        isOutbound: rewriting.isOutbound)
    }
    switch step(
      key(bytes[HeaderLayout.addresses, at: offset]), protocolNumber: header.protocolNumber,
      fragmentOffset: header.fragmentOffset, timeToLive: header.timeToLive, now: now)
    {
    case .refused(let verdict):
      return verdict
    case .translate(let number):
      let verdict = translateSession(&bytes, at: offset, header, rewriting, now: now)
      let settled = settle(number, verdict, as: key(bytes[HeaderLayout.addresses, at: offset]))
      if let identification = settled.identification {
        Self.setIdentification(identification, in: &bytes, at: offset)
      }
      return settled.verdict
    case .follow(let entry):
      apply(entry, to: &bytes, at: offset)
      return entry.fate == .hairpin ? .hairpinned(isNew: false) : .translated(isNew: false)
    }
  }

  /// Finds out what is to be done with a fragment.
  ///
  /// - Parameters:
  ///   - key: What it has in common with the others of its packet.
  ///   - protocolNumber: What it is part of.
  ///   - fragmentOffset: Where it stands in the packet, in units of eight bytes.
  ///   - timeToLive: The hops it has left.
  ///   - now: Now, in nanoseconds since the simulation began.
  /// - Returns: what to do with it; nothing is rewritten yet.
  mutating func step(
    _ key: FragmentKey, protocolNumber: UInt8, fragmentOffset: UInt16, timeToLive: UInt8,
    now: Int64
  ) -> FragmentStep {
    guard let treatment = rules.treatment(ofFragmentsOf: protocolNumber) else {
      return .refused(.dropped(.unsupportedProtocol))
    }
    guard treatment != .drop else { return .refused(.dropped(.fragment)) }
    endFragments(by: now)
    let number = fragments.find(key)
    if fragmentOffset == 0 {
      guard let number = number != 0 ? number : addFragments(key, now: now) else {
        return .refused(.dropped(.fragmentLimit))
      }
      return .translate(number)
    }
    // RFC 1858, section 3.2.2: one that would overwrite the flags of a TCP header is an attack.
    guard protocolNumber != HeaderLayout.tcp || fragmentOffset > 1 else {
      return .refused(.dropped(.malformed))
    }
    // Nobody is told of a later fragment's end (RFC 1122, section 3.2.2).
    guard timeToLive >= rules.leastTimeToLive else {
      return .refused(.dropped(.timeToLiveExceeded))
    }
    if number != 0 {
      switch fragments[number].fate {
      case .translate, .hairpin: return .follow(fragments[number])
      case .drop: return .refused(.dropped(.firstFragmentMissing))
      case .unknown: break
      }
    }
    guard treatment == .anyOrder else { return .refused(.dropped(.firstFragmentMissing)) }
    return .refused(wait(for: number, key, now: now))
  }

  /// Has a fragment wait for the first of its packet.
  private mutating func wait(for known: UInt32, _ key: FragmentKey, now: Int64) -> Verdict {
    guard let number = known != 0 ? known : addFragments(key, now: now),
      fragments[number].waitingCount < UInt32(rules.behavior.fragments.maximumWaiting),
      let held = heldPackets.hold(behind: fragments[number].lastWaiting)
    else { return .dropped(.fragmentLimit) }
    fragments[number].lastWaiting = held
    fragments[number].waitingCount += 1
    return .held(held)
  }

  /// Remembers what became of a first fragment, and lets those go that wait for it.
  ///
  /// - Parameters:
  ///   - number: The number that came with ``FragmentStep/translate(_:)``.
  ///   - verdict: What the fragment would be told if it were a whole packet.
  ///   - key: What the fragments have in common behind the translator, if it was translated.
  /// - Returns: what it is told, and its identification if it was translated.
  mutating func settle(
    _ number: UInt32, _ verdict: Verdict, as key: FragmentKey
  ) -> (verdict: Verdict, identification: UInt32?) {
    switch verdict {
    case .translated: fragments[number].fate = .translate
    case .hairpinned: fragments[number].fate = .hairpin
    case .passed, .held, .dropped, .resetSender, .refused: fragments[number].fate = .drop
    }
    let last = fragments[number].lastWaiting
    fragments[number].lastWaiting = 0
    fragments[number].waitingCount = 0
    heldPackets.releaseAll(upTo: last, .submitAgain)
    guard fragments[number].fate != .drop else { return (verdict, nil) }
    // Identifications must stay apart when several inside hosts become one outside (RFC 6864,
    // section 5.3); on the way in the remote host has seen to it.
    // A first fragment that comes once more leaves as it did: others may have left with it.
    let before = fragments[number].leaving
    let leaving =
      before != .none && before.addresses == key.addresses
      ? before : fragments.leave(number, as: key)
    return (verdict, leaving.identification)
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
    _ identification: UInt32, in bytes: inout MutableRawSpan, at offset: Int
  ) {
    let new = UInt16(truncatingIfNeeded: identification)
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
