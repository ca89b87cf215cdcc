import Foundation
import PacketFormats
import VirtualNetwork

/// A VPC of network namespaces with the kernel's own routes and rules, through which packets can be
/// sent.
final class KernelVPC {
  /// Where a packet goes in or comes out.
  enum Place: Hashable {
    case interface(InterfaceIndex)
    case gateway(GatewayIndex)
  }

  private let process: KernelProcess

  /// Whether the tests that need the kernel run; if not, says why on standard error.
  static let isAvailable: Bool = {
    do {
      _ = try KernelProcess(running: FabricProgram.text)
      return true
    } catch {
      FileHandle.standardError.write(
        Data("tests against the kernel's routes and rules skipped: \(error)\n".utf8))
      return false
    }
  }()

  init(_ network: VirtualPrivateCloud) throws {
    process = try KernelProcess(running: FabricProgram.text)
    let plan = KernelRules(network)
    let text = try JSONEncoder().encode(plan)
    _ = try process.ask("build \(String(decoding: text, as: UTF8.self))")
  }

  /// Sends an IPv4 packet, and waits until it has come out or cannot come out any more.
  ///
  /// - Returns: where it came out.
  func send(_ packet: [UInt8], from place: Place) throws -> [Place] {
    try process.ask("\(Self.name(place)) \(RawPacket.hexadecimal(packet))").map { answer in
      let name = answer.first ?? ""
      guard let number = UInt32(name.dropFirst()) else {
        throw KernelProcess.Failure(description: "unexpected answer \(answer)")
      }
      return name.hasPrefix("h")
        ? .interface(InterfaceIndex(rawValue: number)) : .gateway(GatewayIndex(rawValue: number))
    }
  }

  private static func name(_ place: Place) -> String {
    switch place {
    case .interface(let index): "h\(index.rawValue)"
    case .gateway(let index): "e\(index.rawValue)"
    }
  }
}
