import AddressTranslation
import EventSimulation
import PacketFormats
import SimulatedTime

/// The IPv6 side of shared interfaces: NAPT66 to the interface's IPv6 address, with a
/// translator of its own beside that for IPv4.
extension HyperplaneNode {
  /// The number of the slot that an IPv6 address belongs to, or -1.
  mutating func slotNumber(of address: IPv6Address) -> Int {
    let number = Int(truncatingIfNeeded: address.high &- firstSlotPrefix.address.high)
    guard slotAddresses.indices.contains(number), slotAddresses[number] == address else {
      return -1
    }
    return number
  }

  /// The slot's end of a flow in the note of a packet out.
  mutating func slotEnd(in note: UInt64) -> IPv6TransportAddress {
    let slot = Int(note >> 16 & 0xffff_ffff)
    return IPv6TransportAddress(slotAddresses[slot], UInt16(truncatingIfNeeded: note))
  }

  /// The interface's end of a flow in the note of a packet in.
  mutating func outsideEnd(in note: UInt64) -> IPv6TransportAddress {
    let number = Int(ipv6Numbers[Int(note >> 48)])
    return IPv6TransportAddress(
      number < 0 ? .unspecified : ipv6Translators[number].outsideAddresses[0],
      UInt16(truncatingIfNeeded: note))
  }

  /// Has the translator of an interface's IPv6 address rewrite a packet.
  mutating func translateIPv6(
    _ frame: borrowing Frame, interface number: Int, isOutbound: Bool, _ network: inout Network
  ) -> Verdict {
    let translator = Int(ipv6Numbers[number])
    guard translator >= 0 else { return .dropped(.unsupportedProtocol) }
    let now = network.now
    return network.frames.withBytes(of: frame) { bytes in
      isOutbound
        ? ipv6Translators[translator].translateOutbound(
          &bytes, at: EthernetHeader.byteCount, now: now)
        : ipv6Translators[translator].translateInbound(
          &bytes, at: EthernetHeader.byteCount, now: now)
    }
  }

  // MARK: - Time

  /// Has the translator of an interface's IPv6 address woken when its first translation may end.
  mutating func scheduleIPv6Expiry(_ number: Int, _ network: inout Network) {
    let translator = Int(ipv6Numbers[number])
    guard ipv6Translators[translator].count == 1,
      let next = ipv6Translators[translator].nextExpiry
    else { return }
    network.wake(at: next, token: Reminder.ipv6Expiry.token(number))
  }

  mutating func expireIPv6(_ number: Int, _ network: inout Network) {
    let translator = Int(ipv6Numbers[number])
    guard translator >= 0 else { return }
    ipv6Translators[translator].expire(at: network.now)
    reportIPv6Events(of: number, &network)
    if let next = ipv6Translators[translator].nextExpiry {
      network.wake(at: next, token: Reminder.ipv6Expiry.token(number))
    }
  }

  // MARK: - Records

  @inline(__always)
  mutating func reportEvents(of number: Int, isIPv6: Bool, _ network: inout Network) {
    if isIPv6 {
      reportIPv6Events(of: number, &network)
    } else {
      reportEvents(of: number, &network)
    }
  }

  /// Passes on what the translator of an interface's IPv6 address has begun, changed and ended.
  mutating func reportIPv6Events(of number: Int, _ network: inout Network) {
    let translator = Int(ipv6Numbers[number])
    guard translator >= 0 else { return }
    while let event = ipv6Translators[translator].nextEvent() {
      // Ports of both families count towards the interface's limit (A-82, assumed: the documented
      // 65,000 are an interface's, whatever its addresses).
      let isCrowded = count(
        event.kind, event.translation.flow.protocol,
        fingerprints: fingerprints(of: event.translation), of: number, at: event.instant)
      if isCrowded { beginGrowing(because: number, &network) }
      record.report(
        .ipv6Translation(
          event.kind, event.translation, translator: interfaceNames[number]), at: event.instant)
    }
  }

  /// What a flow's packets out and its packets in are known by.
  func fingerprints(of translation: IPv6Translation) -> [UInt64] {
    let flow = translation.flow
    return [
      InnerPacket(flow.protocol, from: flow.inside, to: flow.remote).fingerprint,
      InnerPacket(flow.protocol, from: flow.remote, to: translation.outside).fingerprint,
    ]
  }

  // MARK: - Answers

