import LambdawireModel
import Testing

/// What AWS refuses of a function's connection to a VPC, with place and reason.
@Suite struct FunctionConnectionTests {
  /// The sound scenario with another VPC beside it.
  private func diagnostics(
    _ piece: String, _ replacement: String, tenancy: String = "default"
  ) -> (found: [ScenarioDiagnostic], marks: [[Int]]) {
    let other = """
      vpcs:
        depot:
          cidr: 10.9.0.0/16
          subnets: { store: { cidr: 10.9.1.0/24, zone: use1-az1, addressing: dual-stack } }
          security-groups: { keepers: { ingress: [] } }
          tenancy: \(tenancy)
      """
    let sound = ScenarioText.sound.replacing("vpcs:", with: other, maxReplacements: 1)
    precondition(sound.contains(piece), "nothing to replace: \(piece)")
    let text = ScenarioText(sound.replacing(piece, with: replacement, maxReplacements: 1))
    return (text.diagnostics(), text.marks)
  }

  private func expectRefusal(
    _ piece: String, _ replacement: String, tenancy: String = "default", _ words: String...
  ) {
    let (found, marks) = diagnostics(piece, replacement, tenancy: tenancy)
    // What does not exist in the other VPC is reported besides.
    #expect(found.prefix(1).map { [$0.line, $0.column] } == marks, "\(found)")
    for word in words { #expect(found.first?.description.contains(word) == true, "\(found)") }
  }

  @Test func `Another VPC beside it changes nothing`() {
    #expect(diagnostics("seed: 7", "seed: 8").found.isEmpty)
  }

  @Test func `Subnets of two VPCs`() {
    expectRefusal(
      "subnets: [private-a]", "subnets: [private-a, §store]",
      "found `store`, a subnet of `depot`; expected a subnet of `shop`",
      "InvalidParameterValueException")
  }

  @Test func `A security group of another VPC`() {
    expectRefusal(
      "security-groups: [orders]", "security-groups: [§keepers]",
      "found `keepers`, a security group of `depot`", "InvalidParameterValueException")
  }

  @Test func `A VPC of dedicated tenancy`() {
    expectRefusal(
      "    vpc: shop\n    subnets: [private-a]\n    security-groups: [orders]",
      "    vpc: §depot\n    subnets: [store]\n    security-groups: [keepers]",
      tenancy: "dedicated", "found `depot`, a VPC of dedicated tenancy",
      "InvalidParameterValueException")
  }

  @Test func `An IPv4 subnet among dual-stack ones`() {
    let (found, marks) = diagnostics(
      "    environments: 3", "    environments: 3\n    dual-stack: §yes")
    #expect(found.map { [$0.line, $0.column] } == marks)
    #expect(found.first?.description.contains("Ipv6AllowedForDualStack") == true)
  }

  @Test func `The other events of a function name it and what becomes of it`() throws {
    for (event, message) in [
      ("{ update: §order, at: 1 s, subnets: private-a }", "a function: `orders`"),
      ("{ update: orders, at: 1 s, subnets: §private-b }", "a subnet of `shop`"),
      ("{ update: orders, at: 1 s, security-groups: §keepers }", "a security group of `depot`"),
      ("§{ update: orders, at: 1 s }", "an update that changes nothing"),
      ("{ update: orders, at: 1 s, subnets: §[] }", "must coexist"),
      ("{ delete: §order, at: 1 s }", "a function: `orders`"),
      ("§{ delete: orders }", "without `at`"),
      ("{ remove-vpc: §order, at: 1 s }", "a function: `orders`"),
      ("{ remove-vpc: orders, at: 1 s, §subnets: a }", "unknown key `subnets`"),
    ] {
      let (found, marks) = diagnostics("settings: {", "events: [\(event)]\nsettings: {")
      #expect(found.map { [$0.line, $0.column] } == marks, "\(event): \(found)")
      #expect(found.first?.description.contains(message) == true, "\(event): \(found)")
    }
  }
}
