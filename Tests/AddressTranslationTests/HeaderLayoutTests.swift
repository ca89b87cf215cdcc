import AddressTranslation
import PacketFormats
import Testing

/// The offsets that the translator repeats are those that PacketFormats declares.
@Suite struct HeaderLayoutTests {
  @Test func `IPv4 fields stand where PacketFormats says`() {
    let pairs = [
      (HeaderLayout.versionAndHeaderLength.offset, IPv4Header.Layout.versionAndHeaderLength.offset),
      (HeaderLayout.totalLength.offset, IPv4Header.Layout.totalLength.offset),
      (HeaderLayout.flagsAndFragmentOffset.offset, IPv4Header.Layout.flagsAndFragmentOffset.offset),
      (HeaderLayout.timeToLiveAndProtocol.offset, IPv4Header.Layout.timeToLive.offset),
      (HeaderLayout.timeToLiveAndProtocol.offset + 1, IPv4Header.Layout.protocol.offset),
      (HeaderLayout.ipv4Checksum.offset, IPv4Header.Layout.checksum.offset),
      (HeaderLayout.addresses.offset, IPv4Header.Layout.source.offset),
      (HeaderLayout.source.offset, IPv4Header.Layout.source.offset),
      (HeaderLayout.addresses.offset + 4, IPv4Header.Layout.destination.offset),
      (HeaderLayout.destination.offset, IPv4Header.Layout.destination.offset),
      (HeaderLayout.ipv4ByteCount, IPv4Header.byteCount),
      (Int(HeaderLayout.tcp), Int(IPProtocol.tcp.rawValue)),
      (Int(HeaderLayout.udp), Int(IPProtocol.udp.rawValue)),
    ]
    for (repeated, declared) in pairs { #expect(repeated == declared) }
  }

  @Test func `TCP and UDP fields stand where PacketFormats says`() {
    let pairs = [
      (HeaderLayout.ports.offset, TCPHeader.Layout.sourcePort.offset),
      (HeaderLayout.ports.offset, UDPHeader.Layout.sourcePort.offset),
      (HeaderLayout.sourcePort.offset, TCPHeader.Layout.sourcePort.offset),
      (HeaderLayout.sourcePort.offset, UDPHeader.Layout.sourcePort.offset),
      (HeaderLayout.destinationPort.offset, TCPHeader.Layout.destinationPort.offset),
      (HeaderLayout.destinationPort.offset, UDPHeader.Layout.destinationPort.offset),
      (HeaderLayout.sequenceNumber.offset, TCPHeader.Layout.sequenceNumber.offset),
      (HeaderLayout.acknowledgmentNumber.offset, TCPHeader.Layout.acknowledgmentNumber.offset),
      (HeaderLayout.dataOffset.offset, TCPHeader.Layout.dataOffset.offset),
      (HeaderLayout.controlBits.offset, TCPHeader.Layout.flags.offset),
      (HeaderLayout.tcpChecksum.offset, TCPHeader.Layout.checksum.offset),
      (HeaderLayout.udpLength.offset, UDPHeader.Layout.length.offset),
      (HeaderLayout.udpChecksum.offset, UDPHeader.Layout.checksum.offset),
      (HeaderLayout.tcpByteCount, TCPHeader.byteCount),
      (HeaderLayout.udpByteCount, UDPHeader.byteCount),
    ]
    for (repeated, declared) in pairs { #expect(repeated == declared) }
  }

  @Test func `TCP's control bits are those PacketFormats names`() {
    #expect(ControlBits.fin.rawValue == TCPHeader.Flags.fin.rawValue)
    #expect(ControlBits.syn.rawValue == TCPHeader.Flags.syn.rawValue)
    #expect(ControlBits.rst.rawValue == TCPHeader.Flags.rst.rawValue)
    #expect(ControlBits.ack.rawValue == TCPHeader.Flags.ack.rawValue)
  }
}
