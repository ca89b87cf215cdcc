import Foundation
import LambdawireModel
import LambdawireTesting
import TestSupport
import Testing
import VirtualNetwork

/// Flow logs against what captures hold, and against a reader that others wrote.
@Suite struct FlowLogTests {
  /// Runs a shipped scenario with two flow logs in each VPC: all that can be told, in text, and the
  /// default format, in CSV.
  private func run(_ shipped: ShippedRun) throws -> LambdawireRun {
    var scenario = try Scenario(
      contentsOf: SourceTree.scenario(shipped.scenario),
      overrides: shipped.overrides.map { ScenarioOverride($0) })
    for vpc in scenario.vpcs.indices {
      scenario.vpcs[vpc].flowLogs = [
        Scenario.FlowLog(
          name: "all", resource: .vpc, traffic: .all, interval: .oneMinute,
          format: try FlowLogFormat(FlowLogSums.format),
          destination: .init(fileFormat: .plainText, hasHivePrefixes: false, isHourly: false)),
        Scenario.FlowLog(
          name: "table", resource: .vpc, traffic: .all, interval: .oneMinute, format: .default,
          destination: .init(fileFormat: .csv, hasHivePrefixes: true, isHourly: true)),
      ]
    }
    return try LambdawireRun(scenario, options: RunOptions(networking: shipped.era))
  }

  @Test(.enabled(if: Judge.arePresent(.tshark, .python3)), arguments: ShippedRun.all)
  func `Records add up to what captures of interfaces hold, packet for packet and byte for byte`(
    shipped: ShippedRun
  ) throws {
    let run = try run(shipped)
    let opinion = try Judge.python3.ask(
      ["-c", FlowLogSums.program, run.folder, "eni", "destination", "endpoint"])
    #expect(opinion.status == 0, "\(opinion.complaints)")
    let lines = opinion.output.split(separator: "\n")
    for line in lines where line.hasPrefix("BAD") { Issue.record("\(line)") }
    let judged = try #require(lines.last?.split(separator: " ").compactMap { Int($0) })
    try #require(judged.count == 4)
    let (packets, records, silent, unseen) = (judged[0], judged[1], judged[2], judged[3])
    // Only the interfaces of NAT gateways have no capture of their own: they are seen at nat-gateway-in and
    // -out, as packets of the gateway.
    #expect(unseen == 0 || shipped.hasNATGateway)
    #expect((records == 0) == (packets == 0) && records <= packets)
    // Each record is in both flow logs.
    #expect(run.summary.flowLogs?.records == 2 * (records + silent + unseen))
  }

  @Test(
    .enabled(if: Judge.arePresent(.flowLogsReader)), arguments: ["first-query", "denied"])
  func `A reader of others finds the objects by their keys and takes every record`(
    scenario: String
  ) throws {
    let run = try run(ShippedRun(scenario: scenario, era: .hyperplane))
    let opinion = try Judge.flowLogsReader.ask(
      ["-c", FlowLogReading.program, "\(run.folder)/flow-logs"])
    #expect(opinion.status == 0, "\(opinion.complaints)")
    let rows = opinion.rows
    #expect(rows.last == ["SKIPPED 0"])
    #expect(run.summary.flowLogs?.records == 2 * (rows.count - 1))
    let rejected = rows.filter { $0.count == 12 && $0[8] == "REJECT" }
    let accepted = rows.filter { $0.count == 12 && $0[8] == "ACCEPT" }
    // The SYN that no rule lets through, again and again.
    #expect((scenario == "denied") == !rejected.isEmpty)
    #expect((scenario == "denied") == accepted.isEmpty)
    #expect(rejected.allSatisfy { $0[9] == "2" && $0[10] == "egress" })
  }

  @Test func `The same run gives the same bytes`() throws {
    func files(_ run: LambdawireRun) throws -> [String: Data] {
      let root = "\(run.folder)/flow-logs"
      var files: [String: Data] = [:]
      for case let name as String in FileManager.default.enumerator(atPath: root) ?? .init() {
        guard let data = FileManager.default.contents(atPath: "\(root)/\(name)"),
          name.contains(".log.")
        else { continue }
        files[name] = data
      }
      return files
    }
    let shipped = ShippedRun(
      scenario: "region", era: .hyperplane,
      overrides: ["customers=2", "functions=2", "environments=3", "span=500 ms", "work=50 ms"])
    let (first, second) = (try files(run(shipped)), try files(run(shipped)))
    #expect(!first.isEmpty)
    #expect(first == second)
  }
}
