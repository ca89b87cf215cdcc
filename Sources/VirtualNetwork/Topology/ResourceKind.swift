/// The kind of a VPC resource, as the prefix that its identifiers carry (AWS, "Resource IDs").
///
/// The set is open: a resource yet to be modelled adds its own prefix.
public struct ResourceKind: RawRepresentable, Hashable, Sendable {
  public var rawValue: String
  public init(rawValue: String) { self.rawValue = rawValue }

  public static let virtualPrivateCloud = Self(rawValue: "vpc")
  public static let subnet = Self(rawValue: "subnet")
  public static let networkInterface = Self(rawValue: "eni")
  public static let routeTable = Self(rawValue: "rtb")
  public static let securityGroup = Self(rawValue: "sg")
  public static let internetGateway = Self(rawValue: "igw")
  public static let natGateway = Self(rawValue: "nat")
  public static let egressOnlyInternetGateway = Self(rawValue: "eigw")
  public static let peeringConnection = Self(rawValue: "pcx")
  public static let endpoint = Self(rawValue: "vpce")
  public static let transitGateway = Self(rawValue: "tgw")
  public static let virtualPrivateGateway = Self(rawValue: "vgw")
  public static let networkACL = Self(rawValue: "acl")
  public static let prefixList = Self(rawValue: "pl")
}
