import Foundation
import TestSupport

/// A program that we did not write, called to give its opinion of our files.
enum Judge: String {
  case capinfos, chromium, editcap, python3, sha256sum, tcpdump, tshark
  /// An interpreter of Python that has the package of this name.
  case botocore
  case flowLogsReader = "flowlogs_reader"

  /// Whether the tests that need `judges` run.
  ///
  /// Always in continuous integration, where a missing program must be noticed and not skipped.
  static func arePresent(_ judges: Judge...) -> Bool {
    if ProcessInfo.processInfo.environment["CI"] != nil { return true }
    let absent = judges.filter { $0.path == nil }
    guard !absent.isEmpty else { return true }
    let names = absent.map(\.rawValue).joined(separator: ", ")
    FileHandle.standardError.write(
      Data("oracle tests skipped: \(names) missing; Tools/test installs what they need\n".utf8))
    return false
  }

  /// What the judge said.
  struct Opinion {
    var output: String
    var complaints: String
    var status: Int32

    /// Its lines, split at tabulators.
    var rows: [[String]] {
      output.split(separator: "\n").map {
        $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
    }
  }

  /// Asks the judge.
  ///
  /// - Parameters:
  ///   - arguments: What to ask.
  ///   - environment: Variables besides our own.
  /// - Returns: what it said, and its exit status.
  /// - Throws: ``Absence`` if it is not installed, or what kept it from starting.
  func ask(_ arguments: [String], environment: [String: String] = [:]) throws -> Opinion {
    guard let path else { throw Absence(judge: self) }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    let scratch = try TestFolder()
    // Into files: with two pipes, one can fill up while we wait for the other.
    let files = try ["output", "complaints"].map { name in
      let file = scratch.path(name)
      try Data().write(to: URL(filePath: file))
      return (path: file, handle: try FileHandle(forWritingTo: URL(filePath: file)))
    }
    process.standardOutput = files[0].handle
    process.standardError = files[1].handle
    try process.run()
    process.waitUntilExit()
    for file in files { try file.handle.close() }
    let texts = try files.map {
      String(decoding: try Data(contentsOf: URL(filePath: $0.path)), as: UTF8.self)
    }
    return Opinion(output: texts[0], complaints: texts[1], status: process.terminationStatus)
  }

  /// A judge that is not on this machine.
  struct Absence: Error, CustomStringConvertible {
    var judge: Judge
    var description: String { "\(judge.rawValue) is missing; Tools/test installs it" }
  }

  /// Where it is, or `nil` if it is not on this machine.
  var path: String? {
    if self == .botocore { return Self.pythonWithBotocore }
    if self == .flowLogsReader { return Self.pythonWithFlowLogsReader }
    // Scapy is a Debian package, which only Debian's own interpreter sees.
    if self == .python3, FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") {
      return "/usr/bin/python3"
    }
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return (folders.split(separator: ":").map(String.init) + ["/usr/sbin"]).map {
      "\($0)/\(rawValue)"
    }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The environment that Tools/test has made, or else whatever interpreter has the package.
  private static let pythonWithBotocore = python(with: .botocore)
  private static let pythonWithFlowLogsReader = python(with: .flowLogsReader)

  private static func python(with package: Judge) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let candidates =
      [SourceTree.root.appending(path: ".build/python/bin/python3").path]
      + folders.split(separator: ":").map { "\($0)/python3" }
    return candidates.first { path in
      guard FileManager.default.isExecutableFile(atPath: path) else { return false }
      let process = Process()
      process.executableURL = URL(filePath: path)
      process.arguments = ["-c", "import \(package.rawValue)"]
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }
  }
}
