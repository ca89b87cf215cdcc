import CaptureFiles
import LambdawireModel
import PacketFormats
import Testing

/// IPv4 packets for captures that tests send through a translator.
enum Traffic {
  static let start: Int64 = 1_700_000_000_000_000_000

  static func udp(
    _ source: String, _ destination: String, _ payload: [UInt8] = [1, 2, 3], hops: UInt8 = 64
  ) -> [UInt8] {
    let (from, to) = (end(source), end(destination))
    let header = UDPHeader(
      sourcePort: from.1, destinationPort: to.1, payloadByteCount: payload.count)
    var datagram = [UInt8](repeating: 0, count: UDPHeader.byteCount) + payload
    let sum = unsafe header.checksum(source: from.0, destination: to.0, payload: payload.span.bytes)
    edit(&datagram) { header.write(to: &$0, at: 0, checksum: sum) }
    return ip(.udp, from.0, to.0, datagram, hops: hops)
  }

  static func tcp(
    _ source: String, _ destination: String, _ flags: TCPHeader.Flags, _ payload: [UInt8] = [],
    hops: UInt8 = 64
  ) -> [UInt8] {
    let (from, to) = (end(source), end(destination))
    let header = TCPHeader(
      sourcePort: from.1, destinationPort: to.1, sequenceNumber: 100, acknowledgmentNumber: 200,
      flags: flags)
    var segment = [UInt8](repeating: 0, count: TCPHeader.byteCount) + payload
    let sum = unsafe header.checksum(source: from.0, destination: to.0, payload: payload.span.bytes)
    edit(&segment) { header.write(to: &$0, at: 0, checksum: sum) }
    return ip(.tcp, from.0, to.0, segment, hops: hops)
  }

  static func icmp(
    _ header: ICMPv4Header, _ source: String, _ destination: String, _ payload: [UInt8] = [9, 9]
  ) -> [UInt8] {
    var message = [UInt8](repeating: 0, count: ICMPv4Header.byteCount) + payload
    let sum = unsafe header.checksum(payload: payload.span.bytes)
    edit(&message) { header.write(to: &$0, at: 0, checksum: sum) }
    return ip(.icmp, end("\(source):0").0, end("\(destination):0").0, message)
  }

  static func ip(
    _ transport: IPProtocol, _ source: IPv4Address, _ destination: IPv4Address, _ body: [UInt8],
    hops: UInt8 = 64
  ) -> [UInt8] {
    var packet = [UInt8](repeating: 0, count: IPv4Header.byteCount) + body
    edit(&packet) {
      IPv4Header(
        totalLength: UInt16(IPv4Header.byteCount + body.count), timeToLive: hops,
        protocol: transport, source: source, destination: destination
      ).write(to: &$0, at: 0)
    }
    return packet
  }

  static func ethernet(_ packet: [UInt8], tags: [UInt16] = []) -> [UInt8] {
    let addresses: [UInt8] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]
    return addresses + tags.flatMap { [0x81, 0x00, UInt8($0 >> 8), UInt8($0 & 0xff)] }
      + [0x08, 0x00] + packet
  }

  private static func edit(_ bytes: inout [UInt8], _ body: (inout MutableRawSpan) -> Void) {
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    body(&raw)
  }

  private static func end(_ text: String) -> (IPv4Address, UInt16) {
    let parts = text.split(separator: ":")
    guard parts.count == 2, let address = try? IPv4Address(parts[0]), let port = UInt16(parts[1])
    else { preconditionFailure("not an address and port: \(text)") }
    return (address, port)
  }
}
