public import PacketFormats
public import SimulatedTime

/// What ``Translator`` offers to those who keep several copies of state, for IPv6.
extension IPv6Translator {
  /// Which of ``Behavior/stateNodes`` is asked for the port of flows that begin from now on; see
  /// ``Translator/askedStateNode``.
  public var askedStateNode: Int? {
    get { core.askedStateNode }
    set { core.askedStateNode = newValue }
  }

  /// The translation that a packet from `remote` to `outside` belongs to at `now`.
  ///
  /// - Returns: `nil` if there is none, or if it has ended by `now`.
  public func translation(
    protocol: IPProtocol, outside: IPv6TransportAddress, remote: IPv6TransportAddress,
    at now: Instant
  ) -> IPv6Translation? {
    let (near, far) = (book.find(outside.address), book.find(remote.address))
    guard near != 0, far != 0 else { return nil }
    let known = core.translation(
      protocol: `protocol`, outside: TransportAddress(IPv4Address(rawValue: near), outside.port),
      remote: TransportAddress(IPv4Address(rawValue: far), remote.port), at: now)
    return known.map { spelledOut($0) }
  }

  /// Which of ``Behavior/stateNodes`` keeps a translation, from 0 on.
  public func stateNode(of translation: IPv6Translation) -> Int {
    guard let numbers = inNumbers(translation.flow, at: translation.lastUsed) else { return 0 }
    return core.stateNode(of: numbers)
  }

  /// Ends the translation of `flow` without an event; see ``Translator/remove(_:at:)``.
  ///
  /// - Returns: the translation, or `nil` if there was none.
  public mutating func remove(_ flow: IPv6Flow, at now: Instant) -> IPv6Translation? {
    guard let numbers = inNumbers(flow, at: now), let known = core.remove(numbers.flow, at: now)
    else { return nil }
    let removed = spelledOut(known)
    book.release(known.flow.inside.address.rawValue)
    book.release(known.flow.remote.address.rawValue)
    return removed
  }

  /// The translation of `flow` with the numbers that stand for addresses.
  private func inNumbers(_ flow: IPv6Flow, at now: Instant) -> Translation? {
    let (inside, remote) = (book.find(flow.inside.address), book.find(flow.remote.address))
    guard inside != 0, remote != 0 else { return nil }
    return core.translation(
      of: Flow(
        protocol: flow.protocol,
        inside: TransportAddress(IPv4Address(rawValue: inside), flow.inside.port),
        remote: TransportAddress(IPv4Address(rawValue: remote), flow.remote.port)), at: now)
  }
}
