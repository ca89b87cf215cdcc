import CaptureFiles
import Glibc

/// One object of a flow log, as it would lie in the bucket.
///
/// Little text waits until the object is complete, so that many small ones cost neither open files
/// nor compressors.
final class FlowLogFile {
  /// Lines that wait to be written.
  var text: [UInt8] = []
  /// Bytes written so far.
  private(set) var writtenByteCount = 0
  private let path: String
  private let shownPath: String
  private let isCompressed: Bool
  private var stream: GzipStream?
  /// -1 before anything is written.
  private var descriptor: Int32 = -1
  /// Why it could not be written, if so.
  private(set) var failure: OutputError?

  /// How much text may wait, in bytes.
  private static let patience = 1 << 20

  /// Plans a file, which is made when there is something to write.
  ///
  /// - Parameters:
  ///   - path: Where to write; its folder is there.
  ///   - shownPath: What the file is called in errors.
  ///   - isCompressed: Whether it is compressed with gzip.
  init(path: String, shownPath: String, isCompressed: Bool) {
    self.path = path
    self.shownPath = shownPath
    self.isCompressed = isCompressed
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Writes ``text`` if there is much of it.
  func relieve() {
    if text.count >= Self.patience { writeOut(isLast: false) }
  }

  /// Writes what is left, and closes the file.
  func finish() {
    writeOut(isLast: true)
    stream = nil
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }

  private func writeOut(isLast: Bool) {
    defer { text.removeAll(keepingCapacity: !isLast) }
    guard failure == nil else { return }
    if descriptor < 0 {
      descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        failure = .refused(path: shownPath, action: "create", code: errno)
        return
      }
    }
    guard isCompressed else {
      unsafe text.withUnsafeBytes { unsafe write($0) }
      return
    }
    let stream = stream ?? GzipStream()
    self.stream = stream
    unsafe stream.compress(text, isLast: isLast) { unsafe write($0) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    guard failure == nil else { return }
    let (written, code) = unsafe CompleteWrite.write(bytes, to: descriptor)
    writtenByteCount += written
    if code != 0 { failure = .refused(path: shownPath, action: "write", code: code) }
  }
}
