import PacketFormats

/// A packet to send through a network, or to find at its other end, as bytes.
struct TestPacket {
  enum Body {
    case tcp(TCPHeader.Flags, maximumSegmentSize: UInt16? = nil)
    case udp
    case echo(isReply: Bool)
    /// An ICMP error about another packet.
    case error(type: UInt8, code: UInt8, parameter: UInt32, about: [UInt8])
    case other(UInt8)
  }

  var linkLayerSource = MACAddress(0x02_0000_0001)
  var linkLayerDestination = MACAddress(0x02_0000_0002)
  var source: IPAddress
  var sourcePort: UInt16 = 40110
  var destination: IPAddress
  var destinationPort: UInt16 = 443
  var body = Body.udp
  var payload: [UInt8] = [1, 2, 3, 4, 5]
  var timeToLive: UInt8 = 64
  var identification: UInt16 = 7
  var dontFragment = true

  init(
    _ body: Body = .udp, from source: String, _ sourcePort: UInt16 = 40110, to destination: String,
    _ destinationPort: UInt16 = 443
  ) throws {
    self.body = body
    self.source = try IPAddress(source)
    self.destination = try IPAddress(destination)
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
  }

  /// The same with some things changed.
  func with(_ change: (inout TestPacket) throws -> Void) rethrows -> TestPacket {
    var packet = self
    try change(&packet)
    return packet
  }

  /// The frame without its Ethernet header.
  var packetBytes: [UInt8] { Array(frame.dropFirst(EthernetHeader.byteCount)) }

  var frame: [UInt8] {
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)): ipv4(source, destination)
    case (.v6(let source), .v6(let destination)): ipv6(source, destination)
    default: []
    }
  }

  private var number: IPProtocol {
    let isIPv6 = source.family == .v6
    return switch body {
    case .tcp: .tcp
    case .udp: .udp
    case .echo, .error: isIPv6 ? .icmpv6 : .icmp
    case .other(let number): IPProtocol(rawValue: number)
    }
  }

  /// The transport header with a checksum of zero, and what follows it.
  private var segment: [UInt8] {
    func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
    let ports = word(sourcePort) + word(destinationPort)
    switch body {
    case .tcp(let flags, let maximumSegmentSize):
      let options = maximumSegmentSize.map { [2, 4] + word($0) } ?? []
      return ports + [0, 0, 0, 9, 0, 0, 0, 0, UInt8(5 + options.count / 4) << 4]
        + [UInt8(truncatingIfNeeded: flags.rawValue)] + [0x20, 0, 0, 0, 0, 0] + options + payload
    case .udp: return ports + word(UInt16(8 + payload.count)) + [0, 0] + payload
    case .echo(let isReply):
      let type: UInt8 = source.family == .v4 ? isReply ? 0 : 8 : isReply ? 129 : 128
      return [type, 0, 0, 0] + word(sourcePort) + [0, 1] + payload
    case .error(let type, let code, let parameter, let quote):
      return [type, code, 0, 0] + word(UInt16(parameter >> 16)) + word(UInt16(parameter & 0xffff))
        + quote
    case .other: return payload
    }
  }

  private var checksumPlace: Int? {
    switch body {
    case .tcp: 16
    case .udp: 6
    case .echo, .error: 2
    case .other: nil
    }
  }

  private func ethernet(_ type: UInt16) -> [UInt8] {
    func bytes(_ address: MACAddress) -> [UInt8] {
      (0..<6).map { UInt8(truncatingIfNeeded: address.rawValue >> UInt64(40 - 8 * $0)) }
    }
    return bytes(linkLayerDestination) + bytes(linkLayerSource)
      + [UInt8(type >> 8), UInt8(type & 255)]
  }

  /// The sum of 16-bit words, as RFC 1071 says it in section 4.1.
  static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum = 0
    for place in stride(from: 0, to: bytes.count, by: 2) {
      sum += Int(bytes[place]) << 8 + (place + 1 < bytes.count ? Int(bytes[place + 1]) : 0)
    }
    while sum >> 16 != 0 { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
  }

  private static func bytes(_ address: IPv4Address) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: address.rawValue >> UInt32(24 - 8 * $0)) }
  }

  private static func bytes(_ address: IPv6Address) -> [UInt8] {
    [address.high, address.low].flatMap { half in
      (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
    }
  }

  private func checked(_ segment: [UInt8], pseudoHeader: [UInt8]) -> [UInt8] {
    guard let place = checksumPlace else { return segment }
    var sum = Self.checksum(pseudoHeader + segment)
    if case .udp = body, sum == 0 { sum = 0xffff }
    var segment = segment
    segment[place] = UInt8(sum >> 8)
    segment[place + 1] = UInt8(sum & 255)
    return segment
  }

  private func ipv4(_ source: IPv4Address, _ destination: IPv4Address) -> [UInt8] {
    let segment = segment
    let addresses = Self.bytes(source) + Self.bytes(destination)
    let isICMP = number == .icmp
    let pseudoHeader =
      isICMP
      ? []
      : addresses + [0, number.rawValue, UInt8(segment.count >> 8), UInt8(segment.count & 255)]
    let length = 20 + segment.count
    var header: [UInt8] =
      [0x45, 0, UInt8(length >> 8), UInt8(length & 255)]
      + [UInt8(identification >> 8), UInt8(identification & 255), dontFragment ? 0x40 : 0, 0]
      + [timeToLive, number.rawValue, 0, 0] + addresses
    let sum = Self.checksum(header)
    header[10] = UInt8(sum >> 8)
    header[11] = UInt8(sum & 255)
    return ethernet(0x0800) + header + checked(segment, pseudoHeader: pseudoHeader)
  }

  private func ipv6(_ source: IPv6Address, _ destination: IPv6Address) -> [UInt8] {
    let segment = segment
    let addresses = Self.bytes(source) + Self.bytes(destination)
    let length = [UInt8(segment.count >> 8), UInt8(segment.count & 255)]
    return ethernet(0x86dd) + [0x60, 0, 0, 0] + length + [number.rawValue, timeToLive] + addresses
      + checked(segment, pseudoHeader: addresses + [0, 0] + length + [0, 0, 0, number.rawValue])
  }
}
