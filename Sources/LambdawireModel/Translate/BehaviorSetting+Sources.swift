extension BehaviorSetting {
  /// Where the value of this setting in a profile comes from, as Behavior+Profiles.swift says it.
  ///
  /// - Returns: `nil` if there is no such profile.
  public func source(in profile: String) -> String? {
    switch profile {
    case "lambda-v2n": Self.lambdaV2N[key] ?? "assumed; no source"
    case "worker-legacy": Self.workerLegacy[key] ?? "assumed; no source"
    case "worker-ebpf":
      Self.workerEBPF[key] ?? "means nothing: this translator keeps no state"
    default: nil
    }
  }

  private static let lambdaV2N: [String: String] = [
    "method": "lambda-vpc §5, from talks about Hyperplane",
    "mapping": "A-13, assumed", "filtering": "A-13, assumed",
    "ports": "VPC guide, \"Network ACLs, ephemeral ports\", documented",
    "port-choice": "A-15, assumed", "port-overloading": "A-05, assumed",
    "inbound-refresh": "N-08, assumed", "time-to-live-decrement": "A-21, assumed",
    "late-packet-from-inside": "A-09, assumed", "when-full": "A-17, assumed",
    "tcp-half-open": "N-03, assumed", "tcp-half-open-answered": "N-03, assumed",
    "tcp-established": "A-08, assumed",
    "tcp-half-closed": "RFC 6146, section 3.5.2.2; no AWS source",
    "tcp-closing": "N-03, assumed", "port-hold": "A-25 and N-11, assumed",
    "port-hold-after-reset": "N-09, assumed", "udp-one-way": "A-08, assumed",
    "udp": "A-08, assumed",
  ]

  private static let workerLegacy: [String: String] = {
    let sysctl = "Linux's default, nf_conntrack_"
    return [
      "method": "lambda-vpc §4.2, disclosed in April 2026",
      "mapping": "nat-behaviour §1, Linux", "filtering": "nat-behaviour §1, Linux",
      "ports": "Linux, nf_nat_l4proto_unique_tuple",
      "keeps-low-ports-low": "Linux, nf_nat_l4proto_unique_tuple",
      "port-choice": "Linux, nf_nat_l4proto_unique_tuple",
      "port-overloading": "Linux: only whole tuples must be unique",
      "inbound-refresh": "Linux", "time-to-live-decrement": "RFC 1812, section 5.3.1",
      "late-packet-from-inside": "\(sysctl)tcp_loose", "when-full": "Linux",
      "tcp-half-open": "\(sysctl)tcp_timeout_syn_sent",
      "tcp-half-open-answered": "\(sysctl)tcp_timeout_syn_recv",
      "tcp-established": "\(sysctl)tcp_timeout_established",
      "tcp-half-closed": "\(sysctl)tcp_timeout_close_wait",
      "tcp-closing": "\(sysctl)tcp_timeout_last_ack",
      "port-hold": "\(sysctl)tcp_timeout_time_wait",
      "port-hold-after-reset": "\(sysctl)tcp_timeout_close",
      "udp-one-way": "\(sysctl)udp_timeout", "udp": "\(sysctl)udp_timeout_stream",
    ]
  }()

  private static let workerEBPF: [String: String] = [
    "method": "lambda-vpc §4.2, disclosed in April 2026",
    "time-to-live-decrement": "N-07, assumed",
  ]
}
