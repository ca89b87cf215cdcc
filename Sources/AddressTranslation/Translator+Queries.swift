public import PacketFormats
public import SimulatedTime

/// Questions that change nothing.
extension Translator {
  /// How many translations are held.
  ///
  /// Those that ended since the last call of ``expire(at:)`` may still count.
  public var count: Int { flows.count }

  /// How often a flow has been put into the timing wheel or moved in it.
  package var timerFilings: Int { wheel.filings }

  /// The translation of `flow` as it stands at `now`.
  ///
  /// - Returns: `nil` if there is none, or if it has ended by `now`.
  public func translation(of flow: Flow, at now: Instant) -> Translation? {
    translation(findOutbound(FlowKey(flow)), at: now)
  }

  /// The outside end of `flow` at `now`, or `nil` if it has none.
  ///
  /// For owners that ask for many packets. It changes nothing of the translator, but where it did
  /// not say so the compiler would copy all of that.
  package mutating func outsideEnd(of flow: Flow, at now: Instant) -> TransportAddress? {
    let index = findOutbound(FlowKey(flow))
    guard index != 0 else { return nil }
    return flows.with(index) { record in
      guard !rules.timeouts.haveEnded(record, by: now.nanoseconds) else { return nil }
      return TransportAddress(
        IPv4Address(rawValue: record.outsideAddress), record.outsidePort)
    }
  }

  /// The translation that a packet from `remote` to `outside` belongs to at `now`.
  ///
  /// - Returns: `nil` if there is none, or if it has ended by `now`.
  public func translation(
    protocol: IPProtocol, outside: TransportAddress, remote: TransportAddress, at now: Instant
  ) -> Translation? {
    let key = FlowKey(
      protocolNumber: `protocol`.rawValue, localAddress: outside.address.rawValue,
      localPort: outside.port, remoteAddress: remote.address.rawValue, remotePort: remote.port)
    return translation(inbound.first(key.tag) { flows[$0].isInbound(key) }, at: now)
  }

  /// Every translation as it stands at `now`, in the order in which they were made.
  public func translations(at now: Instant) -> [Translation] {
    var live: [UInt32] = []
    live.reserveCapacity(flows.count)
    for index in flows.indices
    where flows[index].protocolNumber != 0
      && !rules.timeouts.haveEnded(flows[index], by: now.nanoseconds)
    {
      live.append(index)
    }
    live.sort { a, b in
      (flows[a].made, flows[a].serial) < (flows[b].made, flows[b].serial)
    }
    return live.map { Translation(flows[$0], timeouts: rules.timeouts) }
  }

  private func translation(_ index: UInt32, at now: Instant) -> Translation? {
    guard index != 0, !rules.timeouts.haveEnded(flows[index], by: now.nanoseconds) else {
      return nil
    }
    return Translation(flows[index], timeouts: rules.timeouts)
  }
}
