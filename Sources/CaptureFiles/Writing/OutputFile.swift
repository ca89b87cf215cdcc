import Glibc

/// A file or pipe that is being written.
struct OutputFile: ~Copyable {
  /// For messages.
  let path: String
  /// −1 once it is closed.
  private(set) var descriptor: Int32
  /// Whether closing is ours to do.
  private let owned: Bool

  /// Creates the file at `path`.
  ///
  /// - Parameters:
  ///   - path: Where to create it.
  ///   - overwrite: Whether an existing file is emptied; otherwise it is an error.
  /// - Throws: `cannotOpen`.
  init(path: String, overwrite: Bool) throws(CaptureFileError) {
    let flags = O_WRONLY | O_CREAT | O_CLOEXEC | (overwrite ? O_TRUNC : O_EXCL)
    let descriptor = unsafe open(path, flags, 0o666)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, code: errno) }
    self.path = path
    self.descriptor = descriptor
    owned = true
  }

  /// Takes a descriptor that somebody else opened.
  init(descriptor: Int32, name: String, owned: Bool) {
    path = name
    self.descriptor = descriptor
    self.owned = owned
  }

  /// Writes all of `bytes`, unless the system refuses.
  ///
  /// - Returns: How many bytes were written, and the `errno` if that is not all of them.
  func write(_ bytes: UnsafeRawBufferPointer) -> (written: Int, code: Int32) {
    unsafe CompleteWrite.write(bytes, to: descriptor)
  }

  /// Removes the last `byteCount` bytes written to a descriptor, where it can do that; a pipe cannot.
  static func cutBack(_ descriptor: Int32, by byteCount: Int) {
    let end = lseek(descriptor, 0, SEEK_CUR)
    guard end >= byteCount else { return }
    guard ftruncate(descriptor, end - byteCount) == 0 else { return }
    _ = lseek(descriptor, end - byteCount, SEEK_SET)
  }

  /// Another descriptor for the same open file, which the caller closes; −1 if there is none left.
  func duplicate() -> Int32 {
    fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
  }

  /// Where the next byte goes, in bytes from the start of the file; −1 in a pipe.
  var position: Int { lseek(descriptor, 0, SEEK_CUR) }

  /// Closes the file, if it is ours to close.
  ///
  /// - Returns: `errno`, because some file systems report a full disk only here; otherwise 0.
  mutating func close() -> Int32 {
    guard descriptor >= 0 else { return 0 }
    let result = owned ? Glibc.close(descriptor) : 0
    descriptor = -1
    return result == 0 ? 0 : errno
  }

  deinit {
    if owned && descriptor >= 0 { _ = Glibc.close(descriptor) }
  }
}
