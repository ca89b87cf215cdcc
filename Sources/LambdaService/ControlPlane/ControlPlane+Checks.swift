import VirtualNetwork

/// What is looked at before a call is carried out, in the order in which it is looked at.
///
/// Sentences are AWS's own where they could be observed, and worded after them where not.
extension ControlPlane {
  /// Permissions of the caller that a VPC configuration takes (lambda-vpc §3.4).
  private static let callerActions = [
    "DescribeSubnets", "DescribeSecurityGroups", "DescribeVpcs", "GetSecurityGroupsForVpc",
  ]

  func checkCreation(
    of configuration: FunctionConfiguration, by caller: Principal
  ) throws(APIError) {
    try check("lambda:CreateFunction", of: configuration.name, by: caller)
    try checkValues(of: configuration)
    if functionNumbers[configuration.name] != nil {
      throw APIError(.resourceConflict, "Function already exist: \(configuration.name)")
    }
    guard caller.permissions.allows("iam:PassRole") else {
      throw denial(
        "iam:PassRole", "arn:aws:iam::\(account):role/\(configuration.role.name)", caller)
    }
    if let vpc = configuration.vpc { try check(vpc, configuration, by: caller) }
    try checkReservation(configuration.reservedConcurrency, instead: nil)
  }

  func checkUpdate(
    of number: Int, to configuration: FunctionConfiguration, connects: Bool, by caller: Principal
  ) throws(APIError) {
    try check("lambda:UpdateFunctionConfiguration", of: configuration.name, by: caller)
    try checkExists(number)
    try checkIsLatest(number)
    try checkValues(of: configuration)
    try checkIsSettled(number)
    guard functions[number].state != .failed else {
      throw APIError(
        .resourceConflict, InvokeError.resourceConflict(functions[number].state).sentence)
    }
    if connects, let vpc = configuration.vpc { try check(vpc, configuration, by: caller) }
  }

  func checkExists(_ number: Int) throws(APIError) {
    guard !functions[number].isDeleted else {
      throw notFound(arn(of: qualifiedName(of: number)))
    }
  }

  /// A published version stays as it is.
  func checkIsLatest(_ number: Int) throws(APIError) {
    guard functions[number].published == nil else {
      throw APIError(
        .invalidParameterValue,
        "This operation is permitted on Lambda functions with $LATEST version only: "
          + arn(of: qualifiedName(of: number)))
    }
  }

  func notFound(_ arn: String) -> APIError {
    APIError(.resourceNotFound, "Function not found: \(arn)")
  }

  /// While a function is being made or changed, most calls fail (lambda-vpc §3.1).
  func checkIsSettled(_ number: Int) throws(APIError) {
    let function = functions[number]
    guard function.state != .pending else {
      throw APIError(
        .resourceConflict, InvokeError.resourceConflict(.pending).sentence)
    }
    guard function.lastUpdate != .inProgress else {
      throw APIError(
        .resourceConflict,
        "The operation cannot be performed at this time. An update is in progress for resource: "
          + arn(of: function.configuration.name))
    }
  }

  func check(_ action: String, of name: String, by caller: Principal) throws(APIError) {
    guard caller.permissions.allows(action) else {
      throw denial(action, arn(of: name), caller)
    }
  }

  private func denial(_ action: String, _ resource: String, _ caller: Principal) -> APIError {
    APIError(
      .accessDenied,
      "User: \(arn(of: caller)) is not authorized to perform: \(action) on resource: \(resource) "
        + "because no identity-based policy allows the \(action) action")
  }

  // MARK: - Values

