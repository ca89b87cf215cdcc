import LambdawireModel
import Testing

@Suite struct PublishedCheckTests {
  /// An era of so many cold starts, each with one step of the way into the VPC.
  private func era(
    _ networking: Scenario.Networking, _ step: String, of duration: Int64, environments: Int = 20,
    interfaces: Int? = nil, shift: Int64 = 0, capacity: Int = 251
  ) -> EraResult {
    var run = HandMadeRun()
    if networking != .perEnvironment {
      run.add("control", at: 0, act: "NetworkInterfaceInUse", resource: "eni-0")
    }
    for number in 0..<environments {
      let resource = interfaces.map { number < $0 ? "eni-\(number)" : "eni-0" } ?? ""
      run.coldStart(
        "orders-\(number)", at: 100 + shift, [("BootGuest", "", 125), (step, resource, duration)])
    }
    return run.result(networking, capacity: capacity)
  }

  private func verdicts(
    _ eras: [EraResult], _ settings: ModelSettings = ModelSettings()
  ) -> [PublishedCheck.Verdict] {
    PublishedCheck.all(eras, settings).map(\.verdict)
  }

  private var own: EraResult {
    era(.perEnvironment, "CreateAndAttachNetworkInterface", of: 10_000, interfaces: 20)
  }
  private var shared: EraResult { era(.hyperplane, "CreateGeneveDevice", of: 300) }
  private var mapped: EraResult { era(.hyperplaneEBPF, "EnterTunnelMap", of: 0) }

  @Test func `Eras as they were published pass`() {
    #expect(verdicts([own, shared, mapped]) == Array(repeating: .passed, count: 7))
  }

  @Test func `An era that is missing is not judged`() {
    #expect(
      verdicts([own]) == [
        .notApplicable, .passed, .notApplicable, .notApplicable, .notApplicable, .passed,
        .notApplicable,
      ])
    #expect(
      verdicts([mapped]) == [
        .notApplicable, .notApplicable, .notApplicable, .notApplicable, .passed, .notApplicable,
        .passed,
      ])
  }

  @Test(arguments: [(7_999, false), (8_000, true), (14_000, true), (14_001, false)])
  func `An own interface costs 8 to 14 seconds`(duration: Int64, isGood: Bool) {
    let own = era(.perEnvironment, "CreateAndAttachNetworkInterface", of: duration, interfaces: 20)
    #expect(verdicts([own])[1] == (isGood ? .passed : .failed))
  }

  @Test(arguments: [(999, true), (1_000, false)])
  func `A shared interface costs less than a second`(duration: Int64, isGood: Bool) {
    let shared = era(.hyperplane, "CreateGeneveDevice", of: duration)
    #expect(verdicts([shared])[2] == (isGood ? .passed : .failed))
  }

  @Test(arguments: [(249, false), (250, true), (350, true), (351, false)])
  func `eBPF saves some 300 milliseconds`(duration: Int64, isGood: Bool) {
    let shared = era(.hyperplane, "CreateGeneveDevice", of: duration)
    #expect(verdicts([shared, mapped])[3] == (isGood ? .passed : .failed))
  }

  @Test func `Few cold starts are not judged`() {
    let few = era(
      .perEnvironment, "CreateAndAttachNetworkInterface", of: 3_000, environments: 19,
      interfaces: 19)
    let check = PublishedCheck.all([few], ModelSettings())[1]
    #expect(check.verdict == .notApplicable)
    #expect(check.found == "median 3.0 s of 19 cold starts, too few to judge")
  }

  @Test func `A shared interface has 65,000 connections`() {
    var settings = ModelSettings()
    settings.natLastPort = 1043
    #expect(verdicts([shared], settings)[4] == .failed)
    #expect(PublishedCheck.all([shared], settings)[4].found.contains("20 ports"))
  }

  @Test func `Own interfaces take an address each, as long as there are some`() {
    #expect(verdicts([own])[5] == .passed)
    let few = era(
      .perEnvironment, "CreateAndAttachNetworkInterface", of: 10_000, interfaces: 2)
    #expect(verdicts([few])[5] == .failed)
    #expect(PublishedCheck.all([few], ModelSettings())[5].found.contains("most 2 for 20 environ"))
  }

  @Test func `Shared interfaces are made for nobody's invoke`() {
    #expect(verdicts([shared])[6] == .passed)
    let greedy = era(.hyperplane, "CreateNetworkInterface", of: 300, interfaces: 20)
    #expect(verdicts([greedy])[6] == .failed)
  }

  @Test func `Other arrivals in another era are noticed`() {
    let late = era(.hyperplane, "CreateGeneveDevice", of: 300, shift: 1)
    #expect(verdicts([own, late])[0] == .failed)
  }
}
