public import PacketFormats

/// Flows of either family.
extension DataPlane {
  /// The flow of a TCP segment, a UDP datagram, or a packet whose protocol has no ports.
  ///
  /// The key means something to this data plane alone.
  public mutating func flowKey(
    _ protocol: IPProtocol, source: IPAddress, sourcePort: UInt16 = 0, destination: IPAddress,
    destinationPort: UInt16 = 0
  ) -> FlowKey {
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)):
      FlowKey(
        `protocol`, source: source, sourcePort: sourcePort, destination: destination,
        destinationPort: destinationPort)
    default:
      FlowKey(
        `protocol`, sourceNumber: number(of: source), sourcePort: sourcePort,
        destinationNumber: number(of: destination), destinationPort: destinationPort)
    }
  }

  /// The flow of an ICMPv6 message (RFC 4443).
  ///
  /// - Parameters:
  ///   - type: Its type, such as 128 for an echo request.
  ///   - code: Its code.
  ///   - identifier: The identifier of an echo request or reply, 0 for others.
  ///   - source: Its sender.
  ///   - destination: Its receiver.
  /// - Returns: The key.
  public mutating func flowKey(
    icmpv6Type type: UInt8, code: UInt8, identifier: UInt16 = 0, source: IPv6Address,
    destination: IPv6Address
  ) -> FlowKey {
    flowKey(
      .icmpv6, source: .v6(source), sourcePort: identifier, destination: .v6(destination),
      destinationPort: UInt16(type) << 8 | UInt16(code))
  }

  /// The sender's address in a flow.
  public func source(of key: FlowKey) -> IPAddress {
    key.family == .v4 ? .v4(key.source) : .v6(addresses[UInt32(key.addresses >> 32)])
  }

  /// The receiver's address in a flow.
  public func destination(of key: FlowKey) -> IPAddress {
    key.family == .v4
      ? .v4(key.destination) : .v6(addresses[UInt32(truncatingIfNeeded: key.addresses)])
  }

  /// A flow as the logs of packet tools write it, such as
  /// `tcp [2001:db8:1200:1::5]:40110 > [2001:db8:1200:2::20]:5432`.
  public func text(_ key: FlowKey) -> String {
    key.text(from: source(of: key).description, to: destination(of: key).description)
  }

  /// Mixed ends are no packet; the IPv4 one is then told as an IPv6 address.
  private mutating func number(of address: IPAddress) -> UInt32 {
    switch address {
    case .v4(let address): addresses.number(of: IPv6Address(ipv4Mapped: address))
    case .v6(let address): addresses.number(of: address)
    }
  }
}
