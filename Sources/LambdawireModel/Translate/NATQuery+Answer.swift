import AddressTranslation
import SimulatedTime

extension NATQuery {
  /// The text of an answer while it is composed.
  struct Answer {
    private let format: Format
    /// Whether lines say which translator they are about.
    private let isNamed: Bool
    private let csvHeader: String
    private var translator = ""
    private var lines: [String] = []
    private var count = 0

    init(_ format: Format, isNamed: Bool, csvHeader: String) {
      self.format = format
      self.isNamed = isNamed
      self.csvHeader = csvHeader
    }

    /// Goes on with another translator.
    mutating func begin(_ translator: String) {
      self.translator = translator
      if format == .text, isNamed { lines.append("# \(translator)") }
    }

    /// Adds a translation as it stood.
    mutating func add(_ translation: RecordedTranslation, at instant: Instant) {
      count += 1
      let listed = ListedTranslation(translation, at: instant)
      switch format {
      case .text: lines.append(listed.conntrackLine)
      case .csv: lines.append(isNamed ? "\(csvName),\(listed.csvLine)" : listed.csvLine)
      case .json: lines.append(naming(listed.jsonLine))
      }
    }

    /// Adds a translation with everything that became of it.
    mutating func add(
      _ translation: RecordedTranslation, states: [(state: Translation.State, since: Instant)]
    ) {
      count += 1
      let flow = translation.flow
      switch format {
      case .text:
        lines.append(
          "\(flow.protocol) \(flow.inside) as \(translation.outside) to \(flow.remote)")
        for (state, since) in states {
          lines.append("  \(Self.column(since)) \(state.label)")
        }
        if let ended = translation.ended, let reason = translation.endReason {
          lines.append("  \(Self.column(ended)) ended, \(reason.rawValue)")
        }
      case .csv: lines.append(isNamed ? "\(csvName),\(translation.csvLine)" : translation.csvLine)
      case .json: lines.append(naming(translation.jsonLine(states: states)))
      }
    }

    /// The answer, and how many translations are in it.
    func finish() -> (text: String, count: Int) {
      switch format {
      case .text: return (lines.map { "\($0)\n" }.joined(), count)
      case .csv:
        let names = isNamed ? "translator,\(csvHeader)" : csvHeader
        return (([names] + lines).map { "\($0)\r\n" }.joined(), count)
      case .json:
        let body = lines.joined(separator: ",\n")
        return (body.isEmpty ? "[]\n" : "[\n\(body)\n]\n", count)
      }
    }

    /// The translator's name as a value of RFC 4180.
    private var csvName: String {
      guard translator.contains(where: { ",\"\r\n".contains($0) }) else { return translator }
      let parts = translator.split(separator: "\"", omittingEmptySubsequences: false)
      return "\"\(parts.joined(separator: "\"\""))\""
    }

    private func naming(_ line: String) -> String {
      guard isNamed else { return line }
      var buffer = TextBuffer()
      buffer.append(quoted: translator)
      return "{\"translator\":\(buffer.text),\(line.dropFirst())"
    }

    /// A time in seconds, with the decimal points of a column below each other.
    private static func column(_ instant: Instant) -> String {
      let text = Instant.start.duration(to: instant).inSeconds
      let whole = text.prefix { $0 != "." && $0 != " " }.count
      return String(repeating: " ", count: max(0, 7 - whole)) + text
    }
  }
}
