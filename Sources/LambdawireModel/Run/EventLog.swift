import Glibc
import LambdaService
import SimulatedTime

/// The ground truth of a run: one JSON object a line, in order of time.
///
/// Reports may be a little late or early: the end of a translation is noticed after the fact, and
/// the parts of a cold start are known before they happen. Lines wait until nothing earlier can
/// come any more.
final class EventLog {
  private struct Line {
    var time: Int64
    var sequence: Int
    var text: String
  }

  private var waiting: [Line] = []
  private var sequence = 0
  private var buffer: [UInt8] = []
  private let descriptor: Int32
  private let path: String
  /// Why the file could not be written, if so.
  private(set) var failure: OutputError?
  /// Packets that died, by where and why, in the order of first deaths.
  private(set) var drops: [RunSummary.DropCount] = []
  /// Lines by the value of their `event` key.
  private(set) var counts: [String: Int] = [:]

  /// Creates the file.
  init(path: String, shownPath: String) throws(OutputError) {
    self.path = shownPath
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .refused(path: shownPath, action: "create", code: errno)
    }
    buffer.reserveCapacity(1 << 17)
  }

  deinit {
    close(descriptor)
  }

  /// Adds a line.
  ///
  /// - Parameters:
  ///   - event: What kind of event it is.
  ///   - time: When it happened.
  ///   - members: What else there is to say, as keys and JSON values.
  func add(_ event: String, at time: Instant, _ members: [(String, JSONValue)]) {
    counts[event, default: 0] += 1
    let line = JSONValue.object(
      [("time_ns", .integer(Int(time.nanoseconds))), ("event", .string(event))] + members)
    waiting.append(
      Line(time: time.nanoseconds, sequence: sequence, text: line.compactText + "\n"))
    sequence += 1
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
    guard waiting.contains(where: { $0.time < time.nanoseconds }) else { return }
    waiting.sort { ($0.time, $0.sequence) < ($1.time, $1.sequence) }
    let end = waiting.firstIndex { $0.time >= time.nanoseconds } ?? waiting.count
    for line in waiting[..<end] {
      buffer.append(contentsOf: line.text.utf8)
      if buffer.count >= 1 << 16 { writeOut() }
    }
    waiting.removeFirst(end)
  }

  /// Writes everything and closes the file.
  ///
  /// - Throws: the first failure to write.
  func finish() throws(OutputError) {
    flush(before: Instant(nanoseconds: .max))
    writeOut()
    if let failure { throw failure }
  }

  /// Writes the buffer; after a failure the file ends with its last whole line.
  private func writeOut() {
    var written = 0
    while written < buffer.count, failure == nil {
      let count = unsafe buffer.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress.map { unsafe $0 + written }, $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        failure = .refused(path: path, action: "write", code: errno)
        let end = lseek(descriptor, 0, SEEK_END)
        let partial = buffer[..<written].lastIndex(of: UInt8(ascii: "\n")).map { written - $0 - 1 }
        if end >= 0 { ftruncate(descriptor, end - (partial ?? written)) }
        break
      }
      written += count
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
