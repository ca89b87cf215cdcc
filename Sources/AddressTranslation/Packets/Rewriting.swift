import PacketFormats

/// The changes a translator makes to a packet (RFC 3022, section 4.1).
///
/// Checksums are brought up to date from what changes (RFC 1624), never computed anew, so that
/// damage done on the way stays visible.
struct Rewriting {
  let address: Field<UInt32>
  let port: Field<UInt16>

  /// Whether packets on their way out are meant.
  var isOutbound: Bool { address.offset == HeaderLayout.source.offset }

  /// For packets on their way out.
  static var source: Rewriting {
    Rewriting(address: HeaderLayout.source, port: HeaderLayout.sourcePort)
  }

  /// For packets on their way in.
  static var destination: Rewriting {
    Rewriting(address: HeaderLayout.destination, port: HeaderLayout.destinationPort)
  }

  /// Replaces an address and a port, or a query's identifier, of the packet whose header starts
  /// at `offset`, and takes `decrement` off its hops.
  @inline(__always)
  func apply(
    to bytes: inout MutableRawSpan, at offset: Int, packet: TransportPacket,
    oldAddress: UInt32, newAddress: UInt32, oldPort: UInt16, newPort: UInt16, decrement: UInt8
  ) {
    let change = apply(to: &bytes, at: offset, newAddress: newAddress, decrement: decrement)
    let transport = packet.transport
    guard !packet.isQuery else {
      bytes[HeaderLayout.icmpIdentifier, at: transport] = newPort
      // ICMP has no pseudo header: addresses have no part in its checksum (RFC 792).
      bytes[HeaderLayout.icmpChecksum, at: transport] = InternetChecksum.Change(
        from: oldPort, to: newPort
      ).applied(to: bytes[HeaderLayout.icmpChecksum, at: transport])
      return
    }
    bytes[port, at: transport] = newPort
    Self.update(
      checksumOf: packet.isTCP, in: &bytes, at: transport,
      with: change.and(from: oldPort, to: newPort))
  }

  /// Replaces an address of the packet whose header starts at `offset`, and takes `decrement` off
  /// its hops; what follows the header stays.
  ///
  /// - Returns: the change of the address, for the checksums that cover it.
  @inline(__always)
  @discardableResult
  func apply(
    to bytes: inout MutableRawSpan, at offset: Int, newAddress: UInt32, decrement: UInt8
  ) -> InternetChecksum.Change {
    let change = InternetChecksum.Change(from: bytes[address, at: offset], to: newAddress)
    let oldWord = bytes[HeaderLayout.timeToLiveAndProtocol, at: offset]
    let newWord = oldWord &- UInt16(decrement) &<< 8
    bytes[HeaderLayout.timeToLiveAndProtocol, at: offset] = newWord
    bytes[HeaderLayout.ipv4Checksum, at: offset] =
      change.and(from: oldWord, to: newWord)
      .applied(to: bytes[HeaderLayout.ipv4Checksum, at: offset])
    bytes[address, at: offset] = newAddress
    return change
  }

  /// Replaces an address of the packet whose header starts at `offset`, and takes `decrement` off
  /// its hops; ports stay.
  ///
  /// - Parameters:
  ///   - bytes: The span that holds the packet.
  ///   - offset: Where the IPv4 header starts.
  ///   - transport: Where the TCP or UDP header starts whose checksum covers the address, or `nil`
  ///     if there is none.
  ///   - newAddress: The address to put in.
  ///   - decrement: How many hops to take off.
  func apply(
    to bytes: inout MutableRawSpan, at offset: Int, transport: Int?, newAddress: UInt32,
    decrement: UInt8
  ) {
    let change = apply(to: &bytes, at: offset, newAddress: newAddress, decrement: decrement)
    guard let transport else { return }
    let protocolNumber = UInt8(
      truncatingIfNeeded: bytes[HeaderLayout.timeToLiveAndProtocol, at: offset])
    Self.update(
      checksumOf: protocolNumber == HeaderLayout.tcp, in: &bytes, at: transport, with: change)
  }

  @inline(__always)
  private static func update(
    checksumOf isTCP: Bool, in bytes: inout MutableRawSpan, at transport: Int,
    with change: InternetChecksum.Change
  ) {
    if isTCP {
      bytes[HeaderLayout.tcpChecksum, at: transport] =
        change.applied(to: bytes[HeaderLayout.tcpChecksum, at: transport])
    } else {
      bytes[HeaderLayout.udpChecksum, at: transport] =
        change.appliedToUDP(bytes[HeaderLayout.udpChecksum, at: transport])
    }
  }
}
