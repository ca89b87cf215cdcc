/// What a gateway's node calls its two ports.
public enum GatewayLabel {
  /// Towards the VPC; of a peering connection towards the requester.
  public static let inside: Int32 = 0
  /// Away from the VPC; of a peering connection towards the accepter.
  public static let outside: Int32 = 1
}
