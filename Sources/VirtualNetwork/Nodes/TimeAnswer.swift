import PacketFormats

/// What the time service answers (EC2 guide, "Precision clock and time synchronization on your EC2
/// instance").
enum TimeAnswer {
  /// Observed: clients of the service are at stratum 4.
  private static let stratum: UInt8 = 3

  /// Turns an NTP client's question into its answer, which is as long.
  ///
  /// - Parameters:
  ///   - packet: The question, read from `bytes`.
  ///   - bytes: The frame that holds it.
  ///   - time: The time, in nanoseconds since 1970.
  /// - Returns: whether it was a question, without options or extensions; nothing has changed if not.
  static func write(
    over packet: FramePacket, in bytes: inout MutableRawSpan, at time: Int64
  ) -> Bool {
    let payload = packet.transport + UDPHeader.byteCount
    let end = EthernetHeader.byteCount + packet.byteCount
    guard packet.protocol == .udp, packet.destinationPort == UDPHeader.Port.ntp,
      !packet.isLaterFragment, end - payload == NTPHeader.byteCount,
      packet.transport == EthernetHeader.byteCount + packet.headerByteCount,
      let question = try? NTPHeader(parsing: bytes.bytes, at: payload), question.mode == .client
    else { return false }
    let now = NTPTimestamp(nanosecondsSince1970: time)
    NTPHeader(
      version: question.version, mode: .server, stratum: stratum, poll: question.poll,
      rootDelay: 0x10, rootDispersion: 0x10, referenceIdentifier: 0xa9fe_a97b, referenceTime: now,
      originTime: question.transmitTime, receiveTime: now, transmitTime: now
    ).write(to: &bytes, at: payload)
    let header = UDPHeader(
      sourcePort: packet.destinationPort, destinationPort: packet.sourcePort,
      payloadByteCount: NTPHeader.byteCount)
    var sum = InternetChecksum()
    sum.add(bytes.bytes, in: payload..<end)
    let base = EthernetHeader.byteCount
    let checksum: UInt16
    switch (packet.source, packet.destination) {
    case (.v4(let client), .v4(let server)):
      checksum = header.checksum(source: server, destination: client, payloadSum: sum)
      IPv4Header(
        totalLength: UInt16(packet.byteCount), protocol: .udp, source: server, destination: client
      ).write(to: &bytes, at: base)
    case (.v6(let client), .v6(let server)):
      checksum = header.checksum(source: server, destination: client, payloadSum: sum)
      IPv6Header(
        payloadLength: UInt16(packet.byteCount - IPv6Header.byteCount), nextHeader: .udp,
        source: server, destination: client
      ).write(to: &bytes, at: base)
    default: return false
    }
    header.write(to: &bytes, at: packet.transport, checksum: checksum)
    return true
  }
}
