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
  typealias Failure = KernelProcess.Failure

  private let process: KernelProcess

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

  init() throws { process = try KernelProcess(running: RouterProgram.text) }

  /// Ends the process, and with it the namespaces.
  ///
  /// - Returns: how it ended.
  @discardableResult
  func close() -> Int32 { process.close() }

  /// Sends an IPv4 packet to the router, and waits until it has come through or cannot come any
  /// more.
  ///
  /// - Returns: the packets that came out while it did, on each side in order.
  func send(_ packet: [UInt8], from side: Side) throws -> [(side: Side, packet: [UInt8])] {
    try process.ask("\(side.rawValue) \(RawPacket.hexadecimal(packet))").map { answer in
      guard answer.count == 2, let side = Side(rawValue: answer[0]) else {
        throw Failure(description: "unexpected answer \(answer)")
      }
      return (side, RawPacket.bytes(answer[1]))
    }
  }

  /// Sets a variable below `/proc/sys/net` in the router's namespace.
  func set(_ name: String, to value: Int) throws {
    _ = try process.ask("set \(name) \(value)")
  }

  /// What a variable below `/proc/sys/net` is in the router's namespace.
  func value(of name: String) throws -> Int? {
    try process.ask("get \(name)").first.flatMap { Int($0.last ?? "") }
  }

  /// The flows that the kernel tracks, a line for each.
  func table() throws -> String {
    try process.ask("table").map { $0.joined(separator: " ") }.joined(separator: "\n")
  }
}
