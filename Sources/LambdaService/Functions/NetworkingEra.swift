/// How functions reach a customer VPC: the three eras of the service.
public enum NetworkingEra: String, Hashable, Sendable, CaseIterable {
  /// Before September 2019: an ENI for each execution environment, made on the invoke path.
  case perEnvironment = "per-environment"
  /// 2019 to 2025: a shared Hyperplane ENI; two stateful translators and a new Geneve device for
  /// each environment on the worker.
  case hyperplane
  /// 2026: the same ENI; tunnels made beforehand and stateless rewriting on the worker.
  case hyperplaneEBPF = "hyperplane-ebpf"
}
