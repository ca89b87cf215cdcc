import LambdawireModel
import Testing

/// Entries that stand for several VPCs, and the accounts of VPCs.
@Suite struct ScenarioCopiesTests {
  private static let cidr = "    cidr: 10.0.0.0/16\n"

  private func copies(_ count: Int, _ more: String = "") -> ScenarioText {
    ScenarioText(replacing: Self.cidr, with: Self.cidr + "    copies: \(count)\n\(more)")
  }

  @Test func `Each copy of a VPC has its functions, its traffic and an account`() throws {
    let scenario = try Scenario(yaml: copies(3).text)
    #expect(scenario.vpcs.map(\.name) == ["shop-1", "shop-2", "shop-3"])
    #expect(scenario.functions.map(\.name) == ["orders-1", "orders-2", "orders-3"])
    #expect(scenario.functions.map(\.vpc) == ["shop-1", "shop-2", "shop-3"])
    #expect(scenario.traffic.map(\.function) == ["orders-1", "orders-2", "orders-3"])
    #expect(
      scenario.vpcs.map { $0.hosts[0].domainName } == (1...3).map { "postgres.shop-\($0).internal" }
    )
    #expect(Set(scenario.vpcs.map(\.account)).count == 3)
    #expect(scenario.vpcs.allSatisfy { $0.account.utf8.count == 12 })
  }

  @Test func `Functions with copies have them in every VPC`() throws {
    let text = copies(2).text.replacing("environments: 3", with: "copies: 2")
    let scenario = try Scenario(yaml: text)
    #expect(
      scenario.functions.flatMap(\.instanceNames)
        == ["orders-1-1", "orders-1-2", "orders-2-1", "orders-2-2"])
  }

  @Test func `Accounts are those that are given, or decided by name and seed alone`() throws {
    let given = try Scenario(yaml: copies(2, "    account: 012345678901\n").text)
    #expect(given.vpcs.map(\.account) == ["012345678901", "012345678901"])
    let one = try Scenario(yaml: ScenarioText.sound)
    let again = try Scenario(yaml: ScenarioText.sound.replacing("title: A test", with: "title: B"))
    let other = try Scenario(yaml: ScenarioText.sound.replacing("seed: 7", with: "seed: 8"))
    #expect(one.vpcs[0].account == again.vpcs[0].account)
    #expect(one.vpcs[0].account != other.vpcs[0].account)
  }

  @Test func `Events name copies`() throws {
    let events =
      "events: [{ at: 1 s, replace: orders-2 }, { at: 1 s, fail: hyperplane-top/1, of: shop-1 }]\n"
    let scenario = try Scenario(
      yaml: copies(2).text.replacing("settings:", with: events + "settings:"))
    #expect(scenario.events.count == 2)
    let wrong = ScenarioText(
      "\(copies(2).text)".replacing(
        "settings:", with: "events: [{ at: 1 s, replace: §orders }]\nsettings:"))
    let diagnostics = wrong.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == wrong.marks)
    #expect(diagnostics.first?.expected.contains("`orders-1`, `orders-2`") == true)
  }

  @Test func `Copies must not take another VPC's or function's name`() {
    let vpc = ScenarioText(
      copies(2).text.replacing(
        "functions:\n",
        with: """
            §shop-2:
              cidr: 10.0.0.0/16
              subnets: { a: { cidr: 10.0.1.0/24, zone: z } }
              security-groups: { g: {} }
          functions:

          """))
    let vpcDiagnostics = vpc.diagnostics()
    #expect(vpcDiagnostics.first?.found == "`shop-2`, which is also a copy of `shop`")
    #expect(vpcDiagnostics.map { [$0.line, $0.column] } == vpc.marks)

    let function = ScenarioText(
      copies(2).text.replacing(
        "functions:\n",
        with: """
            other:
              cidr: 10.0.0.0/16
              subnets: { a: { cidr: 10.0.1.0/24, zone: z } }
              security-groups: { g: {} }
          functions:
            §orders-2: { vpc: other, subnets: a, security-groups: g }

          """))
    let functionDiagnostics = function.diagnostics()
    #expect(functionDiagnostics.first?.found == "`orders-2`, which is also a copy of `orders`")
    #expect(functionDiagnostics.map { [$0.line, $0.column] } == function.marks)
  }

  @Test func `All copies together have only so many environments`() {
    let text = ScenarioText(
      copies(100).text.replacing("environments: 3", with: "environments: §10001"))
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks)
    #expect(diagnostics.first?.found == "10001 environments of each of 100 copies")
  }

  @Test func `A mistake in an entry is one mistake, however many VPCs it stands for`() {
    let text = ScenarioText(
      copies(50).text.replacing("serves: postgresql", with: "serves: §postgres"))
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks)
  }
}
