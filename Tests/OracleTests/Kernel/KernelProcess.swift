import Foundation

/// A process with network namespaces of its own, which takes commands.
///
/// It ends with the value, or when we do.
final class KernelProcess {
  /// Why there is no such process, or why it did not do what it was told.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread = Data()

  /// Starts a program for Python.
  init(running program: String) throws {
    guard let python = Judge.python3.path else { throw Judge.Absence(judge: .python3) }
    process.executableURL = URL(filePath: python)
    process.arguments = ["-c", program]
    process.standardInput = input
    process.standardOutput = output
    var environment = ProcessInfo.processInfo.environment
    environment["PATH", default: "/usr/bin:/bin"] += ":/usr/sbin:/sbin"
    process.environment = environment
    try process.run()
    let greeting = try line()
    guard greeting == "ready" else {
      throw Failure(description: String(greeting.trimmingPrefix("absent ")))
    }
  }

  deinit { close() }

  /// Ends the process, and with it the namespaces.
  ///
  /// - Returns: how it ended.
  @discardableResult
  func close() -> Int32 {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Gives a command.
  ///
  /// - Returns: the words of each line of the answer.
  /// - Throws: ``Failure``.
  func ask(_ command: String) throws -> [[String]] {
    guard process.isRunning else { throw Failure(description: "the process has ended") }
    try input.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
    var answers: [[String]] = []
    while true {
      let line = try line()
      if line == "done" { return answers }
      if line.hasPrefix("failed ") {
        throw Failure(description: "\(command.prefix(200)): \(line)")
      }
      answers.append(line.split(separator: " ").map(String.init))
    }
  }

  private func line() throws -> String {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[(end + 1)...]) }
        return String(decoding: unread[..<end], as: UTF8.self)
      }
      let more = output.fileHandleForReading.availableData
      // At its end the process says nothing on standard output but all on standard error.
      guard !more.isEmpty else { throw Failure(description: "the process has ended") }
      unread.append(more)
    }
  }
}
