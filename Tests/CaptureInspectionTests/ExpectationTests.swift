import CaptureInspection
import PacketFormats
import Testing

@Suite struct ExpectationTests {
  private static let crossing = Crossing(inner: "hyperplane-in", outer: "hyperplane-out")
  private static let remote = Endpoint("10.0.2.20", 5432)

  private static let right = [
    ExpectedTranslation(
      crossing: crossing, environment: "orders-1", protocol: .tcp,
      inside: Endpoint("10.128.0.1", 40_000), outside: Endpoint(LambdaPath.eni, port: 41_822),
      remote: remote),
    ExpectedTranslation(
      crossing: crossing, protocol: .tcp, inside: Endpoint("10.128.0.2", 40_000),
      outside: Endpoint(LambdaPath.eni, port: 2_000)),
  ]

  private func verify(_ expectations: [ExpectedTranslation]) throws -> RuleResult {
    try LambdaPathTests.twoEnvironments().recording.verify(expectations: expectations)[
      .expectedTranslations]
  }

  @Test func `What was expected is found`() throws {
    let result = try verify(Self.right)
    #expect(result.verdict == .passed, "\(result.findings)")
    #expect(result.checkedCount == 2)
  }

  @Test func `What is missing and what is too much are both found`() throws {
    var wrong = Self.right
    wrong[1].outside.port = 2_001
    let result = try verify(wrong)
    #expect(result.verdict == .failed)
    #expect(result.violationCount == 2)
    #expect(result.findings.map(\.expected).contains("no such translation"))
    #expect(result.findings.last?.frame == nil)
    #expect(result.findings.last?.description == "found no such translation, expected \(wrong[1])")
  }

  @Test(arguments: [true, false])
  func `Every number counts`(isInside: Bool) throws {
    var wrong = Self.right
    if isInside { wrong[0].inside.port += 1 } else { wrong[0].outside.port += 1 }
    #expect(try verify(wrong).violationCount == 2)
  }

  @Test func `Expecting nothing means that there is nothing`() throws {
    #expect(try verify([]).verdict == .notApplicable)
    var everywhere = Self.right
    everywhere[0].crossing = nil
    // Without a crossing, all of them are spoken of.
    #expect(try verify(everywhere).violationCount == 2)
  }
}
