import Foundation
import TestSupport

/// One run of the built program, seen from outside.
struct ProgramRun {
  var status: Int32
  var output: String
  var errors: String

  /// The program, which the package manager builds beside the tests.
  static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "lambdawire").path

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: After the program's name.
  ///   - limit: Largest file it may write, in blocks of 512 bytes.
  ///   - folder: Where to run it.
  /// - Throws: That it cannot be started.
  init(_ arguments: [String], fileLimit limit: Int? = nil, in folder: TestFolder) throws {
    let running = try Running(arguments, fileLimit: limit, in: folder)
    self = try running.finish()
  }

  /// A run under way.
  struct Running {
    let process = Process()
    private let outputs: (URL, URL)

    init(_ arguments: [String], fileLimit limit: Int? = nil, in folder: TestFolder) throws {
      // Files and not pipes: nobody has to empty them while the program runs.
      outputs = (folder.url("stdout-\(UUID())"), folder.url("stderr-\(UUID())"))
      for url in [outputs.0, outputs.1] { try Data().write(to: url) }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: outputs.0)
      process.standardError = try FileHandle(forWritingTo: outputs.1)
      process.currentDirectoryURL = folder.root
      var environment = ProcessInfo.processInfo.environment
      environment["LAMBDAWIRE_HOME"] = SourceTree.root.path
      process.environment = environment
      if let limit {
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments =
          ["-c", "ulimit -f \(limit); exec \"$0\" \"$@\"", ProgramRun.program] + arguments
      } else {
        process.executableURL = URL(filePath: ProgramRun.program)
        process.arguments = arguments
      }
      try process.run()
    }

    func finish() throws -> ProgramRun {
      process.waitUntilExit()
      return ProgramRun(
        status: process.terminationStatus,
        output: try String(contentsOf: outputs.0, encoding: .utf8),
        errors: try String(contentsOf: outputs.1, encoding: .utf8))
    }
  }

  private init(status: Int32, output: String, errors: String) {
    self.status = status
    self.output = output
    self.errors = errors
  }
}
