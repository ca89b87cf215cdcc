import Glibc

/// The system's `write`, again and again until everything is written.
package enum CompleteWrite {
  /// Writes all of `bytes`, unless the system refuses.
  ///
  /// - Returns: How many bytes were written, and the `errno` if that is not all of them.
  package static func write(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32
  ) -> (written: Int, code: Int32) {
    var written = 0
    while written < bytes.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
      let count = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count > 0 {
        written += count
        continue
      }
      let code = count == 0 ? ENOSPC : errno
      switch code {
      case EINTR: continue
      case EAGAIN:
        // A pipe that its other owner made non-blocking: wait until it takes more.
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = unsafe poll(&request, 1, -1)
      default: return (written, code)
      }
    }
    return (written, 0)
  }

  /// The same for a text, as UTF-8.
  ///
  /// - Returns: The `errno` if not all of it could be written, or 0.
  package static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { unsafe write(UnsafeRawBufferPointer($0), to: descriptor).code }
  }
}
