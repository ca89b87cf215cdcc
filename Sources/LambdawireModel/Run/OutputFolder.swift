import CaptureFiles
import Glibc

/// Why an output folder could not be made or completed.
public enum OutputError: Error, Hashable, Sendable {
  /// It exists, and nothing is mixed into it.
  case exists(path: String)
  /// It exists and is to be replaced, but no run and no comparison has written it.
  case notARun(path: String)
  /// The system refused; `code` is its `errno`.
  case refused(path: String, action: String, code: Int32)
}

extension OutputError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exists(let path):
      return "\(path) exists; choose another folder with -o, or replace it with --force"
    case .notARun(let path):
      return "\(path) exists and is not the folder of a run or comparison, so it is not "
        + "replaced; remove it yourself, or choose another folder with -o"
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
  /// Folders around it that were made for it, the outermost first.
  private let parents: [String]
  private let replaces: Bool
  private var isComplete = false

  private init(path: String, workingPath: String, parents: [String], replaces: Bool) {
    self.path = path
    self.workingPath = workingPath
    self.parents = parents
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
    if exists(trimmed) {
      guard replacing else { throw .exists(path: trimmed) }
      // A slip such as `-o . --force` must not cost anybody their files.
      guard isReplaceable(trimmed) else { throw .notARun(path: trimmed) }
    }
    let parent = trimmed.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    let parents = try makeFolders(parent)
    let workingPath = "\(trimmed).part-\(getpid())"
    do throws(OutputError) {
      try makeFolder(workingPath)
    } catch {
      removeEmpty(parents)
      throw error
    }
    return OutputFolder(
      path: trimmed, workingPath: workingPath, parents: parents, replaces: replacing)
  }

  deinit {
    if !isComplete {
      Self.remove(workingPath)
      Self.removeEmpty(parents)
    }
  }

  /// Makes a folder inside.
  func makeFolder(_ name: String) throws(OutputError) {
    _ = try Self.makeFolders("\(workingPath)/\(name)")
  }

  /// Writes a whole file over the one that is there, if any.
  ///
  /// That one's space is used again, so that on a full disk a text that is no longer than before
  /// can still be written.
  func write(_ text: String, to name: String) throws(OutputError) {
    let path = "\(workingPath)/\(name)"
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .refused(path: "\(self.path)/\(name)", action: "create", code: errno)
    }
    defer { close(descriptor) }
    let code = CompleteWrite.write(text, to: descriptor)
    guard code == 0 else {
      throw .refused(path: "\(self.path)/\(name)", action: "write", code: code)
    }
    ftruncate(descriptor, off_t(text.utf8.count))
  }

  /// Removes those of the files that nothing was written to.
  ///
  /// - Returns: The others.
  func removeEmptyFiles(of names: [String]) -> [String] {
    names.filter { name in
      var status = stat()
      let path = "\(workingPath)/\(name)"
      guard unsafe stat(path, &status) == 0, status.st_size == 0 else { return true }
      unsafe unlink(path)
      return false
    }
  }

  /// `error` with the name that its file has in the end.
  func renaming(_ error: any Error) -> any Error {
    func renamed(_ file: String) -> String {
      file.hasPrefix(workingPath) ? path + file.dropFirst(workingPath.count) : file
    }
    switch error {
    case OutputError.refused(let path, let action, let code):
      return OutputError.refused(path: renamed(path), action: action, code: code)
    case CaptureFileError.cannotOpen(let path, let code):
      return CaptureFileError.cannotOpen(path: renamed(path), code: code)
    case CaptureFileError.cannotWrite(let path, let code, let packets, let byteCount):
      return CaptureFileError.cannotWrite(
        path: renamed(path), code: code, safePackets: packets, safeByteCount: byteCount)
    default: return error
    }
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

  /// Whether there is nothing in a folder, or what a run or a comparison has written.
  private static func isReplaceable(_ path: String) -> Bool {
    let names = ScenarioFile.names(in: path).filter { $0 != "." && $0 != ".." }
    return RunFolder.isFolder(path)
      && (names.isEmpty || names.contains("events.jsonl")
        || names.contains(ComparisonRun.documentName))
  }

  private static func makeFolder(_ path: String) throws(OutputError) {
    guard unsafe mkdir(path, 0o755) == 0 else {
      throw .refused(path: path, action: "create", code: errno)
    }
  }

  /// Makes a folder and those it is in, as far as they are missing.
  ///
  /// - Returns: Those made, the outermost first.
  /// - Throws: That the system refuses; then none is left.
  @discardableResult
  static func makeFolders(_ path: String) throws(OutputError) -> [String] {
    var made: [String] = []
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += prefix.isEmpty || prefix == "/" ? String(part) : "/\(part)"
      if exists(prefix) { continue }
      do throws(OutputError) {
        try makeFolder(prefix)
      } catch {
        removeEmpty(made)
        throw error
      }
      made.append(prefix)
    }
    return made
  }

  /// Removes folders that nobody has put anything into, the innermost first.
  private static func removeEmpty(_ folders: [String]) {
    for folder in folders.reversed() { unsafe rmdir(folder) }
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
