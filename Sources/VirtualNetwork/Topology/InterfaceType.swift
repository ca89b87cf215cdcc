/// The type of a network interface, spelled as EC2's `InterfaceType` (lambda-vpc §3.3).
///
/// The set is open: AWS adds to it with every service that puts interfaces into VPCs.
public struct InterfaceType: RawRepresentable, Hashable, Sendable {
  public var rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  /// An ordinary interface, such as an instance's.
  public static let interface = Self(rawValue: "interface")
  /// A Hyperplane interface that Lambda made.
  public static let lambda = Self(rawValue: "lambda")
  public static let natGateway = Self(rawValue: "natGateway")
  public static let networkLoadBalancer = Self(rawValue: "network_load_balancer")
  public static let vpcEndpoint = Self(rawValue: "vpc_endpoint")
  /// The end of a transit gateway in a subnet.
  public static let transitGateway = Self(rawValue: "transit_gateway")
  public static let gatewayLoadBalancerEndpoint = Self(rawValue: "gateway_load_balancer_endpoint")
  public static let globalAccelerator = Self(rawValue: "global_accelerator_managed")

  /// Whether connections through such an interface are tracked whatever the rules are.
  ///
  /// AWS, "Security group connection tracking", list of automatically tracked connections, as of
  /// 2026 (lambda-vpc §7.4).
  var isAlwaysTracked: Bool {
    switch self {
    case .lambda, .natGateway, .networkLoadBalancer, .vpcEndpoint, .gatewayLoadBalancerEndpoint,
      .globalAccelerator:
      true
    default: false
    }
  }

  /// Whether the interface belongs to a gateway that passes on packets of others and has no security
  /// groups: only network ACLs guard it (VPC guide, "NAT gateway basics": "You cannot associate a
  /// security group with a NAT gateway"; transit gateway guide, "VPC attachments").
  public var isGateway: Bool {
    self == .natGateway || self == .transitGateway || self == .gatewayLoadBalancerEndpoint
  }
}
