/// What a decision about packets means to flow logs.
struct FlowLogFate {
  var isKnown = false
  /// Whether the packets are written down.
  var isLogged = false
  var verdict = PathVerdict.accept
  var path: TrafficPath?
  /// The place among the subjects of the interface that the packets go to next, or -1.
  var nextHop: Int32 = -1
  var rejectReason: FlowLogRecord.RejectReason?
}

extension FlowLogFate {
  /// What `decision` means, its way out left open.
  init(_ decision: Decision) {
    isKnown = true
    // Services of the host, resolver included, are in AWS's list of what is not logged
    // (observability-formats §1.5).
    guard !decision.reasons.contains(where: { $0.code == .linkLocalService }) else { return }
    isLogged = true
    guard decision.verdict == .reject else { return }
    if decision.reasons.contains(where: { Self.refusals.contains($0.code) }) {
      verdict = .reject
    } else {
      // Flow logs tell what security groups and network ACLs say. Assumed: what passes them and
      // finds no way is accepted, what never comes to them leaves no record.
      isLogged = decision.reasons.contains { Self.admissions.contains($0.code) }
    }
  }

  /// Codes of the filters that make a packet `REJECT`.
  private static let refusals: [ExplanationCode] = [
    .securityGroupRulesMismatch, .securityGroupHasNoRules, .subnetACLRestriction,
  ]

  /// Codes that say that security groups have let the packet through.
  private static let admissions: [ExplanationCode] = [
    .securityGroupRule, .trackedConnection, .noSecurityGroups,
  ]
}
