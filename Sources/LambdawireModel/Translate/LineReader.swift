import Glibc

/// Reads a text file line by line, in constant memory but for the longest line.
@safe struct LineReader: ~Copyable {
  private let path: String
  private let stream: UnsafeMutablePointer<FILE>
  private var line: UnsafeMutablePointer<CChar>?
  private var capacity = 0

  /// Opens the file at `path`, or standard input for `-`.
  init(path: String) throws(RecordError) {
    let opened =
      path == "-"
      ? unsafe fdopen(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0), "r") : unsafe fopen(path, "re")
    guard let opened = unsafe opened else {
      throw .unreadable(path: path, action: "open", code: errno)
    }
    self.path = path
    unsafe stream = opened
    unsafe line = nil
  }

  deinit {
    unsafe free(line)
    unsafe fclose(stream)
  }

  /// Hands the next line to `body`, without its line break.
  ///
  /// - Returns: What `body` returns, or `nil` at the end of the file.
  mutating func next<Result>(
    _ body: (RawSpan) throws(RecordError) -> Result
  ) throws(RecordError) -> Result? {
    var count = unsafe getline(&line, &capacity, stream)
    guard count >= 0, let line = unsafe line else {
      if unsafe ferror(stream) != 0 {
        throw .unreadable(path: path, action: "read", code: errno)
      }
      return nil
    }
    if count > 0, unsafe line[count - 1] == 0x0a { count -= 1 }
    return try body(unsafe RawSpan(_unsafeStart: line, byteCount: count))
  }
}
