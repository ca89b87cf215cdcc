import CaptureInspection
import LambdawireModel
import LambdawireTesting
import TestSupport
import Testing

/// Customers with the same addresses.
@Suite struct TenantTests {
  /// The shipped scenario with one port for both, so that even outside nothing tells them apart but
  /// where a packet is.
  private func run(_ era: Scenario.Networking, _ overrides: String...) throws -> LambdawireRun {
    try LambdawireRun(
      contentsOf: SourceTree.scenario("overlapping-customers"), overrides: overrides,
      options: RunOptions(networking: era))
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `Each tenant gets its own rows, though every address and port is the same`(
    era: Scenario.Networking
  ) throws {
    let run = try run(era, "settings.nat-first-port=2000", "settings.nat-last-port=2000")
    let finished = try run.events("invocation-finished")
    #expect(finished.count == 2)
    // Three rows of 30 bytes and five of 50.
    let red = try #require(finished.first { $0.function == "red-orders" }?.detail)
    let blue = try #require(finished.first { $0.function == "blue-orders" }?.detail)
    #expect(red.hasPrefix("3 rows, ") && blue.hasPrefix("5 rows, "))
    expectNoDrops(in: run)
  }

  @Test(arguments: [Scenario.Networking.hyperplane, .hyperplaneEBPF])
  func `A packet never reaches the other tenant's points`(era: Scenario.Networking) throws {
    let run = try run(era)
    var places: [UInt64: Set<String>] = [:]
    for record in try CommentedRecord.all(in: run) {
      // `guest/red-orders-1: …`, `eni-…: … in private-a, red`.
      for tenant in ["red", "blue"] where record.place.contains(tenant) {
        places[record.packetID, default: []].insert(tenant)
      }
    }
    #expect(places.count > 20)
    #expect(places.values.allSatisfy { $0.count == 1 })
    expectVerified(in: run)
  }
}