  private func checkValues(of configuration: FunctionConfiguration) throws(APIError) {
    let isName = configuration.name.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45
        || $0 == 95
    }
    guard isName, (1...64).contains(configuration.name.utf8.count) else {
      throw constraint(
        "functionName", configuration.name,
        "satisfy regular expression pattern: [a-zA-Z0-9-_]+ and have length less than or equal to "
          + "64")
    }
    guard (128...10_240).contains(configuration.memory) else {
      throw constraint(
        "memorySize", "\(configuration.memory)",
        configuration.memory < 128
          ? "have value greater than or equal to 128" : "have value less than or equal to 10240")
    }
    guard (1...900).contains(configuration.timeout) else {
      throw constraint(
        "timeout", "\(configuration.timeout)",
        configuration.timeout < 1
          ? "have value greater than or equal to 1" : "have value less than or equal to 900")
    }
  }

  private func constraint(_ member: String, _ value: String, _ rule: String) -> APIError {
    APIError(
      .validation,
      "1 validation error detected: Value '\(value)' at '\(member)' failed to satisfy constraint: "
        + "Member must \(rule)")
  }

  func checkReservation(_ limit: Int?, instead former: Int?) throws(APIError) {
    guard let limit else { return }
    guard limit >= 0 else {
      throw constraint(
        "reservedConcurrentExecutions", "\(limit)", "have value greater than or equal to 0")
    }
    let reserved = reservedConcurrency - (former ?? 0)
    let (sum, overflow) = reserved.addingReportingOverflow(limit)
    guard !overflow, settings.accountConcurrency - sum >= settings.leastUnreservedConcurrency
    else {
      throw APIError(
        .invalidParameterValue,
        "Specified ReservedConcurrentExecutions for function decreases account's "
          + "UnreservedConcurrentExecution below its minimum value of "
          + "[\(settings.leastUnreservedConcurrency)].")
    }
  }

  // MARK: - The VPC

  private func check(
    _ vpc: VPCConfiguration, _ configuration: FunctionConfiguration, by caller: Principal
  ) throws(APIError) {
    guard vpc.subnets.isEmpty == vpc.securityGroups.isEmpty, !vpc.subnets.isEmpty else {
      throw APIError(
        .invalidParameterValue, "SubnetIds and SecurityIds must coexist or be both empty list.")
    }
    guard vpc.subnets.count <= settings.subnetsPerFunction else {
      throw constraint(
        "vpcConfig.subnetIds", Self.list(vpc.subnets),
        "have length less than or equal to \(settings.subnetsPerFunction)")
    }
    guard vpc.securityGroups.count <= settings.securityGroupsPerFunction else {
      throw constraint(
        "vpcConfig.securityGroupIds", Self.list(vpc.securityGroups),
        "have length less than or equal to \(settings.securityGroupsPerFunction)")
    }
    for action in Self.callerActions where !caller.permissions.allows("ec2:\(action)") {
      let resource =
        action == "DescribeSecurityGroups" ? vpc.securityGroups[0] : vpc.subnets[0]
      throw APIError(
        .accessDenied,
        "Your access has been denied by EC2, please make sure your request credentials have "
          + "permission to \(action) for \(resource). EC2 Error Code: UnauthorizedOperation. EC2 "
          + "Error Message: You are not authorized to perform this operation.")
    }
    try checkPlaces(of: vpc)
    // Lambda tries the call with the role.
    guard configuration.role.permissions.allows("ec2:CreateNetworkInterface") else {
      throw APIError(
        .invalidParameterValue,
        "The provided execution role does not have permissions to call CreateNetworkInterface on "
          + "EC2")
    }
    try checkAddresses(of: vpc, configuration.era)
  }

  private func checkPlaces(of vpc: VPCConfiguration) throws(APIError) {
    var place: Int?
    for identifier in vpc.subnets {
      guard let number = subnetNumbers[identifier] else {
        throw APIError(
          .invalidParameterValue,
          "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound. EC2 "
            + "Error Message: The subnet ID '\(identifier)' does not exist")
      }
      let other = subnets[number].vpc
      if let place, place != other {
        throw APIError(
          .invalidParameterValue,
          "All subnets must belong to the same VPC: \(vpc.subnets[0]) is in "
            + "\(vpcs[place].identifier), \(identifier) in \(vpcs[other].identifier).")
      }
      place = other
    }
    guard let place else { return }
    for identifier in vpc.securityGroups {
      guard let number = groupNumbers[identifier] else {
        throw APIError(
          .invalidParameterValue,
          "Error occurred while DescribeSecurityGroups. EC2 Error Code: InvalidGroup.NotFound. EC2 "
            + "Error Message: The security group '\(identifier)' does not exist")
      }
      guard groups[number].vpc == place else {
        throw APIError(
          .invalidParameterValue,
          "Security group \(identifier) and subnet \(vpc.subnets[0]) belong to different VPCs: "
            + "\(vpcs[groups[number].vpc].identifier) and \(vpcs[place].identifier).")
      }
    }
    guard !vpcs[place].isDedicated else {
      throw APIError(
        .invalidParameterValue,
        "\(vpcs[place].identifier) has dedicated instance tenancy, which is not supported; peer it "
          + "with a VPC of default tenancy.")
    }
    guard vpc.ipv6AllowedForDualStack else { return }
    for identifier in vpc.subnets {
      guard let number = subnetNumbers[identifier], !subnets[number].hasIPv6 else { continue }
      throw APIError(
        .invalidParameterValue,
        "Ipv6AllowedForDualStack is set, but \(identifier) has no IPv6 CIDR block; all subnets must "
          + "be dual-stack.")
    }
  }

  /// A new pair in a subnet without addresses is refused at once; observed, with this sentence, of
  /// `UpdateFunctionConfiguration` in 2021.
  private func checkAddresses(of vpc: VPCConfiguration, _ era: NetworkingEra) throws(APIError) {
    guard era != .perEnvironment else { return }
    let groups = vpc.securityGroups.compactMap { groupNumbers[$0] }.sorted()
    for identifier in vpc.subnets {
      guard let subnet = subnetNumbers[identifier],
        sharedNumbers[SharedKey(subnet: subnet, groups: groups)] == nil,
        subnets[subnet].addresses.freeCount == 0
      else { continue }
      throw APIError(
        .invalidParameterValue, "The subnet \(identifier) is out of IP addresses.")
    }
  }

  private static func list(_ identifiers: [ResourceIdentifier]) -> String {
    "[\(identifiers.map(\.rawValue).joined(separator: ", "))]"
  }
}
