import Glibc

/// Reads scenario files and finds those that come with the program.
///
/// All contact with the file system is here. Foundation would do it in fewer lines, but nothing
/// below the command uses it.
enum ScenarioFile {
  /// What a file is that is to be read.
  struct Kind {
    /// What diagnostics call it, with its article.
    var name: String
    /// The most bytes that it may have.
    var byteLimit: Int

    static let scenario = Kind(name: "a scenario", byteLimit: SourceReader.byteLimit)
    /// Times of invocations: some millions of them.
    static let replay = Kind(name: "a list of times", byteLimit: 1 << 28)
  }

  /// The text of the file at `path`.
  static func text(at path: String, as kind: Kind = .scenario) throws(ScenarioError) -> String {
    let bytes = try bytes(at: path, as: kind)
    guard bytes.count <= kind.byteLimit else {
      throw ScenarioError(diagnostics: [
        ScenarioDiagnostic(
          file: path, line: 0, column: 0, found: "more than \(kind.byteLimit) bytes",
          expected: "\(kind.name), which is shorter", suggestion: nil)
      ])
    }
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let scalars = validScalars(of: bytes)
    let place = TextPosition(in: scalars, at: scalars.count)
    throw ScenarioError(diagnostics: [
      ScenarioDiagnostic(
        file: path, line: place.line, column: place.column, found: "a byte that is not UTF-8",
        expected: "text in UTF-8", suggestion: nil)
    ])
  }

  /// Names of what is in the folder at `path`, sorted; empty if it cannot be read.
  static func names(in path: String) -> [String] {
    guard let folder = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        unsafe tuple.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      names.append(name)
    }
    return names.sorted()
  }

  /// Whether there is a file at `path` that can be read.
  static func exists(at path: String) -> Bool {
    unsafe access(path, R_OK) == 0
  }

  /// The characters before the first byte that is not UTF-8.
  private static func validScalars(of bytes: [UInt8]) -> [Unicode.Scalar] {
    var scalars: [Unicode.Scalar] = []
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    while case .scalarValue(let scalar) = decoder.decode(&iterator) { scalars.append(scalar) }
    return scalars
  }

  private static func bytes(at path: String, as kind: Kind) throws(ScenarioError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, as: kind, errno) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    // One byte more than allowed is enough to know that it is too much.
    while bytes.count <= kind.byteLimit {
      let count = unsafe chunk.withUnsafeMutableBytes {
        unsafe read(descriptor, $0.baseAddress, $0.count)
      }
      guard count >= 0 else {
        if errno == EINTR { continue }
        throw unreadable(path, as: kind, errno)
      }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes
  }

  private static func unreadable(
    _ path: String, as kind: Kind, _ code: CInt
  ) -> ScenarioError {
    let reason = unsafe String(cString: strerror(code))
    return ScenarioError(diagnostics: [
      ScenarioDiagnostic(
        file: path, line: 0, column: 0, found: "no file that can be read (\(reason))",
        expected: "\(kind.name == Kind.scenario.name ? "a scenario file" : kind.name)",
        suggestion: nil)
    ])
  }
}
