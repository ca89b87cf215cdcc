import Glibc

/// Why an output folder could not be made or completed.
public enum OutputError: Error, Hashable, Sendable {
  /// It exists, and nothing is mixed into it.
  case exists(path: String)
  /// The system refused; `code` is its `errno`.
  case refused(path: String, action: String, code: Int32)
}

extension OutputError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exists(let path):
      return "\(path) exists; choose another folder with -o, or replace it with --force"
    case .refused(let path, let action, let code):
      let words = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
      return "\(path): cannot \(action): \(words)"
    }
  }
}

/// The folder a run writes to.
///
/// Everything is written into a folder beside it, which takes its name at the end: whoever sees
/// the folder sees all of it. An interrupted run is completed the same way, with what it has.
struct OutputFolder: ~Copyable {
  let path: String
  /// Where files are written until ``complete()``.
  let workingPath: String
  private let replaces: Bool
  private var isComplete = false

  private init(path: String, workingPath: String, replaces: Bool) {
    self.path = path
    self.workingPath = workingPath
    self.replaces = replaces
  }

  /// Makes the working folder.
  ///
  /// - Parameters:
  ///   - path: The folder that is to be there at the end.
  ///   - replacing: Whether one that is there already is replaced.
  /// - Returns: The folder, to be completed or else removed.
  /// - Throws: That it exists, or that the system refuses.
  static func make(_ path: String, replacing: Bool) throws(OutputError) -> OutputFolder {
    var trimmed = path
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    if exists(trimmed), !replacing { throw .exists(path: trimmed) }
    let parent = trimmed.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    if !parent.isEmpty { try makeFolders(parent) }
    let workingPath = "\(trimmed).part-\(getpid())"
    try makeFolder(workingPath)
    return OutputFolder(path: trimmed, workingPath: workingPath, replaces: replacing)
  }

  deinit {
    if !isComplete { Self.remove(workingPath) }
  }

  /// Makes a folder inside.
  func makeFolder(_ name: String) throws(OutputError) {
    try Self.makeFolders("\(workingPath)/\(name)")
  }

  /// Writes a whole file.
  func write(_ text: String, to name: String) throws(OutputError) {
    let path = "\(workingPath)/\(name)"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .refused(path: "\(self.path)/\(name)", action: "create", code: errno)
    }
    var bytes = Array(text.utf8)
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes {
        unsafe Glibc.write(
          descriptor, $0.baseAddress.map { unsafe $0 + written }, $0.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        let code = errno
        close(descriptor)
        unsafe unlink(path)
        throw .refused(path: "\(self.path)/\(name)", action: "write", code: code)
      }
      written += count
    }
    close(descriptor)
  }

  /// Gives the folder its name.
  consuming func complete() throws(OutputError) {
    if replaces, Self.exists(path) { Self.remove(path) }
    guard unsafe rename(workingPath, path) == 0 else {
      throw .refused(path: path, action: "rename \(workingPath) to it", code: errno)
    }
    isComplete = true
  }

  // MARK: - The system

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  private static func makeFolder(_ path: String) throws(OutputError) {
    guard unsafe mkdir(path, 0o755) == 0 else {
      throw .refused(path: path, action: "create", code: errno)
    }
  }

  /// Makes a folder and those it is in, as far as they are missing.
  private static func makeFolders(_ path: String) throws(OutputError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix == "/" ? String(part) : "/\(part)"
      if exists(prefix) { continue }
      try makeFolder(prefix)
    }
  }

  /// Removes a file, or a folder with all that is in it; links are removed, not followed.
  static func remove(_ path: String) {
    if unsafe unlink(path) == 0 { return }
    if let folder = unsafe opendir(path) {
      while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
          unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
        }
        if name != ".", name != ".." { remove("\(path)/\(name)") }
      }
      unsafe closedir(folder)
    }
    unsafe rmdir(path)
  }
}
