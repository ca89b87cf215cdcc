package import PacketFormats

/// Where the fields stand that a translator touches.
///
/// These offsets are declared in PacketFormats. They are said again here because each use of
/// another module's constant is a call at run time, which made translation a third slower; a test
/// holds the two against each other.
package enum HeaderLayout {
  package static var ipv4ByteCount: Int { 20 }
  package static var udpByteCount: Int { 8 }
  package static var tcpByteCount: Int { 20 }
  package static var icmpByteCount: Int { 8 }

  package static var versionAndHeaderLength: Field<UInt8> { Field(at: 0) }
  package static var totalLength: Field<UInt16> { Field(at: 2) }
  package static var identification: Field<UInt16> { Field(at: 4) }
  package static var flagsAndFragmentOffset: Field<UInt16> { Field(at: 6) }
  /// Hops left in the upper byte, the protocol's number in the lower: one word of the header.
  package static var timeToLiveAndProtocol: Field<UInt16> { Field(at: 8) }
  package static var ipv4Checksum: Field<UInt16> { Field(at: 10) }
  /// The source address in the upper half, the destination address in the lower.
  package static var addresses: Field<UInt64> { Field(at: 12) }
  package static var source: Field<UInt32> { Field(at: 12) }
  package static var destination: Field<UInt32> { Field(at: 16) }

  /// The source port in the upper half, the destination port in the lower; TCP and UDP have them
  /// in the same place.
  package static var ports: Field<UInt32> { Field(at: 0) }
  package static var sourcePort: Field<UInt16> { Field(at: 0) }
  package static var destinationPort: Field<UInt16> { Field(at: 2) }

  package static var udpLength: Field<UInt16> { Field(at: 4) }
  package static var udpChecksum: Field<UInt16> { Field(at: 6) }

  package static var sequenceNumber: Field<UInt32> { Field(at: 4) }
  package static var acknowledgmentNumber: Field<UInt32> { Field(at: 8) }
  package static var dataOffset: Field<UInt8> { Field(at: 12) }
  package static var controlBits: Field<UInt8> { Field(at: 13) }
  package static var tcpChecksum: Field<UInt16> { Field(at: 16) }

  package static var icmpType: Field<UInt8> { Field(at: 0) }
  package static var icmpChecksum: Field<UInt16> { Field(at: 2) }
  /// Of a query.
  package static var icmpIdentifier: Field<UInt16> { Field(at: 4) }

  package static var icmp: UInt8 { 1 }
  package static var tcp: UInt8 { 6 }
  package static var udp: UInt8 { 17 }
  package static var icmpv6: UInt8 { 58 }

  package static func isICMP(_ protocolNumber: UInt8) -> Bool {
    protocolNumber == icmp || protocolNumber == icmpv6
  }
}
