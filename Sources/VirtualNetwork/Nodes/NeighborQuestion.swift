import EventSimulation
import PacketFormats

/// A question for the Ethernet address of a neighbour: by ARP, or by neighbour discovery.
enum NeighborQuestion {
  case ipv4(ARPPacket)
  case ipv6(NeighborMessage, from: IPv6Address)

  /// Reads an Ethernet frame.
  ///
  /// - Returns: `nil` if it holds no such question, or one that must not be answered.
  init?(_ bytes: RawSpan) {
    let base = EthernetHeader.byteCount
    guard bytes.byteCount >= base else { return nil }
    switch bytes[EthernetHeader.Layout.etherType, at: 0] {
    case EthernetHeader.EtherType.arp.rawValue:
      guard let packet = try? ARPPacket(parsing: bytes, at: base), packet.operation == .request
      else { return nil }
      self = .ipv4(packet)
    case EthernetHeader.EtherType.ipv6.rawValue:
      // RFC 4861, section 7.1.1: the hop limit tells that it was sent by a neighbour.
      guard let header = try? IPv6Header(parsing: bytes, at: base), header.nextHeader == .icmpv6,
        header.hopLimit == 255,
        let message = try? NeighborMessage(
          parsing: bytes, at: base + IPv6Header.byteCount,
          end: base + IPv6Header.byteCount + Int(header.payloadLength)),
        message.kind == .solicitation
      else { return nil }
      self = .ipv6(message, from: header.source)
    default: return nil
    }
  }

  /// Whose Ethernet address is asked for.
  var target: IPAddress {
    switch self {
    case .ipv4(let packet): .v4(packet.targetProtocolAddress)
    case .ipv6(let message, _): .v6(message.target)
    }
  }

  /// The frame that answers it.
  ///
  /// - Parameters:
  ///   - address: The Ethernet address that was asked for.
  ///   - isRouter: Whether the neighbour is a router, which an IPv6 host is told.
  ///   - asker: The Ethernet address of who asks.
  ///   - network: Where frames are.
  ///   - place: Who answers, if there is no frame free.
  /// - Returns: `nil` if there is none.
  func makeAnswer(
    _ address: MACAddress, isRouter: Bool, to asker: MACAddress, _ network: inout Network,
    at place: String
  ) -> Frame? {
    let base = EthernetHeader.byteCount
    switch self {
    case .ipv4(let packet):
      let reply = packet.reply(from: address)
      guard let frame = Self.makeFrame(base + ARPPacket.byteCount, &network, place) else {
        return nil
      }
      network.frames.withBytes(of: frame) { bytes in
        EthernetHeader(
          destination: reply.targetHardwareAddress, source: address, etherType: .arp
        ).write(to: &bytes, at: 0)
        reply.write(to: &bytes, at: base)
      }
      return frame
    case .ipv6(let message, let source):
      // A host that looks whether its address is taken asks from no address (RFC 4862,
      // section 5.4.3), and is told by everybody's.
      let isProbe = source == .unspecified
      let reply = NeighborMessage(
        kind: .advertisement(isRouter: isRouter, isSolicited: !isProbe, overrides: true),
        target: message.target, linkLayerAddress: address)
      let headers = base + IPv6Header.byteCount
      guard let frame = Self.makeFrame(headers + reply.byteCount, &network, place) else {
        return nil
      }
      let receiver = isProbe ? IPv6Address(0xff02, 0, 0, 0, 0, 0, 0, 1) : source
      network.frames.withBytes(of: frame) { bytes in
        EthernetHeader(
          destination: isProbe ? MACAddress(0x3333_0000_0001) : asker, source: address,
          etherType: .ipv6
        ).write(to: &bytes, at: 0)
        IPv6Header(
          payloadLength: UInt16(reply.byteCount), nextHeader: .icmpv6, hopLimit: 255,
          source: message.target, destination: receiver
        ).write(to: &bytes, at: base)
        reply.write(to: &bytes, at: headers, source: message.target, destination: receiver)
      }
      return frame
    }
  }

  private static func makeFrame(
    _ byteCount: Int, _ network: inout Network, _ place: String
  ) -> Frame? {
    guard let frame = network.frames.makeFrame(byteCount: byteCount) else {
      network.reportUnmadeFrame(at: place)
      return nil
    }
    return frame
  }
}

extension NeighborQuestion {
  /// The Ethernet address of who sent a frame.
  static func asker(_ bytes: RawSpan) -> MACAddress {
    MACAddress(
      UInt64(bytes[EthernetHeader.Layout.sourceHigh, at: 0]) << 32
        | UInt64(bytes[EthernetHeader.Layout.sourceLow, at: 0]))
  }
}
