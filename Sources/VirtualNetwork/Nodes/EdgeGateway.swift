/// A gateway with a VPC on one side and something else on the other, as ``GatewayNode`` moves packets
/// through it.
public enum EdgeGateway: Hashable, Sendable {
  case internet(InternetGateway)
  case egressOnlyInternet(EgressOnlyInternetGateway)
  case peering(PeeringConnection)
  case gatewayEndpoint(GatewayEndpoint)
  case virtualPrivate(VirtualPrivateGateway)

  public var name: String {
    switch self {
    case .internet(let gateway): gateway.name
    case .egressOnlyInternet(let gateway): gateway.name
    case .peering(let connection): connection.name
    case .gatewayEndpoint(let endpoint): endpoint.name
    case .virtualPrivate(let gateway): gateway.name
    }
  }

  /// How long packets through it may be.
  public var limit: PathLimit {
    switch self {
    case .internet(let gateway): gateway.limit
    case .egressOnlyInternet(let gateway): gateway.limit
    case .peering(let connection): connection.limit
    case .gatewayEndpoint(let endpoint): endpoint.limit
    case .virtualPrivate(let gateway): gateway.limit
    }
  }

  /// The first word after DROP in a capture's comments.
  public var kind: String {
    switch self {
    case .internet: "internet-gateway"
    case .egressOnlyInternet: "egress-only-internet-gateway"
    case .peering: "peering-connection"
    case .gatewayEndpoint: "gateway-endpoint"
    case .virtualPrivate: "virtual-private-gateway"
    }
  }

  /// What becomes of a packet.
  ///
  /// - Parameters:
  ///   - packet: The packet.
  ///   - isOutbound: Whether it comes from inside: from the VPC, or from the requester's.
  ///   - isAnswer: Whether it belongs to a flow that somebody inside has begun; asked only of what
  ///     comes to an egress-only internet gateway from outside.
  /// - Returns: whether it goes on, and with which addresses.
  @inline(__always)
  public func outcome(
    of packet: GatewayPacket, isOutbound: Bool, isAnswer: Bool
  ) -> GatewayOutcome {
    switch self {
    case .internet(let gateway):
      isOutbound ? gateway.outbound(packet) : gateway.inbound(packet)
    case .egressOnlyInternet(let gateway):
      isOutbound
        ? gateway.outbound(packet) : gateway.inbound(packet, isAnswer: isAnswer)
    case .peering(let connection):
      connection.outcome(of: packet, from: isOutbound ? .requester : .accepter)
    case .gatewayEndpoint(let endpoint):
      isOutbound ? endpoint.outbound(packet) : endpoint.inbound(packet)
    case .virtualPrivate(let gateway):
      isOutbound ? gateway.outbound(packet) : gateway.inbound(packet)
    }
  }
}
