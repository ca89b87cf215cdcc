import LambdawireModel
import Testing

@Suite struct ComparisonInputTests {
  @Test func `Eras are read in the order given`() throws {
    #expect(
      try Scenario.Networking.list("hyperplane-ebpf, per-environment")
        == [.hyperplaneEBPF, .perEnvironment])
    #expect(try Scenario.Networking.list("hyperplane") == [.hyperplane])
    #expect(try Scenario.Networking.list("hyperplane,") == [.hyperplane])
  }

  @Test func `An unknown era is named, with what would be right`() {
    let error = #expect(throws: ComparisonError.unknownEra("hyperplan")) {
      try Scenario.Networking.list("per-environment,hyperplan")
    }
    #expect(error?.description.contains("did you mean `hyperplane`?") == true)
    #expect(throws: ComparisonError.noEra) { try Scenario.Networking.list(" , ") }
    #expect(throws: ComparisonError.repeatedEra("hyperplane")) {
      try Scenario.Networking.list("hyperplane,hyperplane")
    }
  }

  @Test func `Every setting is as sure as its source says`() {
    for setting in ModelSettings.settings {
      if setting.source.contains("assumed") {
        #expect(setting.certainty == .assumed, "\(setting.name)")
      } else {
        let words = ["documented", "observed", "measured", "reported", "paper", "specification"]
        let others = ["RFC", "of Linux", "A-"]
        #expect(
          (words + others).contains { setting.source.contains($0) },
          "\(setting.name): nobody can tell from `\(setting.source)` how sure it is")
      }
    }
    func certainty(_ name: String) -> Setting.Certainty? {
      ModelSettings.settings.first { $0.name == name }?.certainty
    }
    #expect(certainty("nat-first-port") == .documented)
    #expect(certainty("tunnel-setup") == .reported)
    #expect(certainty("eni-attach-median") == .observed)
    #expect(certainty("slot-latency") == .assumed)
    #expect(certainty("tcp-time-wait") == .documented)
  }

  @Test func `A changed setting says what it usually is`() throws {
    var settings = ModelSettings()
    settings.eniAttachMedian = .seconds(4)
    let changed = ComparedSetting.all(of: settings).filter { $0.usual != nil }
    #expect(changed.map(\.name) == ["eni-attach-median"])
    #expect(changed.map(\.value) == ["4 s"])
    #expect(changed.map(\.usual) == ["10 s"])
  }
}
