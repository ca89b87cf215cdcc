extension BehaviorSetting {
  /// Where the value of this setting in a profile comes from, as Behavior+Profiles.swift and the
  /// article "Facts and assumptions" have it.
  ///
  /// - Returns: `nil` if there is no such profile.
  public func source(in profile: String) -> String? {
    switch profile {
    case "lambda-v2n": Self.lambdaV2N[key] ?? Self.unknown
    case "aws-natgw": Self.awsNATGateway[key] ?? Self.lambdaV2N[key] ?? Self.unknown
    case "lambda-novpc": Self.lambdaWithoutVPC[key] ?? Self.lambdaV2N[key] ?? Self.unknown
    case "worker-legacy": Self.workerLegacy[key] ?? Self.unknown
    case "worker-ebpf": Self.workerEBPF[key] ?? "means nothing: this translator keeps no state"
    case "rfc": Self.rfc[key] ?? "our choice, where the RFCs leave one"
    default: nil
    }
  }

  private static let unknown = "assumed; no source"

  private static let lambdaV2N: [String: String] = [
    "method": "lambda-vpc §6.1, from talks about Hyperplane",
    "protocols": "lambda-vpc §3.5, documented until 2023", "translates-errors": "A-10, assumed",
    "mapping": "A-13, assumed", "filtering": "A-13, assumed",
    "ports": "VPC guide, \"Network ACLs, ephemeral ports\", documented",
    "port-choice": "A-15, assumed", "port-overloading": "A-05, assumed",
    "address-pooling": "N-10, assumed", "when-full": "A-17, assumed",
    "unsolicited-packet": "A-09, assumed", "late-packet-from-inside": "A-09, assumed",
    "hairpinning": "N-06, assumed", "inbound-refresh": "N-08, assumed",
    "tcp-half-open": "N-03, assumed", "tcp-half-open-answered": "N-03, assumed",
    "tcp-established": "A-08, assumed",
    "tcp-half-closed": "RFC 6146, section 3.5.2.2; no AWS source",
    "tcp-closing": "N-03, assumed", "port-hold": "A-25 and N-11, assumed",
    "port-hold-after-reset": "N-09, assumed", "udp-one-way": "A-08, assumed",
    "udp": "A-08, assumed", "fragments-tcp": "nat-behaviour §1, documented until 2023",
    "fragments-icmp": "nat-behaviour §1, documented until 2023",
    "fragments-udp": "lambda-vpc §6.1, nothing is buffered; assumed",
    "maximum-segment-size": "A-11, assumed", "time-to-live-decrement": "A-21, assumed",
  ]

  private static let awsNATGateway: [String: String] = {
    let basics = "VPC guide, \"NAT gateway basics\", documented"
    return [
      "method": basics, "protocols": basics, "ports": basics, "ports-per-destination": basics,
      "mapping": "nat-behaviour §1, observed", "port-choice": "nat-behaviour §1, observed",
      "port-overloading": "inferred from 55,000 connections for each destination",
      "filtering": "N-01, assumed", "when-full": basics,
      "late-packet-from-inside": "VPC guide, \"Troubleshoot NAT gateways\", documented",
      "unsolicited-packet": "inferred; unsolicited connections are refused, documented",
      "tcp-established": "VPC guide, \"Troubleshoot NAT gateways\", documented",
      "udp-one-way": "N-04, assumed", "udp": "N-04, assumed", "icmp-query": "N-05, assumed",
      "fragments-tcp": basics, "fragments-udp": basics, "fragments-icmp": basics,
      "mtu": basics, "maximum-segment-size": basics,
      "answers-time-exceeded":
        "seen in traceroutes, documented until 2023",
    ]
  }()

  private static let lambdaWithoutVPC: [String: String] = {
    let timers = "N-02, assumed"
    return [
      "mapping": "nat-behaviour §1, inferred from hole punching",
      "filtering": "nat-behaviour §1, inferred from hole punching",
      "ports": unknown, "port-choice": unknown, "tcp-established": timers,
      "tcp-half-open": timers, "tcp-half-open-answered": timers, "tcp-half-closed": timers,
      "tcp-closing": timers, "udp": timers, "udp-one-way": timers,
      "late-packet-from-inside": timers,
    ]
  }()

  private static let workerLegacy: [String: String] = {
    let sysctl = "Linux's default, nf_conntrack_"
    let tuple = "Linux, nf_nat_l4proto_unique_tuple"
    let fragments = "Linux, nf_defrag_ipv4"
    return [
      "method": "lambda-vpc §4.2, disclosed in April 2026", "protocols": "Linux",
      "translates-errors": "Linux", "mapping": "nat-behaviour §1, Linux",
      "filtering": "nat-behaviour §1, Linux", "ports": tuple, "keeps-low-ports-low": tuple,
      "port-choice": tuple, "port-overloading": "Linux: only whole tuples must be unique",
      "inbound-refresh": "Linux", "time-to-live-decrement": "RFC 1812, section 5.3.1",
      "answers-time-exceeded": "RFC 1812, section 5.3.1",
      "late-packet-from-inside": "\(sysctl)tcp_loose", "when-full": "Linux",
      "unsolicited-packet": "Linux behind a firewall that drops; assumed",
      "tcp-half-open": "\(sysctl)tcp_timeout_syn_sent",
      "tcp-half-open-answered": "\(sysctl)tcp_timeout_syn_recv",
      "tcp-established": "\(sysctl)tcp_timeout_established",
      "tcp-half-closed": "\(sysctl)tcp_timeout_close_wait",
      "tcp-closing": "\(sysctl)tcp_timeout_last_ack",
      "port-hold": "\(sysctl)tcp_timeout_time_wait",
      "port-hold-after-reset": "\(sysctl)tcp_timeout_close",
      "udp-one-way": "\(sysctl)udp_timeout", "udp": "\(sysctl)udp_timeout_stream",
      "icmp-query": "\(sysctl)icmp_timeout", "fragments-tcp": fragments,
      "fragments-udp": fragments, "fragments-icmp": fragments,
      "fragments-timeout": "Linux's default, ipfrag_time",
    ]
  }()

  private static let workerEBPF: [String: String] = [
    "method": "lambda-vpc §4.2, disclosed in April 2026",
    "time-to-live-decrement": "N-07, assumed",
  ]

  private static let rfc: [String: String] = [
    "method": "RFC 3022, section 2.2", "protocols": "RFC 4787, 5382 and 5508",
    "translates-errors": "RFC 5508, REQ-4 and REQ-5", "mapping": "RFC 4787, REQ-1",
    "filtering": "RFC 6888, REQ-7", "ports": "RFC 6056, section 3.2",
    "port-choice": "RFC 6888, REQ-15", "port-overloading": "RFC 4787, REQ-3",
    "address-pooling": "RFC 4787, REQ-2", "port-quota": "RFC 6888, REQ-4: to be set",
    "when-full": "RFC 5508, REQ-8", "unsolicited-packet": "RFC 5382, REQ-4",
    "hairpinning": "RFC 4787, REQ-9", "inbound-refresh": "RFC 4787, REQ-6",
    "revives-after-reset": "RFC 6146, section 3.5.2.2", "tcp-half-open": "RFC 5382, REQ-5",
    "tcp-half-open-answered": "RFC 5382, REQ-5", "tcp-established": "RFC 5382, REQ-5",
    "tcp-half-closed": "RFC 6146, section 3.5.2.2", "tcp-closing": "RFC 5382, REQ-5",
    "port-hold": "RFC 7857, section 2.1", "port-hold-after-reset": "RFC 7857, section 2.2",
    "udp-one-way": "RFC 4787, REQ-5", "udp": "RFC 4787, REQ-5",
    "icmp-query": "RFC 5508, REQ-2", "unsolicited-syn": "RFC 5382, REQ-4",
    "fragments-tcp": "RFC 4787, REQ-14", "fragments-udp": "RFC 4787, REQ-14",
    "fragments-icmp": "RFC 4787, REQ-14", "fragments-timeout": "RFC 8200, section 4.5",
    "time-to-live-decrement": "RFC 1812, section 5.3.1",
    "answers-time-exceeded": "RFC 1812, section 5.3.1",
  ]
}
