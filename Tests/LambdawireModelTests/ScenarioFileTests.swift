import Foundation
import LambdawireModel
import TestSupport
import Testing

@Suite struct ScenarioFileTests {
  private let builtIn = BuiltInScenarios(root: SourceTree.root.path())

  @Test func `The shipped scenarios are sound and say what they show`() throws {
    let list = builtIn.list()
    #expect(Set(list.map(\.name)).isSuperset(of: ["denied", "first-query", "fleet"]))
    #expect(list.map(\.name) == list.map(\.name).sorted())
    for entry in list {
      let scenario = try Scenario(contentsOf: entry.path)
      #expect(entry.title == scenario.title)
      // One line of a terminal, after the name.
      #expect((1...90).contains(scenario.title.count), "\(entry.name)")
    }
  }

  @Test func `first-query is what the documentation promises`() throws {
    let scenario = try Scenario(contentsOf: builtIn.locate("first-query"))
    #expect(scenario.functions.map(\.environments) == [3])
    let traffic = try #require(scenario.traffic.first)
    #expect(traffic.arrivals == .atOnce(3))
    #expect(
      traffic.steps == [
        .resolve(host: "postgres"),
        .query(.init(host: "postgres", port: 5432, rows: 20, rowSize: 180, times: 1)),
      ])
  }

  @Test func `denied lacks the rule, and says truly how to mend that`() throws {
    let path = try builtIn.locate("denied")
    func allows(_ scenario: Scenario) -> Bool? {
      scenario.vpcs.first?.securityGroup(named: "orders")?.egress.contains {
        $0.ports.contains(5432)
      }
    }
    #expect(try allows(Scenario(contentsOf: path)) == false)
    let comment = try #require(
      try String(contentsOfFile: path, encoding: .utf8).split(separator: "--set ").dropFirst().first
    )
    let override = try #require(comment.split(whereSeparator: \.isWhitespace).first)
    let mended = try Scenario(contentsOf: path, overrides: [ScenarioOverride(String(override))])
    #expect(allows(mended) == true)
  }

  @Test(arguments: ["udp", "tcp"])
  func `fleet takes all its sizes from outside`(transport: String) throws {
    let scenario = try Scenario(
      contentsOf: builtIn.locate("fleet"),
      overrides: [
        "functions=20", "environments=50", "flows=1000", "packets=7", "payload=1 kB",
        "interval=1us", "transport=\(transport)",
      ].map(ScenarioOverride.init))
    let function = try #require(scenario.functions.first)
    #expect(function.copies == 20)
    #expect(function.environments == 50)
    #expect(scenario.traffic.first?.arrivals == .atOnce(50))
    guard case .send(let send) = scenario.traffic.first?.steps.first else {
      Issue.record("no send step")
      return
    }
    #expect(send.transport.rawValue == transport)
    #expect(send.port == 9)
    #expect(send.flows == 1000)
    #expect(send.packets == 7)
    #expect(send.payload == 1000)
    #expect(send.interval == .microseconds(1))
    let rule = scenario.vpcs.first?.securityGroup(named: "sink")?.ingress.first
    #expect(rule?.protocol.description == transport)
  }

  @Test func `A name is looked up, a path is taken as it is`() throws {
    #expect(try builtIn.locate("fleet").hasSuffix("Captures/fleet/scenario.yaml"))
    #expect(try builtIn.locate("./fleet") == "./fleet")
    #expect(try builtIn.locate("mine.yaml") == "mine.yaml")
    let error = #expect(throws: ScenarioError.self) { try builtIn.locate("first-qurey") }
    #expect(
      error?.description.hasPrefix("first-qurey: error: found no scenario of this name") == true)
    #expect(error?.description.hasSuffix("did you mean `first-query`?") == true)
  }

  @Test func `A place without scenarios has none`() {
    let empty = BuiltInScenarios(root: "/nowhere")
    #expect(empty.list().isEmpty)
    #expect(throws: ScenarioError.self) { try empty.locate("fleet") }
  }

  @Test func `A file that is not there is reported`() {
    let error = #expect(throws: ScenarioError.self) { try Scenario(contentsOf: "/nowhere/a.yaml") }
    #expect(
      error?.description == "/nowhere/a.yaml: error: found no file that can be read "
        + "(No such file or directory); expected a scenario file")
  }

  @Test func `A folder is not a scenario`() {
    let error = #expect(throws: ScenarioError.self) { try Scenario(contentsOf: "/") }
    #expect(error?.description.contains("(Is a directory)") == true)
  }

  @Test func `Bytes that are not text are reported with their place`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).yaml")
    defer { try? FileManager.default.removeItem(at: path) }
    try Data("lambdawire: 1\ntitle: ä".utf8 + [0xff, 0x41]).write(to: path)
    let error = #expect(throws: ScenarioError.self) { try Scenario(contentsOf: path.path()) }
    let diagnostic = error?.diagnostics.first
    #expect(diagnostic?.line == 2)
    #expect(diagnostic?.column == 9)
    #expect(diagnostic?.found == "a byte that is not UTF-8")
  }

  @Test func `A file that never ends is refused`() {
    let error = #expect(throws: ScenarioError.self) { try Scenario(contentsOf: "/dev/zero") }
    #expect(error?.diagnostics.first?.found == "more than 1048576 bytes")
  }
}
