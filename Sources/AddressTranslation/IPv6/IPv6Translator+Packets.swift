import PacketFormats

/// What becomes of an IPv6 packet.
extension IPv6Translator {
  mutating func translate(
    _ bytes: inout MutableRawSpan, at offset: Int, fromInside: Bool, now: Int64
  ) -> Verdict {
    guard let header = try? CheckedIPv6Header(of: bytes.bytes, at: offset) else {
      core.counters.count(
        .dropped(.malformed), max(0, bytes.byteCount - max(0, offset)), fromInside: fromInside)
      return .dropped(.malformed)
    }
    returnNumbers(by: now)
    let source = book.retain(header.source)
    let destination = book.retain(header.destination)
    let verdict = translate(
      &bytes, at: offset, header, addresses: UInt64(source) << 32 | UInt64(destination),
      fromInside: fromInside, now: now)
    if case .held(let number) = verdict {
      borrow(source, destination, now: now)
      core.heldPackets.describe(number, header.totalLength, fromInside: fromInside)
    }
    takeEvents()
    book.release(source)
    book.release(destination)
    core.counters.count(verdict, header.totalLength, fromInside: fromInside)
    return verdict
  }

  private mutating func translate(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedIPv6Header,
    addresses: UInt64, fromInside: Bool, now: Int64
  ) -> Verdict {
    // IPv6 packets are never fragmented on their way (RFC 8200, section 5).
    if header.totalLength > core.rules.mtu {
      return .refused(.packetTooBig, .packetTooBig(mtu: UInt16(core.rules.mtu)))
    }
    if let fragment = header.fragment {
      return translateFragment(
        &bytes, at: offset, header, fragment, addresses: addresses, fromInside: fromInside,
        now: now)
    }
    if header.protocolNumber == HeaderLayout.icmpv6, header.transportByteCount > 0 {
      let type = bytes[HeaderLayout.icmpType, at: header.transport]
      switch ICMPKind(type, of: HeaderLayout.icmpv6) {
      case .request, .reply: break
      case .error, .other:
        return translateError(&bytes, at: offset, header, fromInside: fromInside, now: now)
      }
    }
    return translateSession(
      &bytes, at: offset, header, addresses: addresses, fromInside: fromInside, now: now)
  }

  private mutating func translateSession(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedIPv6Header,
    addresses: UInt64, fromInside: Bool, now: Int64
  ) -> Verdict {
    // ICMP of IPv4 has no meaning here.
    guard header.protocolNumber != HeaderLayout.icmp,
      core.rules.translates(header.protocolNumber)
    else { return .dropped(.unsupportedProtocol) }
    let packet: TransportPacket
    do {
      packet = try TransportPacket(
        parsing: bytes.bytes, at: header.transport, byteCount: header.transportByteCount,
        protocolNumber: header.protocolNumber, addresses: addresses,
        isFragment: header.fragment != nil)
    } catch {
      return .dropped(error.reason)
    }
    guard
      header.hopLimit >= core.rules.leastTimeToLive
        || !core.isForwarded(packet, fromInside: fromInside, now: now)
    else { return core.exceededTimeToLive() }
    guard !packet.isTCP || core.rules.mayPass(packet.control) else { return .dropped(.malformed) }
    let decrement = core.rules.behavior.timeToLiveDecrement
    switch core.route(packet, fromInside: fromInside, now: now) {
    case .refused(let verdict):
      return verdict
    case .across(let index, let isNew):
      rewrite(
        &bytes, at: offset, packet, core.flows[index], fromInside: fromInside,
        decrement: decrement)
      return .translated(isNew: isNew)
    case .back(let departing, let arriving, let isNew):
      rewrite(
        &bytes, at: offset, packet, core.flows[departing], fromInside: true, decrement: decrement)
      rewrite(&bytes, at: offset, packet, core.flows[arriving], fromInside: false, decrement: 0)
      return .hairpinned(isNew: isNew)
    }
  }

  /// Puts what a flow has on the other side into a packet.
  private func rewrite(
    _ bytes: inout MutableRawSpan, at offset: Int, _ packet: TransportPacket,
    _ record: FlowRecord, fromInside: Bool, decrement: UInt8
  ) {
    if let clamp = core.rules.behavior.maximumSegmentSize, packet.control.contains(.syn) {
      MaximumSegmentSize.clamp(&bytes, at: packet.transport, to: clamp)
    }
    let rewriting: IPv6Rewriting = fromInside ? .source : .destination
    let address = book[fromInside ? record.outsideAddress : record.insideAddress]
    let port = fromInside ? record.outsidePort : record.insidePort
    let change = rewriting.replaceAddress(in: &bytes, at: offset, by: address)
      .and(
        rewriting.replacePort(
          in: &bytes, at: packet.transport, of: packet.protocolNumber, by: port))
    IPv6Rewriting.updateChecksum(
      in: &bytes, at: packet.transport, of: packet.protocolNumber, end: .max, with: change)
    IPv6Rewriting.takeHops(decrement, in: &bytes, at: offset)
  }

