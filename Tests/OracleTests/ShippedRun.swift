import LambdawireModel
import LambdawireTesting
import TestSupport
import Testing

/// A shipped scenario in one era, small enough to be judged frame by frame.
struct ShippedRun: Sendable, CustomTestStringConvertible {
  var scenario: String
  var era: Scenario.Networking
  var overrides: [String] = []

  /// Scenarios that need no setting to be small.
  private static let small =
    [
      "denied", "shared-eni", "port-exhaustion", "idle-350s", "hyperplane-failover",
      "overlapping-customers", "icmp-errors", "fragments", "pending-invoke", "freeze-thaw",
      "tunnel-setup", "subnet-exhausted", "eni-quota", "missing-permission",
      "inactive-after-14-days", "update-vpc-config",
    ] + customerVPC

  /// Those about what a packet meets in the customer's VPC.
  private static let customerVPC = [
    "nat-gateway", "public-subnet-mistake", "nacl-ephemeral", "security-group-denied",
    "pmtu-black-hole", "s3-gateway-endpoint", "interface-endpoint", "peering-not-transitive",
    "dual-stack", "cross-zone-latency",
  ]

  /// Scenarios with captures beside them.
  static let committed = ["first-query", "burst", "dns-throttled"] + small

  /// Every scenario in every era; `first-query` also with all environments on the same port.
  static let all = Scenario.Networking.allCases.flatMap { era in
    small.map { ShippedRun(scenario: $0, era: era) } + [
      ShippedRun(scenario: "first-query", era: era),
      ShippedRun(scenario: "burst", era: era, overrides: ["environments=5"]),
      ShippedRun(
        scenario: "dns-throttled", era: era, overrides: ["environments=8", "limit=6"]),
      ShippedRun(
        scenario: "first-query", era: era, overrides: ["functions.orders.source-port=40001"]),
      ShippedRun(scenario: "region", era: era, overrides: smallRegion),
      ShippedRun(scenario: "fleet", era: era, overrides: smallFleet),
      ShippedRun(scenario: "fleet", era: era, overrides: smallFleet + ["transport=tcp"]),
    ]
  }

  /// Those in which a database's name is asked for, and the database answers.
  static let queries = all.filter { $0.scenario == "first-query" }

  private static let smallRegion = [
    "customers=2", "functions=2", "environments=3", "span=500 ms", "work=50 ms",
  ]
  private static let smallFleet = ["functions=2", "environments=2", "flows=3", "packets=4"]

  var testDescription: String {
    ([scenario, era.rawValue] + overrides).joined(separator: " ")
  }

  /// Whether packets die in it, on purpose.
  var losesPackets: Bool {
    switch scenario {
    case "denied", "icmp-errors", "public-subnet-mistake", "nacl-ephemeral",
      "security-group-denied", "pmtu-black-hole", "nat-gateway":
      true
    // An interface of its own is not ready when the second query comes.
    case "peering-not-transitive": era != .perEnvironment
    case "dns-throttled": era != .perEnvironment
    case "port-exhaustion", "idle-350s": era != .perEnvironment
    // The zone fails in every era, but only in Hyperplane is anything on its way then.
    case "hyperplane-failover", "fragments": era != .perEnvironment
    default: false
    }
  }

  /// Whether tshark rightly has notes on single packets: TCP has to send again, to a frozen guest
  /// too, or asks whether the other side is there; two customers have the same addresses.
  var isDisturbed: Bool {
    losesPackets
      || ["idle-350s", "overlapping-customers", "region", "freeze-thaw", "dns-throttled"]
        .contains(scenario)
  }

  /// The capture points on the way out of the first packet, in order.
  var points: [String] {
    let hyperplane = ["slot", "tunnel", "hyperplane-in", "hyperplane-out"]
    return ["guest"] + (era == .perEnvironment ? [] : hyperplane) + ["eni"] + pointsBeyond
  }

  /// Those beyond the interface.
  private var pointsBeyond: [String] {
    let outside = ["nat-gateway-in", "nat-gateway-out", "internet-gateway", "destination"]
    return switch scenario {
    case "denied": []
    case "nat-gateway": outside
    case "dual-stack" where era == .perEnvironment: outside
    case "dual-stack": ["egress-only-internet-gateway", "destination"]
    case "public-subnet-mistake": ["internet-gateway"]
    case "s3-gateway-endpoint": ["endpoint", "destination"]
    case "interface-endpoint": ["endpoint"]
    case "peering-not-transitive": ["peer", "destination"]
    // Into the firewall, out of it, and to the host.
    case "pmtu-black-hole": ["destination", "destination", "destination"]
    default: ["destination"]
    }
  }

  /// Whether a VPC in it has a NAT gateway.
  var hasNATGateway: Bool {
    ["nat-gateway", "dual-stack", "s3-gateway-endpoint"].contains(scenario)
  }

  /// Whether translators with memory are on the way: on the worker and in Hyperplane, or NAT gateways.
  var hasTranslators: Bool {
    era != .perEnvironment || ["nat-gateway", "dual-stack"].contains(scenario)
  }

  /// What finds the packets of the scenario's main flows, in the language of tshark.
  var firstPacketFilter: String {
    switch scenario {
    case "fleet" where !overrides.contains("transport=tcp"): "udp.dstport == 9"
    case "region": "udp.dstport == 7"
    case "dns-throttled": "dns.flags.response == 0"
    case "icmp-errors": "udp.dstport == 4000 && !icmp"
    // tshark shows ports where it has put a datagram together, which is in its last fragment.
    case "fragments": "ip.flags.mf == 1 && ip.frag_offset == 0"
    default: "tcp.flags.syn == 1 && tcp.flags.ack == 0"
    }
  }

  /// Runs it.
  func run(seed: Int? = nil) throws -> LambdawireRun {
    try LambdawireRun(
      contentsOf: SourceTree.scenario(scenario),
      overrides: overrides + (seed.map { ["seed=\($0)"] } ?? []),
      options: RunOptions(networking: era))
  }
}

extension LambdawireRun {
  /// Captures of one point each.
  var taps: [String] { captures.filter { !$0.hasSuffix("/all.pcapng") } }
  /// The capture with everything in it.
  var merged: String { "\(folder)/all.pcapng" }
  /// Every capture.
  var captures: [String] { summary.files.map { "\(folder)/\($0)" } }
}
