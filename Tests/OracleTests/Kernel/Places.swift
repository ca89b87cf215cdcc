import AddressTranslation
import PacketFormats

extension SideBySide {
  /// Where in a packet the port or identifier stands that translation changes, and what depends
  /// on it.
  struct Places {
    /// The flow, if the packet is from inside.
    private(set) var flow: Flow?
    /// The port or identifier of the inside end.
    private(set) var localPort: Int?
    /// The checksums that cover it.
    private(set) var checksums: [Int] = []
    /// Whether the packet is an ICMP error, which quotes the flow's packet.
    private(set) var isError = false
    /// Whether the packet may begin a flow anew.
    private(set) var mayBegin = false

    init(in packet: [UInt8], from side: KernelRouter.Side) {
      let header = RawPacket.headerByteCount(packet)
      guard packet.count >= header + 8 else { return }
      let isErrorMessage = packet[9] == 1 && [3, 4, 5, 11, 12].contains(packet[header])
      guard isErrorMessage else {
        find(in: packet, at: 0, isSource: side == .inside)
        return
      }
      isError = true
      let quoted = header + 8
      guard packet.count >= quoted + 28 else { return }
      checksums = [header + 2]
      find(in: packet, at: quoted, isSource: side != .inside)
      mayBegin = false
    }

    private mutating func find(in packet: [UInt8], at offset: Int, isSource: Bool) {
      let start = offset + Int(packet[offset] & 15) * 4
      let protocolNumber = packet[offset + 9]
      guard packet.count >= start + 8 else { return }
      let isQuery = protocolNumber == 1
      guard isQuery || protocolNumber == 6 || protocolNumber == 17 else { return }
      let place = isQuery ? start + 4 : isSource ? start : start + 2
      localPort = place
      let sum = start + (isQuery ? 2 : protocolNumber == 6 ? 16 : 6)
      if sum + 2 <= packet.count { checksums.append(sum) }
      mayBegin = protocolNumber == 6 && start + 13 < packet.count && packet[start + 13] & 0x17 == 2
      let addresses = [12, 16].map {
        IPv4Address(rawValue: RawPacket.long(at: offset + $0, of: packet))
      }
      let remotePlace = isSource ? start + 2 : start
      flow = Flow(
        protocol: IPProtocol(rawValue: protocolNumber),
        inside: TransportAddress(
          addresses[isSource ? 0 : 1], RawPacket.word(at: place, of: packet)),
        remote: TransportAddress(
          addresses[isSource ? 1 : 0], isQuery ? 0 : RawPacket.word(at: remotePlace, of: packet)))
    }
  }
}
