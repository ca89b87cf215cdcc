import AddressTranslation
import EventSimulation
import PacketFormats
import SimulatedTime

/// What becomes of translations, in the one format that runs and `translate` write and `nat` reads.
extension LoggedEvents {
  /// Adds what became of a translation; `translator` says whose, where there are several.
  mutating func add(_ event: TranslationEvent, translator: String = "") {
    let name: StaticString
    switch event.kind {
    case .made:
      name = "translation-made"
      translationsMade += 1
    case .changed:
      name = "translation-changed"
    case .ended:
      name = "translation-ended"
      translationsEnded += 1
    }
    add(name, at: event.instant) { line in
      line.add("translator", unlessEmpty: translator)
      line.add(event.translation)
      switch event.kind {
      case .made: break
      case .changed(let previous): line.add("from", fixed: previous.label)
      case .ended(let reason): line.add("reason", reason.rawValue)
      }
    }
  }

  /// Adds that a translation was lost with the node that had it.
  mutating func addLoss(
    of translation: Translation, _ translator: String, _ reason: String, at time: Instant
  ) {
    translationsEnded += 1
    add("translation-ended", at: time) { line in
      line.add("translator", translator)
      line.add(translation)
      line.add("reason", reason)
    }
  }
}

/// Translations of IPv6 addresses have names of their own: what reads a record of IPv4 translations
/// takes no notice of them.
extension LoggedEvents {
  /// Adds what became of a translation of IPv6 addresses.
  mutating func add(
    _ kind: TranslationEvent.Kind, _ translation: IPv6Translation, _ translator: String,
    at time: Instant
  ) {
    let name: StaticString
    switch kind {
    case .made:
      name = "ipv6-translation-made"
      translationsMade += 1
    case .changed: name = "ipv6-translation-changed"
    case .ended:
      name = "ipv6-translation-ended"
      translationsEnded += 1
    }
    add(name, at: time) { line in
      line.add("translator", translator)
      line.add(translation)
      switch kind {
      case .made: break
      case .changed(let previous): line.add("from", fixed: previous.label)
      case .ended(let reason): line.add("reason", reason.rawValue)
      }
    }
  }

  /// Adds that a translation of IPv6 addresses was lost with the node that had it.
  mutating func addLoss(
    of translation: IPv6Translation, _ translator: String, _ reason: String, at time: Instant
  ) {
    translationsEnded += 1
    add("ipv6-translation-ended", at: time) { line in
      line.add("translator", translator)
      line.add(translation)
      line.add("reason", reason)
    }
  }
}

extension EventLines {
  /// Adds what a translation of IPv6 addresses is.
  fileprivate mutating func add(_ translation: IPv6Translation) {
    let flow = translation.flow
    switch flow.protocol {
    case .tcp: add("protocol", fixed: "tcp")
    case .udp: add("protocol", fixed: "udp")
    default: add("protocol", fixed: "icmpv6")
    }
    add("inside", "\(flow.inside)")
    add("outside", "\(translation.outside)")
    add("remote", "\(flow.remote)")
    add("state", fixed: translation.state.label)
  }

  /// Adds what a translation is.
  @inline(__always)
  fileprivate mutating func add(_ translation: Translation) {
    let flow = translation.flow
    add { text in
      text.append("\"protocol\":\"")
      switch flow.protocol {
      case .tcp: text.append("tcp")
      case .udp: text.append("udp")
      default: text.append("icmp")
      }
      text.append("\",\"inside\":\"")
      text.append(address: flow.inside.address.rawValue, port: flow.inside.port)
      text.append("\",\"outside\":\"")
      text.append(
        address: translation.outside.address.rawValue, port: translation.outside.port)
      text.append("\",\"remote\":\"")
      text.append(address: flow.remote.address.rawValue, port: flow.remote.port)
      text.append("\",\"state\":\"")
      text.append(translation.state.label)
      text.append("\",")
    }
  }
}
