import CaptureFiles
import Glibc
import LambdaService
import SimulatedTime

/// The ground truth of a run: one JSON object a line, in order of time.
///
/// Reports may be a little late or early: the end of a translation is noticed after the fact, and
/// the parts of a cold start are known before they happen. Lines wait until nothing earlier can
/// come any more.
final class EventLog {
  private var lines = EventLines()
  private var buffer = TextBuffer()
  private let descriptor: Int32
  private let path: String
  /// Why the file could not be written, if so.
  private(set) var failure: OutputError?
  /// Packets that died, by where and why, in the order of first deaths.
  private(set) var drops: [RunSummary.DropCount] = []
  /// What broke and was mended, in order.
  var faults: [RunSummary.Happening] = []
  /// Shared interfaces that were ordered, added or replaced while functions used them.
  var interfaceChanges: [RunSummary.Happening] = []
  var translationsMade = 0
  var translationsEnded = 0

  /// The date of the record's time zero.
  let epoch: CalendarTime

  /// Creates the file.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - shownPath: What errors call it.
  ///   - epoch: The date of the start of a run, which the first line says; `nil` if it comes to be
  ///     known later.
  /// - Throws: That it cannot be created.
  init(path: String, shownPath: String, epoch: CalendarTime? = nil) throws(OutputError) {
    self.path = shownPath
    self.epoch = epoch ?? CalendarTime(nanosecondsSince1970: 0)
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .refused(path: shownPath, action: "create", code: errno)
    }
    if let epoch {
      add("capture-begins", at: .start) { $0.add("epoch_ns", Int(epoch.nanosecondsSince1970)) }
    }
  }

  deinit {
    close(descriptor)
  }

  /// Adds a line.
  ///
  /// - Parameters:
  ///   - event: What kind of event it is.
  ///   - time: When it happened.
  ///   - describe: Adds what else there is to say.
  func add(_ event: String, at time: Instant, _ describe: (inout EventLines) -> Void) {
    lines.begin(event, at: time)
    describe(&lines)
    lines.end()
  }

  func count(droppedAt place: String, code: String, detail: String) {
    if let known = drops.firstIndex(where: {
      $0.place == place && $0.code == code && $0.detail == detail
    }) {
      drops[known].count += 1
    } else {
      drops.append(RunSummary.DropCount(place: place, code: code, detail: detail, count: 1))
    }
  }

  /// Writes every line whose time is before `time`.
  func flush(before time: Instant) {
    unsafe lines.take(before: time) { text in
      if buffer.byteCount + text.count > 1 << 16 { writeOut() }
      if text.count > 1 << 16 {
        unsafe write(text)
      } else {
        unsafe buffer.append(text)
      }
    }
  }

  /// Writes everything and closes the file.
  ///
  /// - Throws: the first failure to write.
  func finish() throws(OutputError) {
    flush(before: Instant(nanoseconds: .max))
    writeOut()
    if let failure { throw failure }
  }

  /// Writes the buffer.
  private func writeOut() {
    unsafe buffer.withBytes(0..<buffer.byteCount) { unsafe write($0) }
    buffer.removeAll()
  }

  /// Writes lines; after a failure the file ends with its last whole one.
  private func write(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    let (written, code) = unsafe CompleteWrite.write(bytes, to: descriptor)
    guard code != 0 else { return }
    failure = .refused(path: path, action: "write", code: code)
    let lineEnd = unsafe bytes[..<written].lastIndex(of: UInt8(ascii: "\n"))
    let size = lseek(descriptor, 0, SEEK_END)
    let partial = lineEnd.map { written - $0 - 1 } ?? written
    if size >= 0 { ftruncate(descriptor, size - off_t(partial)) }
  }
}
