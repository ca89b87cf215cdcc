import PacketFormats
public import SimulatedTime

/// Many packets at once.
///
/// In a table of millions of flows a packet mostly waits for memory: for a slot of the index, then
/// for the record that the slot names. Packets that arrive together can wait together. Each group
/// of them is therefore gone through several times: first only to read slots, none of which depends
/// on another, so that the processor fetches them all at the same time; then to read the records
/// that they name; and last to translate, in order, with everything in the cache.
///
/// What was found before is no more than a guess by then, because a packet of the same group may
/// begin or end the flow of a later one.
extension Translator {
  /// Rewrites many IPv4 packets on their way out, with the same result as one call of
  /// ``translateOutbound(_:at:now:)`` for each, in order.
  ///
  /// - Parameters:
  ///   - bytes: What holds all the packets, as a driver's receive buffers do.
  ///   - offsets: Where in `bytes` the packets' IPv4 headers start.
  ///   - now: When the packets arrived.
  ///   - verdicts: What became of each packet, in the order of `offsets`.
  /// - Precondition: `verdicts` has at least as many elements as `offsets`.
  public mutating func translateOutbound(
    _ bytes: inout MutableRawSpan, at offsets: Span<Int>, now: Instant,
    verdicts: inout MutableSpan<Verdict>
  ) {
    translate(&bytes, at: offsets, .source, now: now.nanoseconds, verdicts: &verdicts)
  }

  /// Rewrites many IPv4 packets on their way in, with the same result as one call of
  /// ``translateInbound(_:at:now:)`` for each, in order.
  ///
  /// - Parameters:
  ///   - bytes: What holds all the packets, as a driver's receive buffers do.
  ///   - offsets: Where in `bytes` the packets' IPv4 headers start.
  ///   - now: When the packets arrived.
  ///   - verdicts: What became of each packet, in the order of `offsets`.
  /// - Precondition: `verdicts` has at least as many elements as `offsets`.
  public mutating func translateInbound(
    _ bytes: inout MutableRawSpan, at offsets: Span<Int>, now: Instant,
    verdicts: inout MutableSpan<Verdict>
  ) {
    translate(&bytes, at: offsets, .destination, now: now.nanoseconds, verdicts: &verdicts)
  }

  @inline(__always)
  private mutating func translate(
    _ bytes: inout MutableRawSpan, at offsets: Span<Int>, _ rewriting: Rewriting, now: Int64,
    verdicts: inout MutableSpan<Verdict>
  ) {
    precondition(verdicts.count >= offsets.count, "fewer verdicts than packets")
    let fromInside = rewriting.isOutbound
    var first = 0
    while first < offsets.count {
      let group = first..<min(first + Self.groupCount, offsets.count)
      let guesses = guessFlows(
        of: bytes.bytes, at: offsets.extracting(group), fromInside: fromInside)
      for place in group {
        verdicts[place] = translate(
          &bytes, at: offsets[place], rewriting, now: now, guess: guesses[place &- first])
      }
      first = group.upperBound
    }
  }

  /// Packets in a group: more than a core can wait for at once gains nothing, and what was
  /// fetched has to stay in the nearest cache until it is used.
  private static var groupCount: Int { 32 }

  /// The numbers of the records that the packets at `offsets` seem to belong to, 0 for none.
  @inline(__always)
  private func guessFlows(
    of bytes: RawSpan, at offsets: Span<Int>, fromInside: Bool
  ) -> InlineArray<32, UInt32> {
    var guesses = InlineArray<32, UInt32>(repeating: 0)
    guard count != 0 else { return guesses }
    var keys = InlineArray<32, FlowKey>(repeating: .blank)
    var slots = InlineArray<32, HashIndex.Slot>(repeating: .empty)
    for place in offsets.indices {
      let key = usualKey(of: bytes, at: offsets[place], fromInside: fromInside)
      keys[place] = key
      slots[place] = fromInside ? outbound.home(of: key.tag) : inbound.home(of: key.tag)
    }
    // Nearly all slots are in the cache by now, and so is what stands beside them.
    for place in offsets.indices {
      let tag = keys[place].tag
      var guess = slots[place].index(for: tag)
      if guess == 0 {
        guess = fromInside ? outbound.first(tag) { _ in true } : inbound.first(tag) { _ in true }
      }
      guesses[place] = guess
    }
    for place in offsets.indices {
      let record = flows[guesses[place]]
      let isRight =
        fromInside ? record.isOutbound(keys[place]) : record.isInbound(keys[place])
      guesses[place] = isRight ? guesses[place] : 0
    }
    return guesses
  }

  /// The key of a packet without IPv4 options, and of any other something that belongs to no flow
  /// or to the wrong one.
  @inline(__always)
  private func usualKey(of bytes: RawSpan, at offset: Int, fromInside: Bool) -> FlowKey {
    let byteCount = HeaderLayout.ipv4ByteCount + 4
    guard offset >= 0, offset <= bytes.byteCount - byteCount else { return .blank }
    let source = bytes[HeaderLayout.source, at: offset]
    let destination = bytes[HeaderLayout.destination, at: offset]
    let transport = offset &+ HeaderLayout.ipv4ByteCount
    let sourcePort = bytes[HeaderLayout.sourcePort, at: transport]
    let destinationPort = bytes[HeaderLayout.destinationPort, at: transport]
    let word = bytes[HeaderLayout.timeToLiveAndProtocol, at: offset]
    let protocolNumber = UInt8(truncatingIfNeeded: word)
    return fromInside
      ? FlowKey(
        protocolNumber: protocolNumber, localAddress: source, localPort: sourcePort,
        remoteAddress: destination, remotePort: destinationPort)
      : FlowKey(
        protocolNumber: protocolNumber, localAddress: destination, localPort: destinationPort,
        remoteAddress: source, remotePort: sourcePort)
  }

  /// The number of the record of the flow with this key, or 0.
  ///
  /// It is looked for at `guess`, unless that is 0, before the index is asked.
  @inline(__always)
  func find(_ key: FlowKey, fromInside: Bool, guess: UInt32) -> UInt32 {
    if guess != 0, fromInside ? flows[guess].isOutbound(key) : flows[guess].isInbound(key) {
      return guess
    }
    return fromInside ? findOutbound(key) : findInbound(key)
  }
}
