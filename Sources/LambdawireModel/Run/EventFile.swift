import CaptureFiles
import Glibc

/// The file `events.jsonl`, which always ends with a whole line.
final class EventFile {
  private var buffer = TextBuffer()
  private let descriptor: Int32
  private let path: String
  /// Why the file could not be written, if so.
  private(set) var failure: OutputError?

  private static let bufferByteCount = 1 << 16

  /// Creates the file.
  init(path: String, shownPath: String) throws(OutputError) {
    self.path = shownPath
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .refused(path: shownPath, action: "create", code: errno)
    }
  }

  deinit {
    close(descriptor)
  }

  /// Adds whole lines.
  func append(_ lines: UnsafeRawBufferPointer) {
    if buffer.byteCount + lines.count > Self.bufferByteCount { writeOut() }
    if lines.count > Self.bufferByteCount {
      unsafe write(lines)
    } else {
      unsafe buffer.append(lines)
    }
  }

  /// Writes what is held back.
  ///
  /// - Throws: the first failure to write.
  func finish() throws(OutputError) {
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
