/// What a control plane last said of a function, as far as the frontend tells of changes.
struct FunctionLife {
  var state: FunctionState?
  var lastUpdate: UpdateStatus?
  /// The connection to a VPC that its environments have.
  var vpc: VPCConfiguration?
}