  // MARK: Fragments

  private mutating func translateFragment(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedIPv6Header,
    _ fragment: IPv6FragmentHeader, addresses: UInt64, fromInside: Bool, now: Int64
  ) -> Verdict {
    func key(_ addresses: UInt64) -> FragmentKey {
      FragmentKey(
        addresses: addresses, protocolNumber: header.protocolNumber,
        identification: fragment.identification, isOutbound: fromInside)
    }
    borrow(
      UInt32(truncatingIfNeeded: addresses >> 32), UInt32(truncatingIfNeeded: addresses),
      now: now)
    switch core.step(
      key(addresses), protocolNumber: header.protocolNumber,
      fragmentOffset: fragment.fragmentOffset / 8, timeToLive: header.hopLimit, now: now)
    {
    case .refused(let verdict):
      return verdict
    case .translate(let number):
      let verdict = translateSession(
        &bytes, at: offset, header, addresses: addresses, fromInside: fromInside, now: now)
      takeEvents()
      let source = IPv6Address(
        high: bytes[IPv6Header.Layout.sourceHigh, at: offset],
        low: bytes[IPv6Header.Layout.sourceLow, at: offset])
      let destination = IPv6Address(
        high: bytes[IPv6Header.Layout.destinationHigh, at: offset],
        low: bytes[IPv6Header.Layout.destinationLow, at: offset])
      let (left, right) = (book.retain(source), book.retain(destination))
      defer {
        book.release(left)
        book.release(right)
      }
      borrow(left, right, now: now)
      let settled = core.settle(number, verdict, as: key(UInt64(left) << 32 | UInt64(right)))
      if let identification = settled.identification {
        bytes[IPv6FragmentHeader.Layout.identification, at: header.fragmentHeader] =
          identification
      }
      return settled.verdict
    case .follow(let entry):
      let leaving = entry.leaving
      IPv6Rewriting.source.replaceAddress(
        in: &bytes, at: offset,
        by: book[UInt32(truncatingIfNeeded: leaving.addresses >> 32)])
      IPv6Rewriting.destination.replaceAddress(
        in: &bytes, at: offset, by: book[UInt32(truncatingIfNeeded: leaving.addresses)])
      IPv6Rewriting.takeHops(
        core.rules.behavior.timeToLiveDecrement, in: &bytes, at: offset)
      bytes[IPv6FragmentHeader.Layout.identification, at: header.fragmentHeader] =
        leaving.identification
      return entry.fate == .hairpin ? .hairpinned(isNew: false) : .translated(isNew: false)
    }
  }

  // MARK: Errors

  private mutating func translateError(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedIPv6Header,
    fromInside: Bool, now: Int64
  ) -> Verdict {
    guard core.rules.behavior.translatesErrors else { return .dropped(.unsupportedProtocol) }
    let quote: IPv6Quote
    do {
      quote = try IPv6Quote(in: bytes.bytes, under: header)
    } catch {
      return .dropped(error.reason)
    }
    guard header.hopLimit >= core.rules.leastTimeToLive else {
      return .dropped(.timeToLiveExceeded)
    }
    let (source, destination) = (book.find(quote.source), book.find(quote.destination))
    guard source != 0, destination != 0 else { return .dropped(.unsolicited) }
    let decrement = core.rules.behavior.timeToLiveDecrement
    switch core.routeError(
      quote.key(source: source, destination: destination, fromInside: fromInside),
      to: book.find(header.destination),
      fromInside: fromInside, now: now)
    {
    case .refused(let verdict):
      return verdict
    case .across(let flow):
      turnBack(&bytes, at: offset, quote, flow, fromInside: fromInside, decrement: decrement)
      return .translated(isNew: false)
    case .back(let departing, let arriving):
      turnBack(&bytes, at: offset, quote, departing, fromInside: true, decrement: decrement)
      turnBack(&bytes, at: offset, quote, arriving, fromInside: false, decrement: 0)
      return .hairpinned(isNew: false)
    }
  }

  /// Puts what a flow has on the other side into an error and into what it quotes.
  private func turnBack(
    _ bytes: inout MutableRawSpan, at offset: Int, _ quote: IPv6Quote, _ flow: FlowRecord,
    fromInside: Bool, decrement: UInt8
  ) {
    let address = book[fromInside ? flow.outsideAddress : flow.insideAddress]
    let port = fromInside ? flow.outsidePort : flow.insidePort
    let rewriting: IPv6Rewriting = fromInside ? .source : .destination
    let change = rewriting.replaceAddress(in: &bytes, at: offset, by: address)
    quote.turnBack(in: &bytes, fromInside: fromInside, to: (address, port), with: change)
    IPv6Rewriting.takeHops(decrement, in: &bytes, at: offset)
  }
}
