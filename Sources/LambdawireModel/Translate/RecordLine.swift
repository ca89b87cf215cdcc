import AddressTranslation
import PacketFormats
import SimulatedTime

/// One line of a record of translations.
struct RecordLine {
  /// What became of a translation, or `nil` if the line is about something else.
  private(set) var event: TranslationEvent?
  private(set) var translator = ""
  /// The capture time of the record's time zero, if the line says.
  private(set) var epoch: Int64?

  /// Reads a line; one with nothing on it says nothing.
  init(_ line: RawSpan) throws(JSONLine.Problem) {
    if line.byteCount == 0 { return }
    var members = Members()
    try JSONLine.read(line) { key, value in members.take(key, value) }
    switch members.event {
    case "translation-made": event = try members.event(.made)
    case "translation-changed":
      let previous = try members.state(members.from, "from")
      event = try members.event(.changed(from: previous))
    case "translation-ended":
      guard let reason = members.reason.flatMap(TranslationEvent.EndReason.init(rawValue:)) else {
        throw JSONLine.Problem(
          found: members.reason.map { "the reason \($0)" } ?? "no `reason`",
          expected: "one of "
            + TranslationEvent.EndReason.allCases.map(\.rawValue).joined(separator: ", "))
      }
      event = try members.event(.ended(reason))
    case "capture-begins": epoch = members.epoch
    default: break
    }
    translator = members.translator ?? ""
  }

  /// The members of the object that matter here.
  private struct Members {
    var time: Int64?
    var epoch: Int64?
    var event: String?
    var translator: String?
    var `protocol`: String?
    var inside: String?
    var outside: String?
    var remote: String?
    var state: String?
    var from: String?
    var reason: String?

    mutating func take(_ key: String, _ value: JSONLine.Value) {
      switch (key, value) {
      case ("time_ns", .number(let number)): time = number
      case ("epoch_ns", .number(let number)): epoch = number
      case ("event", .text(let text)): event = text
      case ("translator", .text(let text)): translator = text
      case ("protocol", .text(let text)): `protocol` = text
      case ("inside", .text(let text)): inside = text
      case ("outside", .text(let text)): outside = text
      case ("remote", .text(let text)): remote = text
      case ("state", .text(let text)): state = text
      case ("from", .text(let text)): from = text
      case ("reason", .text(let text)): reason = text
      default: break
      }
    }

    func event(_ kind: TranslationEvent.Kind) throws(JSONLine.Problem) -> TranslationEvent {
      guard let time else {
        throw JSONLine.Problem(found: "no `time_ns`", expected: "a whole number of nanoseconds")
      }
      let instant = Instant(nanoseconds: time)
      return TranslationEvent(
        instant: instant, kind: kind,
        translation: Translation(
          flow: Flow(
            protocol: try transport(), inside: try end(inside, "inside"),
            remote: try end(remote, "remote")),
          outside: try end(outside, "outside"), state: try state(state, "state"), made: instant,
          lastUsed: instant, expiry: instant))
    }

    func state(_ text: String?, _ key: String) throws(JSONLine.Problem) -> Translation.State {
      guard let state = text.flatMap(Translation.State.init(label:)) else {
        throw JSONLine.Problem(
          found: text.map { "the state \($0)" } ?? "no `\(key)`",
          expected: "one of "
            + Translation.State.allCases.map { "\($0.label)" }.joined(separator: ", "))
      }
      return state
    }

    private func transport() throws(JSONLine.Problem) -> IPProtocol {
      guard let transport = `protocol`.flatMap(IPProtocol.init(name:)) else {
        throw JSONLine.Problem(
          found: `protocol`.map { "the protocol \($0)" } ?? "no `protocol`",
          expected: "tcp, udp or icmp")
      }
      return transport
    }

    private func end(_ text: String?, _ key: String) throws(JSONLine.Problem) -> TransportAddress {
      guard let end = text.flatMap(TransportAddress.init(text:)) else {
        throw JSONLine.Problem(
          found: text.map { "\(key) \($0)" } ?? "no `\(key)`",
          expected: "an address and a port, such as 10.0.1.4:1024")
      }
      return end
    }
  }
}

extension IPProtocol {
  /// The protocol of this name, as far as translators have flows of it.
  init?(name: String) {
    switch name {
    case "tcp": self = .tcp
    case "udp": self = .udp
    case "icmp": self = .icmp
    default: return nil
    }
  }
}

extension TransportAddress {
  /// Reads an address and a port, such as `10.0.1.4:1024`.
  init?(text: String) {
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")),
      let address = try? IPv4Address(text[..<colon]),
      let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    self.init(address, port)
  }
}
