public import PacketFormats

/// What a gateway does with a packet.
public enum GatewayOutcome: Hashable, Sendable {
  /// It goes on with these addresses, which may be the ones it came with.
  case pass(source: IPAddress, destination: IPAddress)
  /// It goes no further, and nobody is told.
  case drop(GatewayRefusal)

  /// The packet goes on as it is.
  @inline(__always)
  static func pass(_ packet: GatewayPacket) -> GatewayOutcome {
    .pass(source: packet.source, destination: packet.destination)
  }

  /// Why the packet was dropped; `nil` if it was not.
  public var refusal: GatewayRefusal? {
    if case .drop(let refusal) = self { refusal } else { nil }
  }
}
