/// What connects a function to a VPC, and what AWS would refuse of it.
extension ScenarioDecoder {
  /// Reports a VPC that Lambda does not support (lambda-vpc §3.1).
  mutating func checkTenancy(of vpc: VPCOutline, at name: Located<String>) {
    guard vpc.tenancy == .dedicated else { return }
    log.report(
      at: name.node.location, found: "`\(vpc.name)`, a VPC of dedicated tenancy",
      expected: "one of default tenancy, which may be peered with it "
        + "(InvalidParameterValueException: VPCs of dedicated instance tenancy are not supported)")
  }

  mutating func checkSubnets(
    _ names: [Located<String>], of vpc: VPCOutline, in vpcs: [VPCOutline]
  ) -> [String]? {
    for name in names where !vpc.subnets.contains(name.value) {
      guard let other = vpcs.first(where: { $0.subnets.contains(name.value) }) else { continue }
      log.report(
        at: name.node.location, found: "`\(name.value)`, a subnet of `\(other.name)`",
        expected: "a subnet of `\(vpc.name)` (InvalidParameterValueException: all subnets of a "
          + "function must belong to the same VPC)")
      return nil
    }
    return check(
      names, areOneOf: vpc.subnets, called: "a subnet of `\(vpc.name)`", atMost: 16)
  }

  mutating func checkSecurityGroups(
    _ names: [Located<String>], of vpc: VPCOutline, in vpcs: [VPCOutline]
  ) -> [String]? {
    for name in names where !vpc.securityGroups.contains(name.value) {
      guard let other = vpcs.first(where: { $0.securityGroups.contains(name.value) }) else {
        continue
      }
      log.report(
        at: name.node.location, found: "`\(name.value)`, a security group of `\(other.name)`",
        expected: "a security group of `\(vpc.name)` (InvalidParameterValueException: security "
          + "groups and subnets must belong to the same VPC)")
      return nil
    }
    return check(
      names, areOneOf: vpc.securityGroups, called: "a security group of `\(vpc.name)`", atMost: 5)
  }
}
