import AddressTranslation
import EventSimulation
import PacketFormats

/// What becomes of translations, counted and passed on.
extension HyperplaneNode {
  /// Passes on what the translator of an interface has begun, changed and ended.
  @inline(__always)
  mutating func reportEvents(of number: Int, _ network: inout Network) {
    while let event = translators[number].nextEvent() { report(event, of: number, &network) }
  }

  @inline(never)
  private mutating func report(
    _ event: TranslationEvent, of number: Int, _ network: inout Network
  ) {
    if count(event, of: number) { beginGrowing(because: number, &network) }
    record.report(
      .translation(event.kind, event.translation, translator: interfaceNames[number]),
      at: event.instant)
  }

  /// Keeps count of ports and connections, and caches in step with the flows.
  ///
  /// - Returns: whether the interface has just passed the threshold of A-17.
  private mutating func count(_ event: TranslationEvent, of number: Int) -> Bool {
    let isTCP = event.translation.flow.protocol == .tcp
    let cell = duties[number].cell
    var isCrowded = false
    switch event.kind {
    case .made:
      isCrowded = portUse[number].take(isTCP: isTCP)
      cells[cell].begin(at: event.instant)
      if cells[cell].refusal(at: event.instant) != nil { isCautious = true }
      if fleet.remembers {
        for fingerprint in fingerprints(of: event.translation) {
          fleet.learn(fingerprint, ring: duties[number].ring)
        }
      }
    case .changed: break
    case .ended:
      portUse[number].release(isTCP: isTCP)
      cells[cell].end()
      if fleet.remembers {
        for fingerprint in fingerprints(of: event.translation) {
          fleet.forget(fingerprint, ring: duties[number].ring)
        }
      }
    }
    return isCrowded
  }

  /// What a flow's packets out and its packets in are known by.
  func fingerprints(of translation: Translation) -> [UInt64] {
    let flow = translation.flow
    return [
      InnerPacket(flow.protocol, from: flow.inside, to: flow.remote).fingerprint,
      InnerPacket(flow.protocol, from: flow.remote, to: translation.outside).fingerprint,
    ]
  }
}
