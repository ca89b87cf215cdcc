extension Scenario {
  /// How functions reach the VPC: the three eras of design §3.
  public enum Networking: String, Hashable, Sendable, CaseIterable {
    /// Before September 2019: an ENI for each execution environment, made on the invoke path.
    case perEnvironment = "per-environment"
    /// 2019 to 2025: a shared Hyperplane ENI, and a Geneve device made at environment set-up.
    case hyperplane
    /// 2026: the same ENI; the worker's tunnels exist beforehand and eBPF rewrites headers.
    case hyperplaneEBPF = "hyperplane-ebpf"
  }
}
