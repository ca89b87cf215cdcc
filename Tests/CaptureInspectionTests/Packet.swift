import CaptureInspection
import PacketFormats

/// A packet in words, from which frames are made.
struct Packet: Equatable {
  var `protocol` = IPProtocol.tcp
  var source: Endpoint
  var destination: Endpoint
  var timeToLive: UInt8 = 64
  var identification: UInt16 = 0
  var sequence: UInt32 = 1000
  var acknowledgment: UInt32 = 0
  var flags: TCPHeader.Flags = [.ack]
  var payload: [UInt8] = []
  /// For ICMP.
  var icmp = ICMPv4Header.echoRequest(identifier: 0, sequenceNumber: 0)
  /// Whether UDP goes without a checksum.
  var omitsChecksum = false

  static func tcp(
    _ source: Endpoint, _ destination: Endpoint, _ flags: TCPHeader.Flags, sequence: UInt32 = 1000,
    acknowledgment: UInt32 = 0, payload: [UInt8] = []
  ) -> Packet {
    Packet(
      source: source, destination: destination, sequence: sequence,
      acknowledgment: acknowledgment, flags: flags, payload: payload)
  }

  static func udp(_ source: Endpoint, _ destination: Endpoint, _ payload: [UInt8]) -> Packet {
    Packet(protocol: .udp, source: source, destination: destination, payload: payload)
  }

  /// The Ethernet frame.
  var frame: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 14 + ip.count)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    EthernetHeader(
      destination: MACAddress(0x0a00_0000_0002),
      source: MACAddress(0x0a00_0000_0001),
      etherType: isIPv4 ? .ipv4 : .ipv6
    ).write(to: &raw, at: 0)
    bytes.replaceSubrange(14..., with: ip)
    return bytes
  }

  private var isIPv4: Bool { source.address.ipv4 != nil }

  /// The IP packet.
  var ip: [UInt8] {
    let transport = transport
    let headerByteCount = isIPv4 ? IPv4Header.byteCount : IPv6Header.byteCount
    var bytes = [UInt8](repeating: 0, count: headerByteCount) + transport
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    if let from = source.address.ipv4, let to = destination.address.ipv4 {
      IPv4Header(
        totalLength: UInt16(headerByteCount + transport.count), identification: identification,
        timeToLive: timeToLive, protocol: `protocol`, source: from, destination: to
      ).write(to: &raw, at: 0)
    } else {
      IPv6Header(
        payloadLength: UInt16(transport.count), nextHeader: `protocol`, hopLimit: timeToLive,
        source: source.address.ipv6, destination: destination.address.ipv6
      ).write(to: &raw, at: 0)
    }
    return bytes
  }

  private var transport: [UInt8] {
    switch `protocol` {
    case .tcp: tcpSegment
    case .udp: datagram
    default: message
    }
  }

  private var tcpSegment: [UInt8] {
    let header = TCPHeader(
      sourcePort: source.port, destinationPort: destination.port, sequenceNumber: sequence,
      acknowledgmentNumber: acknowledgment, flags: flags)
    var bytes = [UInt8](repeating: 0, count: TCPHeader.byteCount) + payload
    let sum =
      if let from = source.address.ipv4, let to = destination.address.ipv4 {
        unsafe header.checksum(source: from, destination: to, payload: payload.span.bytes)
      } else {
        unsafe header.checksum(
          source: source.address.ipv6, destination: destination.address.ipv6,
          payload: payload.span.bytes)
      }
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    header.write(to: &raw, at: 0, checksum: sum)
    return bytes
  }

  private var datagram: [UInt8] {
    let header = UDPHeader(
      sourcePort: source.port, destinationPort: destination.port,
      payloadByteCount: payload.count)
    var bytes = [UInt8](repeating: 0, count: UDPHeader.byteCount) + payload
    var sum: UInt16 = 0
    if !omitsChecksum {
      sum =
        if let from = source.address.ipv4, let to = destination.address.ipv4 {
          unsafe header.checksum(source: from, destination: to, payload: payload.span.bytes)
        } else {
          unsafe header.checksum(
            source: source.address.ipv6, destination: destination.address.ipv6,
            payload: payload.span.bytes)
        }
    }
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    header.write(to: &raw, at: 0, checksum: sum)
    return bytes
  }

  private var message: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: ICMPv4Header.byteCount) + payload
    let sum = unsafe icmp.checksum(payload: payload.span.bytes)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    icmp.write(to: &raw, at: 0, checksum: sum)
    return bytes
  }

  /// An ICMP error about this packet, from `router`, quoting its header and eight bytes.
  func unreachable(from router: NetworkAddress) -> Packet {
    Packet(
      protocol: .icmp, source: Endpoint(router, port: 0),
      destination: Endpoint(source.address, port: 0),
      payload: Array(ip.prefix(IPv4Header.byteCount + 8)),
      icmp: ICMPv4Header(
        type: .destinationUnreachable, code: ICMPv4Header.UnreachableCode.port))
  }

  /// The frame of a Geneve tunnel around this packet's frame.
  func tunnelled(vni: UInt32 = 4711, from outer: Endpoint? = nil) -> [UInt8] {
    var geneve = [UInt8](repeating: 0, count: GeneveHeader.byteCount)
    var span = geneve.mutableSpan
    var raw = unsafe span.mutableBytes
    GeneveHeader(virtualNetworkIdentifier: vni).write(to: &raw, at: 0)
    var packet = Packet.udp(
      outer ?? Endpoint("192.0.2.10", 50_000), Endpoint("192.0.2.1", UDPHeader.Port.geneve),
      geneve + frame)
    packet.omitsChecksum = true
    return packet.frame
  }
}

extension NetworkAddress {
  /// The address that a test writes down; 0.0.0.0 if it mistypes it.
  init(_ text: String) {
    if let address = try? IPv4Address(text) {
      self.init(address)
    } else if let address = try? IPv6Address(text) {
      self.init(address)
    } else {
      preconditionFailure("not an address: \(text)")
    }
  }
}

extension Endpoint {
  init(_ address: String, _ port: UInt16) {
    self.init(NetworkAddress(address), port: port)
  }
}
