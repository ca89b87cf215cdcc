/// The way that a packet takes out of an interface, as flow logs number it (VPC guide, "Flow log
/// records", `traffic-path`: documented; observability-formats §1.4).
public enum TrafficPath: UInt8, Hashable, Sendable, CaseIterable {
  /// Through another resource of the same VPC, or one that has an interface there, such as a NAT
  /// gateway or a transit gateway.
  case sameVPC = 1
  /// Through an internet gateway or a gateway endpoint.
  case internetGatewayOrGatewayEndpoint = 2
  case virtualPrivateGateway = 3
  /// Through a peering connection within the Region.
  case peeringWithinRegion = 4
  case peeringBetweenRegions = 5
  case localGateway = 6
  /// Through a gateway endpoint, from an instance of the Nitro system.
  case gatewayEndpoint = 7
  /// Through an internet gateway, from an instance of the Nitro system.
  case internetGateway = 8
}
