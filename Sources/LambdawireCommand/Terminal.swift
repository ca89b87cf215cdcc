import CaptureFiles
import Foundation
import Glibc
import LambdawireReports

/// The terminal behind standard error.
enum Terminal {
  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

  /// Colours only where somebody looks at them and did not ask for none (no-color.org).
  static var style: TextStyle {
    let environment = ProcessInfo.processInfo.environment
    let isWanted = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    return isWanted && isatty(STDOUT_FILENO) == 1 ? .terminal : .plain
  }

  /// Columns, 80 if nobody knows.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
  }

  /// Writes to standard output.
  ///
  /// A reader that has had enough, such as `head`, is no failure.
  static func print(_ text: String) throws(ExitStatus) {
    guard let code = write(text, to: STDOUT_FILENO), code != EPIPE else { return }
    say("lambdawire: cannot write to standard output: \(words(for: code))")
    throw .failed
  }

  /// Makes a file, or replaces its content.
  static func write(_ text: String, to path: String) throws(ExitStatus) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    var code = descriptor < 0 ? errno : write(text, to: descriptor)
    if descriptor >= 0, close(descriptor) != 0, code == nil { code = errno }
    guard let code else { return }
    say("lambdawire: \(path): cannot write: \(words(for: code))")
    throw .failed
  }

  /// - Returns: The system's `errno` if it refuses.
  private static func write(_ text: String, to descriptor: Int32) -> Int32? {
    let code = CompleteWrite.write(text, to: descriptor)
    return code == 0 ? nil : code
  }

  /// The system's words for an `errno`.
  private static func words(for code: Int32) -> String {
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }

  /// Writes a line to standard error.
  static func say(_ text: String) {
    write(text + "\n")
  }

  /// Writes to standard error.
  static func write(_ text: String) {
    // Where it cannot be said that nothing can be said, there is nothing left to do.
    _ = write(text, to: STDERR_FILENO)
  }
}
