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
    var bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe Glibc.write(
          STDOUT_FILENO, $0.baseAddress.map { unsafe $0 + written }, $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { return }
        let words = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error"
        say("lambdawire: cannot write to standard output: \(words)")
        throw .failed
      }
      written += count
    }
  }

  /// Writes a line to standard error.
  static func say(_ text: String) {
    write(text + "\n")
  }

  /// Writes to standard error.
  static func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
