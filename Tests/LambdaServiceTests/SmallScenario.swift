import Foundation
import LambdawireModel
import LambdawireTesting

/// One function, one host, and one invocation that sends to it; tests change what matters to them.
enum SmallScenario {
  static let text = """
    lambdawire: 1
    seed: 3
    duration: 15 min
    vpcs:
      shop:
        cidr: 10.0.0.0/16
        subnets:
          private-a: { cidr: 10.0.1.0/28, zone: use1-az1 }
          data-a: { cidr: 10.0.2.0/24, zone: use1-az1 }
        security-groups:
          orders: { ingress: [] }
          database: { ingress: [{ protocol: all, from: any }] }
        hosts:
          sink:
            { subnet: data-a, address: 10.0.2.20, security-groups: [database], serves: udp-sink }
    functions:
      orders:
        vpc: shop
        subnets: [private-a]
        security-groups: [orders]
        networking: hyperplane
        environments: 2
    traffic:
      - { invoke: orders, arrivals: once, from: 1 s, do: [ { send: sink, flows: 3, packets: 2 } ] }
    """

  static func run(
    _ overrides: String..., era: Scenario.Networking = .hyperplane, seed: Int = 3,
    taps: [String] = []
  ) throws -> LambdawireRun {
    try run(overrides, era: era, seed: seed, taps: taps)
  }

  static func run(
    _ overrides: [String], era: Scenario.Networking = .hyperplane, seed: Int = 3,
    taps: [String] = []
  ) throws -> LambdawireRun {
    try LambdawireRun(
      yaml: text, overrides: overrides + ["seed=\(seed)"],
      options: RunOptions(networking: era, taps: taps))
  }
}

/// A line of `events.jsonl`, as far as it matters here.
struct LoggedEvent: Decodable {
  var time_ns: Int64
  var event: String
  var act: String?
  var component: String?
  var effect: String?
  var environment: String?
  var function: String?
  var reason: String?
  var tops: String?
  var code: String?
  var detail: String?
  var duration_ns: Int64?
  var http_status: Int?
  var translator: String?
  var elapsed_ns: Int64?
  var place: String?
  var resource: String?
  var name: String?
}

extension LambdawireRun {
  /// The ground truth.
  func events(_ name: String? = nil) throws -> [LoggedEvent] {
    let text = try String(contentsOfFile: "\(folder)/events.jsonl", encoding: .utf8)
    return try text.split(separator: "\n")
      .map { try JSONDecoder().decode(LoggedEvent.self, from: Data($0.utf8)) }
      .filter { name == nil || $0.event == name }
  }

  /// The network interfaces that `describe` shows, by their identifiers: their statuses.
  func interfaceStatuses(at time: String? = nil) throws -> [String: String] {
    struct Answer: Decodable {
      struct Interface: Decodable {
        var NetworkInterfaceId: String
        var Status: String
      }
      var NetworkInterfaces: [Interface]
    }
    let text = try ServiceRecord(
      path: "\(folder)/events.jsonl", at: time?.replacing(" ", with: "")
    ).describe(.networkInterfaces).text
    let answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
    return Dictionary(
      uniqueKeysWithValues: answer.NetworkInterfaces.map { ($0.NetworkInterfaceId, $0.Status) })
  }

  /// What `summary.txt` says.
  func summaryText() throws -> String {
    try String(contentsOfFile: "\(folder)/summary.txt", encoding: .utf8)
  }
}
