/// Where a route sends packets.
public enum RouteTarget: Hashable, Sendable {
  /// To whatever network interface has the destination address.
  case local
  /// To one network interface, whatever the destination address: a middlebox, a NAT gateway.
  case networkInterface(InterfaceIndex)
  /// To a gateway at the edge of the VPC.
  case gateway(GatewayIndex)
  /// Nowhere: what the route pointed to is gone.
  case blackhole
}
