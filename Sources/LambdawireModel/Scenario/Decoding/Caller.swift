/// A function as traffic sees it: what it is called and what it can reach.
struct Caller {
  let name: String
  /// `nil` if the function names no VPC that exists, which is reported.
  let vpc: VPCOutline?
  let function: Scenario.Function?
}
