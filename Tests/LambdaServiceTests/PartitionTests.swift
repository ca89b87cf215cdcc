import CaptureFiles
import EventSimulation
import Foundation
import LambdawireModel
import LambdawireTesting
import TestSupport
import Testing

/// Accounts that run on threads of their own.
@Suite struct PartitionTests {
  /// The shipped Region, small.
  private static let smallRegion = [
    "customers=3", "functions=2", "environments=4", "span=3 s", "work=100 ms",
  ]

  private func run(
    _ scenario: String, _ overrides: [String] = [], _ options: RunOptions
  ) throws -> LambdawireRun {
    try LambdawireRun(
      contentsOf: SourceTree.scenario(scenario), overrides: overrides, options: options)
  }

  /// Every file of a run.
  private func files(of run: LambdawireRun) throws -> [String: Data] {
    let names = run.summary.files + ["summary.txt"]
    var files: [String: Data] = [:]
    for name in names + (run.summary.events == .none ? [] : ["events.jsonl"]) {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: "\(run.folder)/\(name)"))
    }
    return files
  }

  private func expectSame(
    _ scenario: String, _ overrides: [String] = [], _ options: RunOptions = RunOptions()
  ) throws {
    var options = options
    options.threads = 1
    let alone = try files(of: run(scenario, overrides, options))
    #expect(alone.values.allSatisfy { !$0.isEmpty })
    for threads in [2, 8] {
      options.threads = threads
      #expect(try files(of: run(scenario, overrides, options)) == alone, "\(threads) threads")
    }
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `What a Region writes does not depend on threads`(era: Scenario.Networking) throws {
    try expectSame("region", Self.smallRegion, RunOptions(networking: era))
  }

  @Test func `Neither do classic captures, filtered ones, or those of single points`() throws {
    try expectSame("region", Self.smallRegion, RunOptions(format: .pcap))
    try expectSame("region", Self.smallRegion, RunOptions(files: .merged, filter: "arp"))
    try expectSame(
      "region", Self.smallRegion,
      RunOptions(files: .taps, annotations: .all, taps: ["eni", "guest:worker-2-1-1"]))
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `Two customers are two partitions`(era: Scenario.Networking) throws {
    try expectSame("overlapping-customers", [], RunOptions(networking: era))
  }

  @Test func `A burst at one instant is merged as it came`() throws {
    // More events at once than a window has, in one of two accounts.
    try expectSame(
      "region",
      [
        "customers=2", "functions=1", "environments=300", "traffic.0.arrivals=300 at once",
        "traffic.0.do.0.times=40", "work=1 ms",
      ], RunOptions(files: .taps, taps: ["eni"]))
  }

  @Test func `Packets have numbers of their own, whatever their account`() throws {
    let run = try run("region", Self.smallRegion, RunOptions())
    var accounts: [UInt64: Set<String>] = [:]
    for record in try CommentedRecord.all(in: run) {
      for tenant in ["tenant-1", "tenant-2", "tenant-3"] where record.place.contains(tenant) {
        accounts[record.packetID, default: []].insert(tenant)
      }
    }
    #expect(accounts.count > 300)
    #expect(accounts.values.allSatisfy { $0.count == 1 })
    expectVerified(in: run)
    expectNoDrops(in: run)
  }

  @Test func `Events are in order of time, and invocations have numbers of their own`() throws {
    let run = try run("region", Self.smallRegion, RunOptions())
    let events = try run.events()
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.time_ns <= $1.time_ns })
    #expect(events.count { $0.event == "capture-begins" } == 1)
    let numbers = try Self.lines(of: run).compactMap { line -> Int? in
      guard line["event"] as? String == "invocation-finished" else { return nil }
      return line["number"] as? Int
    }
    #expect(numbers.count == run.summary.invocations.finished)
    #expect(Set(numbers).count == numbers.count)
  }

  private static func lines(of run: LambdawireRun) throws -> [[String: Any]] {
    try String(contentsOfFile: "\(run.folder)/events.jsonl", encoding: .utf8)
      .split(separator: "\n").compactMap {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
  }

  @Test func `A fault by number hits the same node in every partition`() throws {
    let run = try LambdawireRun(
      contentsOf: SourceTree.scenario("region"),
      overrides: Self.smallRegion + [
        "events=[{ at: 2 s, fail: zone/use1-az2 }, { at: 3 s, fail: hyperplane-top/7 }]"
      ], options: RunOptions())
    let faults = try Self.lines(of: run).filter {
      $0["event"] as? String == "fault" && $0["act"] as? String == "fail"
    }
    let zones = faults.filter { $0["component"] as? String == "zone/use1-az2" }
    let tops = faults.filter { $0["component"] as? String == "hyperplane-top/7" }
    #expect(zones.count == 3 && tops.count == 3)
    #expect(Set(zones.compactMap { $0["account"] as? String }).count == 3)
  }

  @Test func `VPCs of one account are one partition, and share its workers`() throws {
    let own = try run("region", Self.smallRegion, RunOptions(networking: .hyperplane))
    let shared = try run(
      "region", Self.smallRegion + ["vpcs.tenant.account=123456789012"],
      RunOptions(networking: .hyperplane))
    #expect(try workers(in: own) == 9)
    #expect(try workers(in: shared) == 3)
  }

  @Test func `Accounts that share a cell which can be full are one partition`() throws {
    let limited = try run(
      "region", Self.smallRegion + ["settings.hyperplane-cell-rate=1000000"],
      RunOptions(networking: .hyperplane))
    #expect(try workers(in: limited) == 3)
  }

  /// How many workers took part, by their uplinks.
  private func workers(in run: LambdawireRun) throws -> Int {
    var reader = try CaptureReader(path: "\(run.folder)/all.pcapng")
    // Interfaces stand before the first packet.
    _ = try reader.next()
    return reader.interfaces.count { $0.name == "tunnel" }
  }

  // MARK: - Which events

  @Test func `Events can be left to the control plane, and counted all the same`() throws {
    let all = try run("region", Self.smallRegion, RunOptions(networking: .hyperplane))
    let control = try run(
      "region", Self.smallRegion, RunOptions(networking: .hyperplane, events: .control))
    let kinds = Set(try control.events().map(\.event))
    #expect(kinds.isSuperset(of: ["control", "hyperplane-hand", "capture-begins"]))
    #expect(kinds.isDisjoint(with: ["invocation-started", "translation-made", "drop"]))
    let left = try control.events().count
    #expect(control.summary.omittedEvents == (try all.events().count) - left)
    #expect(try control.summaryText().contains("(--events control)"))
    #expect(control.summary.translationsMade == all.summary.translationsMade)
    #expect(control.summary.invocations == all.summary.invocations)
  }

  @Test func `Without events there is no file of them`() throws {
    for scenario in ["region", "denied"] {
      let run = try run(
        scenario, scenario == "region" ? Self.smallRegion : [], RunOptions(events: .none))
      #expect(!FileManager.default.fileExists(atPath: "\(run.folder)/events.jsonl"))
      #expect(run.summary.omittedEvents > 0)
      #expect(try run.summaryText().contains("no events.jsonl (--events none)"))
    }
  }
}
