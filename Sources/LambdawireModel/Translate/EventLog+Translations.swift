import PacketFormats
import AddressTranslation
import SimulatedTime

extension EventLog {
  /// Adds what became of a translation, in the format of a run's record but without a translator,
  /// since there is only one.
  func add(_ event: TranslationEvent) {
    let name =
      switch event.kind {
      case .made: "translation-made"
      case .changed: "translation-changed"
      case .ended: "translation-ended"
      }
    let translation = event.translation
    let flow = translation.flow
    add(name, at: event.instant) { line in
      line.add(
        "protocol", fixed: flow.protocol == .tcp ? "tcp" : flow.protocol == .udp ? "udp" : "icmp")
      line.add("inside", flow.inside.address, port: flow.inside.port)
      line.add("outside", translation.outside.address, port: translation.outside.port)
      line.add("remote", flow.remote.address, port: flow.remote.port)
      line.add("state", fixed: translation.state.label)
      switch event.kind {
      case .made: break
      case .changed(let previous): line.add("from", fixed: previous.label)
      case .ended(let reason): line.add("reason", reason.rawValue)
      }
    }
  }
}
