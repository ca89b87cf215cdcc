import Foundation
import Glibc

/// The terminal behind standard error.
enum Terminal {
  static var isInteractive: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns, 80 if nobody knows.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return 80
    }
    return Int(size.ws_col)
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
