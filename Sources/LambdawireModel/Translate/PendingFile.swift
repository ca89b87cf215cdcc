import CaptureFiles
import Glibc

/// A file that is written beside the place it is for, and gets its name when it is complete.
///
/// Standard output, for which a hyphen stands, a pipe or a device is written to as it is: renaming something over `/dev/null` would be a bad
/// idea.
struct PendingFile: ~Copyable {
  /// What the user calls it.
  let path: String
  /// Where it is written.
  let workingPath: String
  private var isSettled = false

  /// Prepares to write a file.
  ///
  /// - Parameters:
  ///   - path: Where it goes.
  ///   - option: What messages call the option that named it.
  ///   - replacing: Whether a file that is there is replaced.
  /// - Throws: ``TranslateError/exists(path:option:)``, or that it is a folder.
  init(_ path: String, option: String, replacing: Bool) throws(TranslateError) {
    workingPath = try Self.workingPath(for: path, option, replacing)
    self.path = path
  }

  private static func workingPath(
    for path: String, _ option: String, _ replacing: Bool
  ) throws(TranslateError) -> String {
    var status = stat()
    guard path != "-" else { return path }
    if unsafe stat(path, &status) == 0 {
      switch status.st_mode & S_IFMT {
      case S_IFREG where !replacing: throw .exists(path: path, option: option)
      case S_IFREG: break
      case S_IFDIR: throw .isFolder(path: path, option: option)
      default: return path
      }
    }
    return "\(path).part-\(getpid())"
  }

  /// Whether it takes its name only at the end.
  var isRenamed: Bool { workingPath != path }

  deinit {
    if !isSettled, isRenamed { unsafe unlink(workingPath) }
  }

  /// Opens the file.
  func makeWriter(section: SectionHeader) throws(CaptureFileError) -> PcapngWriter {
    // Large enough that handing a buffer to another thread is worth it.
    let bufferByteCount = 1 << 20
    if path == "-" {
      return PcapngWriter(
        fileDescriptor: STDOUT_FILENO, section: section, bufferByteCount: bufferByteCount)
    }
    return try PcapngWriter(
      path: workingPath, section: section, overwrite: true, bufferByteCount: bufferByteCount)
  }

  /// Gives the file its name.
  consuming func complete() throws(OutputError) {
    if isRenamed, unsafe rename(workingPath, path) != 0 {
      throw .refused(path: path, action: "rename \(workingPath) to it", code: errno)
    }
    isSettled = true
  }

  /// `error` with the name that the file has in the end.
  func renaming(_ error: any Error) -> any Error {
    switch error {
    case CaptureFileError.cannotOpen(workingPath, let code):
      CaptureFileError.cannotOpen(path: path, code: code)
    case CaptureFileError.cannotWrite(workingPath, let code, let packets, let byteCount):
      CaptureFileError.cannotWrite(
        path: path, code: code, safePackets: packets, safeByteCount: byteCount)
    default: error
    }
  }
}