  /// The RST that answers a segment of a function that belongs to no translation.
  mutating func makeIPv6Reset(
    answering frame: borrowing Frame, to linkLayerAddress: MACAddress, _ network: inout Network
  ) -> Frame? {
    let segment = network.frames.withContents(of: frame) {
      IPv6ResetSegment(answering: $0, at: EthernetHeader.byteCount)
    }
    guard let segment else { return nil }
    let start = EthernetHeader.byteCount + IPv6Header.byteCount
    let made = network.frames.makeFrame(byteCount: start + TCPHeader.byteCount)
    guard let answer = made else {
      network.reportUnmadeFrame(at: network.captures.name(of: settings.inPoint))
      return nil
    }
    let source = settings.tunnel.localLinkLayerAddress
    network.frames.withBytes(of: answer) { bytes in
      EthernetHeader(
        destination: linkLayerAddress, source: source, etherType: .ipv6
      ).write(to: &bytes, at: 0)
      IPv6Header(
        payloadLength: UInt16(TCPHeader.byteCount), nextHeader: .tcp,
        source: segment.source.address, destination: segment.destination.address
      ).write(to: &bytes, at: EthernetHeader.byteCount)
      let header = TCPHeader(
        sourcePort: segment.source.port, destinationPort: segment.destination.port,
        sequenceNumber: segment.sequenceNumber,
        acknowledgmentNumber: segment.acknowledgmentNumber, flags: segment.flags, window: 0)
      header.write(
        to: &bytes, at: start,
        checksum: header.checksum(
          source: segment.source.address, destination: segment.destination.address,
          payload: RawSpan()))
    }
    return answer
  }

  // MARK: - Faults

  /// The flow of an IPv6 packet, if it exists, and which of the interface's pairs keeps it.
  mutating func ipv6StateNode(
    of packet: InnerPacket, interface number: Int, isOutbound: Bool, at now: Instant
  ) -> Int? {
    let translator = Int(ipv6Numbers[number])
    guard translator >= 0, let ends = packet.ipv6Ends else { return nil }
    let known =
      isOutbound
      ? ipv6Translators[translator].translation(
        of: IPv6Flow(
          protocol: packet.protocol, inside: ends.source, remote: ends.destination), at: now)
      : ipv6Translators[translator].translation(
        protocol: packet.protocol, outside: ends.destination, remote: ends.source, at: now)
    return known.map { ipv6Translators[translator].stateNode(of: $0) }
  }

  /// The IPv6 flows of an interface, forgotten one by one if they are kept at `place`, or all of them
  /// if that is `nil`.
  ///
  /// - Returns: how many they were.
  mutating func loseIPv6Flows(
    of number: Int, keptAt place: Int?, reason: String, _ network: inout Network
  ) -> Int {
    let translator = Int(ipv6Numbers[number])
    guard translator >= 0 else { return 0 }
    let now = network.now
    ipv6Translators[translator].expire(at: now)
    reportIPv6Events(of: number, &network)
    var count = 0
    for translation in ipv6Translators[translator].translations(at: now)
    where place == nil || ipv6Translators[translator].stateNode(of: translation) == place {
      _ = ipv6Translators[translator].remove(translation.flow, at: now)
      record.report(
        .ipv6TranslationLost(
          translation, translator: interfaceNames[number], reason: reason), at: now)
      forgetFlow(
        fingerprints(of: translation), interface: number,
        isTCP: translation.flow.protocol == .tcp)
      count += 1
    }
    return count
  }

  /// Has Cell, Tops and the count of ports forget a flow that is lost.
  private mutating func forgetFlow(
    _ fingerprints: [UInt64], interface number: Int, isTCP: Bool
  ) {
    cells[duties[number].cell].end()
    portUse[number].release(isTCP: isTCP)
    for fingerprint in fingerprints { fleet.forget(fingerprint, ring: duties[number].ring) }
  }

  /// Puts an empty translator in the place of that of an interface's IPv6 address.
  mutating func renewIPv6Translator(_ number: Int, at address: IPv6Address? = nil) {
    let translator = Int(ipv6Numbers[number])
    guard translator >= 0 else { return }
    let behavior = ipv6Translators[translator].behavior
    let addresses = address.map { [$0] } ?? ipv6Translators[translator].outsideAddresses
    do throws(BehaviorError) {
      var renewed = try IPv6Translator(
        behavior: behavior, outsideAddresses: addresses,
        seed: duties[number].seed &+ 0x9e37_79b9_7f4a_7c15)
      renewed.recordsEvents = true
      ipv6Translators[translator] = renewed
    } catch {
      preconditionFailure("a behaviour that was sound before")
    }
  }
}
