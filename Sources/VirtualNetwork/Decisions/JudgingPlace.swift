/// Where in a VPC a packet is judged.
public enum JudgingPlace: Hashable, Sendable {
  /// On its way out of the host behind the interface, or into it.
  case networkInterface(InterfaceIndex)
  /// On its way into the VPC.
  case gateway(GatewayIndex)
}
