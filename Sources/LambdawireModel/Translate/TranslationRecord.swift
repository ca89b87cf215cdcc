public import AddressTranslation
import PacketFormats
import SimulatedTime

/// The translations that a run or `lambdawire translate` has written down, translator by
/// translator.
public struct TranslationRecord: Sendable {
  /// One translator and what became of its translations.
  public struct Translator: Sendable {
    /// What the record calls it; empty if there is only one, without a name.
    public let name: String
    public internal(set) var history: TranslationHistory
  }

  /// What errors call the file.
  public let path: String
  /// In the order of their first translations.
  public private(set) var translators: [Translator] = []
  /// The capture time of the record's time zero, in nanoseconds since the Unix epoch, if it says.
  public private(set) var epoch: Int64?

  /// Reads a record.
  ///
  /// - Parameter path: The folder of a run, its `events.jsonl`, or a file that `lambdawire
  ///   translate --mappings` wrote; a hyphen is standard input.
  /// - Throws: Which line is wrong, or that there is nothing in it.
  public init(path: String) throws(RecordError) {
    var file = path
    if RunFolder.isFolder(path) {
      file = path.hasSuffix("/") ? "\(path)events.jsonl" : "\(path)/events.jsonl"
      guard ScenarioFile.exists(at: file) else { throw .noRecord(folder: path) }
    }
    self.path = file == "-" ? "standard input" : file
    var numbers: [String: Int] = [:]
    var reader = try LineReader(path: file)
    var lineNumber = 0
    while true {
      lineNumber += 1
      let place = (path: self.path, line: lineNumber)
      let line = try reader.next { bytes throws(RecordError) in
        do throws(JSONLine.Problem) { return try RecordLine(bytes) } catch {
          throw .badLine(
            path: place.path, line: place.line, found: error.found, expected: error.expected)
        }
      }
      guard let line else { break }
      if let epoch = line.epoch { self.epoch = epoch }
      guard let event = line.event else { continue }
      let number = numbers[line.translator] ?? translators.count
      if number == translators.count {
        translators.append(Translator(name: line.translator, history: TranslationHistory()))
        numbers[line.translator] = number
      }
      do throws(TranslationHistoryError) {
        try translators[number].history.add(event)
      } catch {
        throw .contradiction(path: self.path, line: lineNumber, error)
      }
    }
    if translators.isEmpty { throw .noTranslations(path: self.path) }
  }

  /// The translator of this name, or all of them.
  ///
  /// - Throws: ``RecordError/unknownTranslator(name:known:)``.
  public func translators(named name: String?) throws(RecordError) -> [Translator] {
    guard let name else { return translators }
    let found = translators.filter { $0.name == name }
    guard !found.isEmpty else {
      throw .unknownTranslator(name: name, known: translators.map(\.name))
    }
    return found
  }
}
