import Foundation
import PacketFormats

/// Linux's own address translation, with the kernel's defaults, behind which packets can be sent.
///
/// It is a process with three network namespaces: a router that masquerades what goes from
/// `inside` to `outside`, lets answers in, and drops all else; and the two ends of its cables. It
/// ends with the value, or when we do.
final class KernelRouter {
  /// Whose cable a packet is on.
  enum Side: String { case inside, outside }

  /// The router's own addresses.
  static let inside = IPv4Address(10, 0, 0, 1)
  static let outside = IPv4Address(203, 0, 113, 7)

  /// Why there is no router, or why it did not do what it was told.
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread = Data()

  /// Whether the tests that need the kernel run; if not, says why on standard error.
  static let isAvailable: Bool = {
    do {
      _ = try KernelRouter()
      return true
    } catch {
      FileHandle.standardError.write(
        Data("tests against the kernel skipped: \(error)\n".utf8))
      return false
    }
  }()

  init() throws {
    guard let python = Judge.python3.path else { throw Judge.Absence(judge: .python3) }
    process.executableURL = URL(filePath: python)
    process.arguments = ["-c", RouterProgram.text]
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

  /// Sends an IPv4 packet to the router, and waits until it has come through or cannot come any
  /// more.
  ///
  /// - Returns: the packets that came out while it did, on each side in order.
  func send(_ packet: [UInt8], from side: Side) throws -> [(side: Side, packet: [UInt8])] {
    try ask("\(side.rawValue) \(RawPacket.hexadecimal(packet))").map { answer in
      guard answer.count == 2, let side = Side(rawValue: answer[0]) else {
        throw Failure(description: "unexpected answer \(answer)")
      }
      let digits = Array(answer[1].utf8)
      return (
        side,
        stride(from: 0, to: digits.count, by: 2).map {
          UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
        }
      )
    }
  }

  /// Sets a variable below `/proc/sys/net` in the router's namespace.
  func set(_ name: String, to value: Int) throws {
    _ = try ask("set \(name) \(value)")
  }

  /// What a variable below `/proc/sys/net` is in the router's namespace.
  func value(of name: String) throws -> Int? {
    try ask("get \(name)").first.flatMap { Int($0.last ?? "") }
  }

  /// The flows that the kernel tracks, a line for each.
  func table() throws -> String {
    try ask("table").map { $0.joined(separator: " ") }.joined(separator: "\n")
  }

  /// Gives a command; returns the words of each line of the answer.
  private func ask(_ command: String) throws -> [[String]] {
    guard process.isRunning else { throw Failure(description: "the router has ended") }
    try input.fileHandleForWriting.write(contentsOf: Data("\(command)\n".utf8))
    var answers: [[String]] = []
    while true {
      let line = try line()
      if line == "done" { return answers }
      if line.hasPrefix("failed ") { throw Failure(description: "\(command): \(line)") }
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
      guard !more.isEmpty else { throw Failure(description: "the router has ended") }
      unread.append(more)
    }
  }
}
