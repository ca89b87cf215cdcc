/// A VPC as far as it could be read.
///
/// The names are all there even if something else about the VPC is wrong, so that one mistake in it
/// does not turn every function that refers to it into another one.
struct VPCOutline {
  let name: String
  var subnets: [String]
  var securityGroups: [String]
  var hosts: [String]
  var gateways: [String] = []
  var tenancy = Scenario.VPC.Tenancy.default
  /// Those of the subnets that have no IPv6.
  var ipv4Subnets: [String] = []
  /// `nil` if something about it was reported.
  var vpc: Scenario.VPC?
  /// The entry that it is a copy of; `nil` if it is none.
  var entry: String?
  /// How many VPCs its entry stands for.
  var copies = 1
  /// Whether the file leaves the account open, so that each copy has one of its own.
  var hasOwnAccount = true
}
