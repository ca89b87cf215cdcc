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
    let decrement = rules.behavior.timeToLiveDecrement
    switch routeError(
      quote.key(rewriting), to: bytes[HeaderLayout.destination, at: offset],
      fromInside: rewriting.isOutbound, now: now)
    {
    case .refused(let verdict):
      return verdict
    case .across(let flow):
      turnBack(&bytes, at: offset, quote, rewriting, flow, decrement: decrement)
      return .translated(isNew: false)
    case .back(let departing, let arriving):
      turnBack(&bytes, at: offset, quote, .source, departing, decrement: decrement)
      turnBack(&bytes, at: offset, quote, .destination, arriving, decrement: 0)
      return .hairpinned(isNew: false)
    }
  }

  /// Puts what a flow has on the other side into an error and into what it quotes.
  private func turnBack(
    _ bytes: inout MutableRawSpan, at offset: Int, _ quote: Quote, _ rewriting: Rewriting,
    _ flow: FlowRecord, decrement: UInt8
  ) {
    let new =
      rewriting.isOutbound
      ? (flow.outsideAddress, flow.outsidePort) : (flow.insideAddress, flow.insidePort)
    quote.turnBack(in: &bytes, rewriting, to: new)
    rewriting.apply(to: &bytes, at: offset, newAddress: new.0, decrement: decrement)
  }

  /// Where an error goes.
  enum ErrorRoute {
    case refused(Verdict)
    case across(FlowRecord)
    /// Back inside: out by the first flow and in by the second.
    case back(departing: FlowRecord, arriving: FlowRecord)
  }

  /// Finds the flow of the packet that an error quotes, or the two flows if that packet came from
  /// inside and went back there.
  ///
  /// - Parameters:
  ///   - key: The quoted flow, as packets that go the error's way show it.
  ///   - destination: Where the error is sent.
  ///   - fromInside: Which way the error goes.
  ///   - now: Now, in nanoseconds since the simulation began.
  /// - Returns: whose ends the error and its quote are to get; nothing is rewritten yet.
  func routeError(
    _ key: FlowKey, to destination: UInt32, fromInside: Bool, now: Int64
  ) -> ErrorRoute {
    let index = live(fromInside ? findOutbound(key) : findInbound(key), at: now)
    guard index != 0 else { return .refused(.dropped(.unsolicited)) }
    let flow = flows[index]
    // An error about a packet is sent to where the packet seemed to come from (RFC 1122, section
    // 3.2.2).
    guard fromInside else {
      return destination == flow.outsideAddress
        ? .across(flow) : .refused(.dropped(.unsolicited))
    }
    // Behind a port translator the source is always its own address (REQ-5), whether the inside
    // host itself sent the error or a router before it.
    guard destination == flow.remoteAddress else { return .refused(.dropped(.unsolicited)) }
    guard rules.isOutside(destination) else { return .across(flow) }
    // REQ-7: the remote end of the flow is another inside host. To its flow the packet that is
    // quoted went out from there.
    guard rules.behavior.hairpinning else { return .refused(.dropped(.hairpin)) }
    let isQuery = HeaderLayout.isICMP(key.protocolNumber)
    let arriving = live(
      findInbound(
        FlowKey(
          protocolNumber: key.protocolNumber, localAddress: flow.remoteAddress,
          localPort: isQuery ? flow.outsidePort : flow.remotePort,
          remoteAddress: flow.outsideAddress, remotePort: isQuery ? 0 : flow.outsidePort)), at: now)
    guard arriving != 0 else { return .refused(.dropped(.unsolicited)) }
    return .back(departing: flow, arriving: flows[arriving])
  }
}
