import PacketFormats

/// What becomes of a packet.
///
/// There are two ways through: a short one for what nearly all packets are, and one that takes
/// every case. The second alone would do; the first finds that it does not apply before it has
/// changed anything.
extension Translator {
  /// Translates a packet of a known flow if it does not move the flow on, but only its time of
  /// last use.
  ///
  /// - Parameters:
  ///   - bytes: The span that holds the packet.
  ///   - offset: Where its IPv4 header starts.
  ///   - rewriting: Which end to replace.
  ///   - now: Now, in nanoseconds since the simulation began.
  ///   - guess: The number of a record that may be the flow's, or 0.
  /// - Returns: `false`, with nothing changed, if the packet is not of that kind.
  @inline(__always)
  mutating func passKnown(
    _ bytes: inout MutableRawSpan, at offset: Int, _ rewriting: Rewriting, now: Int64,
    guess: UInt32 = 0
  ) -> Bool {
    let fromInside = rewriting.isOutbound
    let decrement = rules.behavior.timeToLiveDecrement
    let refreshes = fromInside || rules.behavior.inboundRefresh
    return UsualPacket.with(&bytes, at: offset) { packet in
      guard packet.timeToLive >= rules.leastTimeToLive else { return false }
      let key = fromInside ? packet.outboundKey : packet.inboundKey
      let index = find(key, fromInside: fromInside, guess: guess)
      guard index != 0 else { return false }
      return flows.with(index) { record in
        guard let control = packet.control,
          let timeout = rules.timeouts.whenUnmoved(record, by: control, fromInside: fromInside),
          !record.wasIdle(for: timeout, by: now)
        else { return false }
        if refreshes { record.refresh(now: now) }
        packet.apply(
          rewriting, replacing: (key.localAddress, key.localPort),
          by: fromInside
            ? (record.outsideAddress, record.outsidePort)
            : (record.insideAddress, record.insidePort),
          decrement: decrement)
        return true
      }
    }
  }

  /// Translates any packet on its way out.
  @inline(never)
  package mutating func judgeOutbound(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Int64
  ) -> Verdict {
    if let oneToOne = rules.oneToOne {
      return translate(&bytes, at: offset, from: oneToOne.inside, to: oneToOne.outside, .source)
    }
    let packet: TransportPacket
    do {
      packet = try TransportPacket(parsing: bytes.bytes, at: offset)
    } catch {
      return drop(error.reason)
    }
    let decrement = rules.behavior.timeToLiveDecrement
    guard packet.timeToLive >= rules.leastTimeToLive else { return drop(.timeToLiveExceeded) }

    let key = packet.outboundKey
    var index = outbound.first(key.tag) { flows[$0].isOutbound(key) }
    var isNew = false
    if index != 0, !rules.timeouts.haveEnded(flows[index], by: now) {
      follow(packet, of: index, fromInside: true, in: bytes.bytes, now: now)
    } else {
      switch begin(key, with: packet, now: now) {
      case .begun(let new): index = new
      case .refused(let verdict): return verdict
      }
      isNew = true
    }
    Rewriting.source.apply(
      to: &bytes, at: offset, packet: packet, oldAddress: key.localAddress,
      newAddress: flows[index].outsideAddress, oldPort: key.localPort,
      newPort: flows[index].outsidePort, decrement: decrement)
    counters.translatedOutbound &+= 1
    return .translated(isNew: isNew)
  }

  /// Translates any packet on its way in.
  @inline(never)
  package mutating func judgeInbound(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Int64
  ) -> Verdict {
    if let oneToOne = rules.oneToOne {
      return translate(
        &bytes, at: offset, from: oneToOne.outside, to: oneToOne.inside, .destination)
    }
    let packet: TransportPacket
    do {
      packet = try TransportPacket(parsing: bytes.bytes, at: offset)
    } catch {
      return drop(error.reason)
    }
    let decrement = rules.behavior.timeToLiveDecrement
    guard packet.timeToLive >= rules.leastTimeToLive else { return drop(.timeToLiveExceeded) }

    let key = packet.inboundKey
    var index = inbound.first(key.tag) { flows[$0].isInbound(key) }
    var isNew = false
    if index != 0, !rules.timeouts.haveEnded(flows[index], by: now) {
      follow(packet, of: index, fromInside: false, in: bytes.bytes, now: now)
    } else {
      switch admit(key, with: packet, now: now) {
      case .begun(let new): index = new
      case .refused(let verdict): return verdict
      }
      isNew = true
    }
    Rewriting.destination.apply(
      to: &bytes, at: offset, packet: packet, oldAddress: key.localAddress,
      newAddress: flows[index].insideAddress, oldPort: key.localPort,
      newPort: flows[index].insidePort, decrement: decrement)
    counters.translatedInbound &+= 1
    return .translated(isNew: isNew)
  }
}
