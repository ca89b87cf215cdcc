/// Why a component let a packet pass or stopped it, in one word.
///
/// Codes of refusals are those of AWS ("VPC Reachability Analyzer explanation codes"). AWS has none for
/// acceptance; ours begin with `ACCEPT_`.
public struct ExplanationCode: RawRepresentable, Hashable, Sendable {
  public var rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  /// The component is not in a functional state.
  public static let badState = Self(rawValue: "BAD_STATE")
  /// The route is not in a functional state.
  public static let badStateRoute = Self(rawValue: "BAD_STATE_ROUTE")
  /// No rule of the security groups applies.
  public static let securityGroupRulesMismatch = Self(rawValue: "ENI_SG_RULES_MISMATCH")
  /// The security groups have no rules in that direction.
  public static let securityGroupHasNoRules = Self(rawValue: "SG_HAS_NO_RULES")
  /// The packet is neither from nor to the interface, which checks that.
  public static let sourceDestinationCheck = Self(
    rawValue: "ENI_SOURCE_DEST_CHECK_RESTRICTION")
  /// The component can deliver the packet to nobody.
  public static let noPossibleDestination = Self(rawValue: "NO_POSSIBLE_DESTINATION")
  /// The route table has no route that applies.
  public static let noRouteToDestination = Self(rawValue: "NO_ROUTE_TO_DESTINATION")
  /// The network ACL does not let the packet into or out of the subnet.
  public static let subnetACLRestriction = Self(rawValue: "SUBNET_ACL_RESTRICTION")
  /// A gateway brings in only what is for the VPC's own addresses.
  public static let localRouteRestriction = Self(rawValue: "VPC_LOCAL_ROUTE_CIDR_RESTRICTION")
  /// The interface sends more to link-local services than it may.
  ///
  /// No code of the analyzer's, which sees no rates: the name of the counter that EC2's network driver
  /// has for it (`linklocal_allowance_exceeded`).
  public static let linkLocalAllowanceExceeded = Self(rawValue: "LINKLOCAL_ALLOWANCE_EXCEEDED")

  /// The interface tracks as many connections as it may.
  ///
  /// No code of the analyzer's either: the name of the driver's counter (`conntrack_allowance_exceeded`).
  public static let trackingAllowanceExceeded = Self(rawValue: "CONNTRACK_ALLOWANCE_EXCEEDED")

  /// A rule of a security group applies.
  public static let securityGroupRule = Self(rawValue: "ACCEPT_SG_RULE")
  /// The packet belongs to a connection that was let through before.
  public static let trackedConnection = Self(rawValue: "ACCEPT_TRACKED_CONNECTION")
  /// Security groups do not apply to the service at the other end.
  public static let linkLocalService = Self(rawValue: "ACCEPT_LINK_LOCAL_SERVICE")
  /// The interface belongs to a gateway and has no security groups.
  public static let noSecurityGroups = Self(rawValue: "ACCEPT_NO_SECURITY_GROUPS")
  /// A rule of a network ACL lets the packet across the border of the subnet.
  public static let networkACLRule = Self(rawValue: "ACCEPT_ACL_RULE")
  /// The mapping service knows who has the address.
  public static let mapping = Self(rawValue: "ACCEPT_MAPPING")
  /// The destination is in the same subnet, so that no route is needed.
  public static let sameSubnet = Self(rawValue: "ACCEPT_SAME_SUBNET")
  /// A route applies.
  public static let route = Self(rawValue: "ACCEPT_ROUTE")
}

extension ExplanationCode: CustomStringConvertible {
  public var description: String { rawValue }
}
