import AddressTranslation
import EventSimulation
import PacketFormats
import SimulatedTime

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
    let isCrowded = count(
      event.kind, event.translation.flow.protocol,
      fingerprints: fleet.remembers ? fingerprints(of: event.translation) : [], of: number,
      at: event.instant)
    if isCrowded { beginGrowing(because: number, &network) }
    record.report(
      .translation(event.kind, event.translation, translator: interfaceNames[number]),
      at: event.instant)
  }

  /// Keeps count of ports and connections, and caches in step with the flows.
  ///
  /// - Returns: whether the interface has just passed the threshold of A-17.
  mutating func count(
    _ kind: TranslationEvent.Kind, _ transport: IPProtocol, fingerprints: [UInt64],
    of number: Int, at instant: Instant
  ) -> Bool {
    let isTCP = transport == .tcp
    let cell = duties[number].cell
    var isCrowded = false
    switch kind {
    case .made:
      isCrowded = portUse[number].take(isTCP: isTCP)
      cells[cell].begin(at: instant)
      if cells[cell].refusal(at: instant) != nil { isCautious = true }
      if fleet.remembers {
        for fingerprint in fingerprints {
          fleet.learn(fingerprint, ring: duties[number].ring)
        }
      }
    case .changed: break
    case .ended:
      portUse[number].release(isTCP: isTCP)
      cells[cell].end()
      if fleet.remembers {
        for fingerprint in fingerprints {
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
