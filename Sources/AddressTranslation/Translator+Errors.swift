import PacketFormats

/// How ICMP errors are translated (RFC 5508, section 4).
///
/// An error belongs to the flow of the packet it quotes. It neither prolongs nor ends it (REQ-6).
extension Translator {
  /// Turns back an ICMP error about a translated packet.
  mutating func translateError(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedHeader,
    _ rewriting: Rewriting, now: Int64
  ) -> Verdict {
    guard rules.behavior.translatesErrors else { return .dropped(.unsupportedProtocol) }
    let quote: Quote
    do {
      quote = try Quote(in: bytes.bytes, at: offset, under: header)
    } catch {
      return .dropped(error.reason)
    }
    guard header.timeToLive >= rules.leastTimeToLive else { return .dropped(.timeToLiveExceeded) }
    let key = quote.key(rewriting)
    let index = live(rewriting.isOutbound ? findOutbound(key) : findInbound(key), at: now)
    guard index != 0 else { return .dropped(.unsolicited) }
    let decrement = rules.behavior.timeToLiveDecrement
    let flow = flows[index]
    // An error about a packet is sent to where the packet seemed to come from (RFC 1122, section
    // 3.2.2).
    if rewriting.isOutbound {
      // Behind a port translator the source is always its own address (REQ-5), whether the inside
      // host itself sent the error or a router before it.
      let destination = bytes[HeaderLayout.destination, at: offset]
      guard destination == flow.remoteAddress else { return .dropped(.unsolicited) }
      guard rules.isOutside(destination) else {
        quote.turnBack(in: &bytes, .source, to: (flow.outsideAddress, flow.outsidePort))
        Rewriting.source.apply(
          to: &bytes, at: offset, newAddress: flow.outsideAddress, decrement: decrement)
        return .translated(isNew: false)
      }
      // REQ-7: the remote end of the flow is another inside host. To its flow the packet that is
      // quoted went out from there.
      guard rules.behavior.hairpinning else { return .dropped(.hairpin) }
      let partner = live(
        findInbound(
          FlowKey(
            protocolNumber: flow.protocolNumber, localAddress: flow.remoteAddress,
            localPort: flow.protocolNumber == HeaderLayout.icmp
              ? flow.outsidePort : flow.remotePort,
            remoteAddress: flow.outsideAddress,
            remotePort: flow.protocolNumber == HeaderLayout.icmp ? 0 : flow.outsidePort)),
        at: now)
      guard partner != 0 else { return .dropped(.unsolicited) }
      let other = flows[partner]
      quote.turnBack(in: &bytes, .source, to: (flow.outsideAddress, flow.outsidePort))
      Rewriting.source.apply(
        to: &bytes, at: offset, newAddress: flow.outsideAddress, decrement: decrement)
      quote.turnBack(in: &bytes, .destination, to: (other.insideAddress, other.insidePort))
      Rewriting.destination.apply(
        to: &bytes, at: offset, newAddress: other.insideAddress, decrement: 0)
      return .hairpinned(isNew: false)
    }
    guard bytes[HeaderLayout.destination, at: offset] == flow.outsideAddress else {
      return .dropped(.unsolicited)
    }
    quote.turnBack(in: &bytes, .destination, to: (flow.insideAddress, flow.insidePort))
    Rewriting.destination.apply(
      to: &bytes, at: offset, newAddress: flow.insideAddress, decrement: decrement)
    return .translated(isNew: false)
  }
}
