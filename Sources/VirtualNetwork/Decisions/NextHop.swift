/// Where a packet that has left a network interface goes.
public enum NextHop: Hashable, Sendable {
  /// Nowhere, or into the host: packets that are rejected, and all packets on their way in.
  case none
  /// To a network interface of the VPC.
  case interface(InterfaceIndex)
  /// To a gateway at the edge of the VPC.
  case gateway(GatewayIndex)
  /// To a service of the host itself.
  case service(LinkLocalService)
}
