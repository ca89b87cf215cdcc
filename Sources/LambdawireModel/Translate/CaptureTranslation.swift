import PacketFormats
import AddressTranslation
import CaptureFiles

/// A capture about to be sent through a translator.
///
/// Memory does not grow with the capture, only with the translations that are alive.
public struct CaptureTranslation {
  public var options: TranslateOptions

  public init(_ options: TranslateOptions) {
    self.options = options
  }

  /// Packets handled between two looks at the user and the lines of the history.
  private static let slice = 1024

  /// Reads the capture, translates it at the times it gives, and writes what both sides saw.
  ///
  /// If the input is damaged, writing fails or `shouldStop` says so, the output is completed as far
  /// as it goes and still takes its name.
  ///
  /// - Parameters:
  ///   - observe: Told now and then how many packets were read.
  ///   - shouldStop: Asked now and then whether the user has had enough.
  /// - Returns: What came of it.
  /// - Throws: ``TranslateError``, ``OutputError`` or `CaptureFileError`.
  public func execute(
    observe: (UInt64) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws -> TranslateSummary {
    let translator = try options.makeTranslator()
    if let mappings = options.mappings, mappings == options.output {
      throw TranslateError.sameFile(path: mappings)
    }
    // The input first: a slip in its name must not cost an output that is to be replaced.
    let reader = try CaptureReader(path: options.input)
    let file = try PendingFile(options.output, option: "-o", replacing: options.replaces)
    var outcome: Outcome
    if let path = options.mappings {
      let history = try PendingFile(path, option: "--mappings", replacing: options.replaces)
      let log = EventLog(to: try EventFile(path: history.workingPath, shownPath: path))
      outcome = try run(translator, reader, file, log, observe, shouldStop)
      do { try log.finish() } catch { outcome.failure = outcome.failure ?? error }
      try history.complete()
    } else {
      outcome = try run(translator, reader, file, nil, observe, shouldStop)
    }
    let failure = outcome.failure.map { file.renaming($0) }
    try file.complete()
    if let failure { throw failure }
    return outcome.summary
  }

  private struct Outcome {
    var summary: TranslateSummary
    /// Why the output could not be written, if so.
    var failure: (any Error)?
  }

  private func run(
    _ translator: consuming Translator, _ reader: consuming CaptureReader,
    _ file: borrowing PendingFile, _ log: EventLog?, _ observe: (UInt64) -> Void,
    _ shouldStop: () -> Bool
  ) throws -> Outcome {
    let writer: PcapngWriter
    do throws(CaptureFileError) {
      writer = try file.makeWriter(section: section)
    } catch {
      throw file.renaming(error)
    }
    var engine = CaptureTranslator(options, translator, writer, log)
    var isInterrupted = false
    do throws(CaptureFileError) {
      reading: while true {
        for _ in 0..<Self.slice {
          guard let record = try reader.next() else { break reading }
          if record.interface >= engine.linkCount { engine.learn(reader.interfaces) }
          reader.withPacketBytes { bytes in engine.take(record, bytes) }
        }
        engine.settle()
        observe(engine.packetCount)
        isInterrupted = shouldStop()
        if isInterrupted || engine.hasFailed { break }
      }
    } catch {
      engine.noteInputProblem("\(error)")
    }
    var (summary, failure) = engine.finish()
    summary.isInterrupted = isInterrupted
    return Outcome(summary: summary, failure: failure)
  }

  private var section: SectionHeader {
    let source = options.input == "-" ? "standard input" : options.input
    let inside = options.inside.map(\.description).joined(separator: ", ")
    let outside = options.outside.map(\.description).joined(separator: ", ")
    return SectionHeader(
      application: "Lambdawire \(LambdawireVersion.current)",
      comments: [
        "translation of \(source): \(options.behaviorName), \(inside) as \(outside), "
          + "seed \(options.seed); packet ids are frame numbers of the source"
      ])
  }
}
