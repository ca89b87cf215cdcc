import AddressTranslation
import PacketFormats
public import SimulatedTime

/// A question about a record of translations, as it is asked on the command line.
public struct NATQuery: Sendable {
  /// How the answer is written.
  public enum Format: Sendable {
    case text
    case json
    case csv
  }

  /// An outside port whose history is asked for.
  struct Port: Hashable {
    var `protocol`: IPProtocol?
    var address: IPv4Address?
    var port: UInt16
  }

  /// A flow, or all flows of an inside end.
  struct FlowFilter: Hashable {
    var inside: TransportAddress
    var remote: TransportAddress?
  }

  private let port: Port?
  private let flow: FlowFilter?
  private let translator: String?
  private let format: Format

  /// Puts a question together.
  ///
  /// - Parameters:
  ///   - port: An outside port: `1024`, `203.0.113.7:1024`, with `/tcp`, `/udp` or `/icmp` behind
  ///     it if only that is meant.
  ///   - flow: An inside end, `10.0.0.5:40110`, or with the remote end behind a comma.
  ///   - translator: Only the translator of this name.
  ///   - format: How the answer is written.
  /// - Throws: Which of them cannot be read.
  public init(
    port: String? = nil, flow: String? = nil, translator: String? = nil, format: Format = .text
  ) throws(RecordError) {
    self.port = try port.map { text throws(RecordError) in try Self.port(text) }
    self.flow = try flow.map { text throws(RecordError) in try Self.flow(text) }
    self.translator = translator
    self.format = format
  }

  /// Whether a port or a flow is asked for, so that a history makes sense.
  public var isFiltered: Bool { port != nil || flow != nil }

  // MARK: Reading

  private static func port(_ text: String) throws(RecordError) -> Port {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let kind = parts.count == 2 ? IPProtocol(name: String(parts[1])) : nil
    if parts.count == 1 || kind != nil {
      if let port = UInt16(parts[0]) { return Port(protocol: kind, address: nil, port: port) }
      if let end = TransportAddress(text: String(parts[0])) {
        return Port(protocol: kind, address: end.address, port: end.port)
      }
    }
    throw .badArgument(
      option: "--port", found: "`\(text)`",
      expected: "a port such as 1024, 203.0.113.7:1024 or 1024/tcp")
  }

  private static func flow(_ text: String) throws(RecordError) -> FlowFilter {
    let ends = text.split(separator: ",", omittingEmptySubsequences: false)
      .map { TransportAddress(text: String($0)) }
    if let inside = ends.first ?? nil {
      if ends.count == 1 { return FlowFilter(inside: inside, remote: nil) }
      if ends.count == 2, let remote = ends[1] { return FlowFilter(inside: inside, remote: remote) }
    }
    throw .badArgument(
      option: "--flow", found: "`\(text)`",
      expected: "an inside end such as 10.0.0.5:40110, or 10.0.0.5:40110,198.51.100.9:443")
  }

  /// Reads a time: since the record began, such as `12.5s`, or a date such as
  /// `2019-09-03T00:00:02.5Z`.
  ///
  /// - Throws: That it is neither, or that the record does not say when it began.
  public static func instant(
    _ text: String, in record: TranslationRecord
  ) throws(RecordError) -> Instant {
    try RecordTime.instant(text, epoch: record.epoch, path: record.path)
  }

  // MARK: Answering

  /// The table as it stood at `instant`.
  ///
  /// - Returns: The answer, and how many translations there are in it.
  public func table(
    of record: TranslationRecord, at instant: Instant
  ) throws(RecordError) -> (text: String, count: Int) {
    var answer = Answer(
      format, isNamed: record.translators.count > 1, csvHeader: ListedTranslation.csvHeader)
    for translator in try record.translators(named: translator) {
      answer.begin(translator.name)
      let history = translator.history
      if let flow, let remote = flow.remote {
        for transport in [IPProtocol.tcp, .udp, .icmp] {
          let found = history.translation(
            of: Flow(protocol: transport, inside: flow.inside, remote: remote), at: instant)
          if let found, matches(found) { answer.add(found, at: instant) }
        }
      } else {
        history.forEachTranslation(at: instant) { translation in
          if matches(translation) { answer.add(translation, at: instant) }
        }
      }
    }
    return answer.finish()
  }

  /// Everything that became of the port or the flow asked for.
  ///
  /// - Returns: The answer, and how many translations there are in it.
  public func history(of record: TranslationRecord) throws(RecordError) -> (
    text: String, count: Int
  ) {
    var answer = Answer(
      format, isNamed: record.translators.count > 1, csvHeader: RecordedTranslation.csvHeader)
    for translator in try record.translators(named: translator) {
      answer.begin(translator.name)
      for translation in translations(of: translator.history) {
        answer.add(translation, states: translator.history.states(of: translation))
      }
    }
    return answer.finish()
  }

  private func translations(of history: TranslationHistory) -> [RecordedTranslation] {
    let transports = [IPProtocol.tcp, .udp, .icmp]
    if let port, let address = port.address {
      return transports.flatMap {
        history.history(protocol: $0, outside: TransportAddress(address, port.port))
      }.filter(matches)
    }
    if let flow, let remote = flow.remote {
      return transports.flatMap {
        history.history(of: Flow(protocol: $0, inside: flow.inside, remote: remote))
      }.filter(matches)
    }
    // Half a key: nothing is indexed by it, and nobody asks that often.
    var found: [RecordedTranslation] = []
    history.forEachTranslation { if matches($0) { found.append($0) } }
    return found
  }

  private func matches(_ translation: RecordedTranslation) -> Bool {
    if let port {
      if port.port != translation.outside.port { return false }
      if let address = port.address, address != translation.outside.address { return false }
      if let wanted = port.protocol, wanted != translation.flow.protocol { return false }
    }
    if let flow {
      if flow.inside != translation.flow.inside { return false }
      if let remote = flow.remote, remote != translation.flow.remote { return false }
    }
    return true
  }
}
