import AddressTranslation
import PacketFormats

/// Packets of all kinds from inside, and what comes back because of them.
struct TranslatedTraffic {
  private let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 9)

  /// Whole packets: each protocol, several hosts with the same ports, with and without options and
  /// checksums, and some that are answered.
  var outbound: [[UInt8]] {
    var packets: [[UInt8]] = []
    for host: UInt8 in 10...12 {
      for size in [0, 1, 2, 63, 1400] {
        let inside = TransportAddress(IPv4Address(10, 0, 0, host), UInt16(40_000 + size))
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 5) }
        packets += [
          RawPacket.udp(inside, remote, payload: payload),
          RawPacket.udp(inside, remote, payload: payload, hasChecksum: false),
          RawPacket.udp(inside, remote, payload: payload, options: [1, 1, 1, 0]),
          RawPacket.tcp(
            inside, remote, .syn, sequence: 1, tcpOptions: [2, 4, 0x23, 0x28, 1, 3, 3, 7]),
          RawPacket.tcp(
            inside, remote, [.psh, .ack], sequence: 2, acknowledgment: 8, payload: payload),
          RawPacket.query(
            8, inside.address, remote.address, identifier: inside.port, payload: payload),
          RawPacket.udp(inside, remote, payload: payload, timeToLive: 1),
        ]
      }
    }
    return packets
  }

  /// Packets in fragments, each with an identification of its own.
  var fragments: [[UInt8]] {
    var packets: [[UInt8]] = []
    for host: UInt8 in 10...12 {
      let inside = TransportAddress(IPv4Address(10, 0, 0, host), 41_000)
      for (number, size) in [8, 64, 1000].enumerated() {
        let datagram = RawPacket.udp(
          inside, remote, payload: (0..<(size * 3 + 5)).map { UInt8(truncatingIfNeeded: $0) })
        packets += RawPacket.fragments(datagram, size: size, identification: UInt16(number + 1))
      }
    }
    return packets
  }

  /// An answer and some errors to a packet that has come out.
  func answers(to packet: [UInt8]) -> [[UInt8]] {
    guard RawPacket.word(at: 6, of: packet) & 0x3fff == 0 else { return [] }
    let start = RawPacket.headerByteCount(packet)
    let ends = [RawPacket.source(of: packet), RawPacket.destination(of: packet)]
    let ports = [0, 2].map { RawPacket.word(at: start + $0, of: packet) }
    let (local, far) = (
      TransportAddress(ends[0], ports[0]), TransportAddress(ends[1], ports[1])
    )
    let payload = Array(packet[(start + 8)...])
    var answers: [[UInt8]] = []
    switch packet[9] {
    case 17: answers = [RawPacket.udp(far, local, payload: payload)]
    case 6:
      answers = [
        RawPacket.tcp(
          far, local, [.syn, .ack], sequence: 7, acknowledgment: 2, tcpOptions: [2, 4, 0x23, 0x28])
      ]
    default:
      answers = [
        RawPacket.query(
          0, far.address, local.address, identifier: RawPacket.word(at: start + 4, of: packet),
          payload: payload)
      ]
    }
    // To tshark a TCP header that is quoted without all that follows has a bad checksum.
    for quoted in packet[9] == 6
      ? [start + 8] + (packet.count > 548 ? [] : [548]) : [start + 8, start + 20, 548]
    {
      answers += [(3, 4), (3, 1), (11, 0), (12, 0)].map { type, code in
        RawPacket.error(
          type, code: code, from: IPv4Address(192, 0, 2, 33), about: packet, quoting: quoted,
          parameter: code == 4 ? 1400 : 0)
      }
    }
    return answers
  }
}
