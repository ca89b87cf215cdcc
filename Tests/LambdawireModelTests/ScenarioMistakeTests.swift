import LambdawireModel
import Testing

/// Each mistake of its own: the place is right, and so is what is said.
@Suite struct ScenarioMistakeTests {
  @Test func `The scenario that these tests spoil is sound`() {
    #expect(ScenarioText(ScenarioText.sound).diagnostics().isEmpty)
  }

  private func check(_ mistake: ScenarioMistake) {
    let text = ScenarioText(replacing: mistake.piece, with: mistake.replacement)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.allSatisfy { $0.file == "test.yaml" })
    #expect(diagnostics.first?.description.contains(mistake.message) == true, "\(diagnostics)")
  }

  @Test(arguments: [
    ScenarioMistake("title:", "§titel:", "one of `lambdawire`, `title`, `description`"),
    ScenarioMistake("title:", "§titel:", "did you mean `title`?"),
    ScenarioMistake(
      "zone: use1-az1 }\n", "zone: use1-az1, §public: yes }\n", "unknown key `public`"),
    ScenarioMistake("seed: 7", "seed: 7\n§seed: 8", "`seed` again, after line 3"),
    ScenarioMistake(
      "    subnets:\n", "    §cidr: 10.1.0.0/16\n    subnets:\n", "`cidr` again, after line 8"),
    ScenarioMistake("    vpc: shop\n", "", ""),
    ScenarioMistake("cidr: 10.0.1.0/24, zone", "cidr: 10.0.1.0/24, ? §[a] : b, zone", "as a key"),
  ])
  func `Keys`(mistake: ScenarioMistake) {
    guard !mistake.replacement.isEmpty else {
      // A missing key is reported where the thing it is missing from is named.
      let diagnostics = ScenarioText(replacing: mistake.piece, with: "").diagnostics()
      #expect(diagnostics.map { [$0.line, $0.column] } == [[19, 3]])
      #expect(diagnostics.first?.found == "a function without `vpc`")
      return
    }
    check(mistake)
  }

  @Test(arguments: [
    ScenarioMistake(
      "duration: 30 s", "duration: §30", "without a unit; expected a duration in one of ns"),
    ScenarioMistake("duration: 30 s", "duration: §30 parsec", "the unit `parsec`"),
    ScenarioMistake("memory: 512 MB", "memory: §512 Mb", "did you mean `512 MB`?"),
    ScenarioMistake("memory: 512 MB", "memory: §64 MB", "a size from 128 MB to 10240 MB"),
    ScenarioMistake("200 us", "§0.5 ns", "too large or too fine"),
    ScenarioMistake("200 us", "§2 s", "from 0 ns to 1 s"),
    ScenarioMistake("200 us", "§99999999999 d", "too large or too fine"),
    ScenarioMistake("environments: 3", "environments: §0", "a whole number from 1 to 100000"),
    ScenarioMistake("environments: 3", "environments: §-1", "found `-1`"),
    ScenarioMistake("environments: 3", "environments: §3 s", "`3 s`, with a unit"),
    ScenarioMistake("environments: 3", "environments: §many", "found `many`"),
    ScenarioMistake("environments: 3", "environments:§", "found nothing"),
    ScenarioMistake("environments: 3", "environments: §[3]", "found a list"),
    ScenarioMistake("environments: 3", "environments: 100000\n    copies: 100", ""),
    ScenarioMistake("environments: 3", "source-port: §80", "from 1024 to 65535"),
    ScenarioMistake("environments: 3", "networking: §hyperplan", "did you mean `hyperplane`?"),
    ScenarioMistake("seed: 7", "start: §2019-02-29T00:00:00Z", "a time in UTC"),
    ScenarioMistake("row-size: 180 B", "row-size: §180", "in one of B, kB, KiB, MB"),
    ScenarioMistake("resolve: postgres }", "send: sink, payload: §8974 B }", "at most 8973 B"),
    ScenarioMistake("resolve: postgres }", "send: sink, protocol: §icmp }", "one of `tcp`, `udp`"),
    ScenarioMistake(
      "resolve: postgres }", "send: sink, flows: 2, stagger: §1 ms }", "flows over UDP take turns"),
    ScenarioMistake(
      "resolve: postgres }", "transfer: sink, bytes: 1 kB, stagger: §2 h }", "from 0 ns to 1 h"),
    ScenarioMistake("resolve: postgres }", "ping: sink, count: §0 }", "from 1 to"),
    ScenarioMistake("resolve: postgres }", "exchange: sink, times: §0 }", "from 1 to 1000000"),
    ScenarioMistake("resolve: postgres }", "exchange: sink, payload: §8974 B }", "0 B to 8973 B"),
    ScenarioMistake("resolve: postgres }", "exchange: sink, timeout: §0 s }", "from 1 ms to"),
    ScenarioMistake("resolve: postgres }", "exchange: sink, attempts: §0 }", "from 1 to 1000"),
    ScenarioMistake(
      "resolve: postgres }", "exchange: sink, connection: §pool }", "one of `own`, `pooled`"),
    ScenarioMistake(
      "    cidr: 10.0.0.0/16\n", "    cidr: 10.0.0.0/16\n    account: §1234\n",
      "12 digits such as `123456789012`"),
    ScenarioMistake(
      "    cidr: 10.0.0.0/16\n", "    cidr: 10.0.0.0/16\n    copies: §0\n", "from 1 to 1000"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §sometimes", "`3 at once`"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §0 at once", "from 1 to"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §poisson 40", "such as `40/s`"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §poisson 0/s", "such as `40/s`"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §every 10 furlongs", "`furlongs`"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §poison 40/s", "mean `poisson 40/s`?"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §poisson -1/s", "a rate from 1/d to"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §every -1 s", "from 1 us to 1 d"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §-3 at once", "from 1 to"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §ramp 1/s", "two rates, such as"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §ramp -1/s to 2/s", "found `-1/s`"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §ramp 0/s to 0/s", "from nothing to"),
    ScenarioMistake(
      "arrivals: poisson $rate\n    from: 2s\n    for: 10 s",
      "arrivals: §ramp 1/s to 2/s", "the time that the ramp takes"),
    ScenarioMistake("arrivals: poisson $rate", "arrivals: §diurnal 40/s", "peak and period"),
    ScenarioMistake(
      "arrivals: poisson $rate", "arrivals: §diurnal 40/s peak 180 %", "peak and period"),
    ScenarioMistake(
      "arrivals: poisson $rate", "arrivals: §diurnal 0/s peak 180 % period 1 h", "a rate from"),
    ScenarioMistake(
      "arrivals: poisson $rate", "arrivals: §diurnal 40/s peak 90 % period 1 h",
      "the peak, a share of the mean: a percentage from 100 % to 200 %"),
    ScenarioMistake(
      "arrivals: poisson $rate", "arrivals: §diurnal 40/s peak 180 % period 1", "without a unit"),
    ScenarioMistake("environments: 3", "init: §-5 ms", "a duration up to 900 s"),
    ScenarioMistake("environments: 3", "init: §901 s", "a duration up to 900 s"),
    ScenarioMistake("environments: 3", "init: §uniform 5 ms", "of which the end is missing"),
    ScenarioMistake("environments: 3", "init: §uniform 20 ms to 5 ms", "the lower bound first"),
    ScenarioMistake("environments: 3", "init: §uniform 5 to 20 ms", "without a unit"),
    ScenarioMistake("environments: 3", "init: §exponential", "the mean nothing"),
    ScenarioMistake("environments: 3", "init: §exponential 0 s", "a longer mean"),
    ScenarioMistake("environments: 3", "init: §exponential 5 ms from 6 ms to 9 ms", "outside 6 ms"),
    ScenarioMistake("environments: 3", "init: §log-normal 180 ms", "without a spread"),
    ScenarioMistake("environments: 3", "init: §log-normal 180 ms spread 4", "the spread `4`"),
    ScenarioMistake("environments: 3", "init: §log-normal 180 ms spread -1", "the spread `-1`"),
    ScenarioMistake(
      "environments: 3", "init: §log-normal 180 ms spread 0.3 from 1 s to 2 s", "outside 1 s to 2 s"
    ),
    ScenarioMistake(
      "environments: 3", "init: §log-norml 1 s spread 0.3", "mean `log-normal 1 s spread 0.3`?"),
    ScenarioMistake("environments: 3", "init-cpu: §half", "one of `whole`, `share`"),
    ScenarioMistake("environments: 3", "timeout: §901 s", "a duration from 1 s to 900 s"),
    ScenarioMistake("environments: 3", "reserved-concurrency: §-1", "from 0 to"),
    ScenarioMistake("environments: 3", "reserved-concurrency: §901", "at most 900: Lambda keeps"),
  ])
  func `Values`(mistake: ScenarioMistake) {
    guard !mistake.message.isEmpty else {
      let diagnostics = ScenarioText(replacing: mistake.piece, with: mistake.replacement)
        .diagnostics()
      #expect(diagnostics.map { [$0.line, $0.column] } == [[24, 19]])
      #expect(diagnostics.first?.expected == "at most 1000000 in all")
      return
    }
    check(mistake)
  }

  @Test(arguments: [
    // Two VPCs of one account: 500 and 401 of 900.
    ("account: 111122223333", "account: 111122223333", "", 500, "§401", 500),
    // Two copies of a VPC that names its account.
    ("account: 111122223333", "account: 111122223333", "copies: 2, ", 400, "§101", 200),
  ])
  func `Reserved concurrency counts over all VPCs of an account`(
    first: String, second: String, copies: String, reserved: Int, more: String, left: Int
  ) {
    let text = Self.twoVPCs(first, second, copies, reserved, more)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.found.contains("of \(left) that are left") == true)
    #expect(
      diagnostics.first?.expected.hasSuffix("(InvalidParameterValueException)") == true,
      "\(diagnostics)")
  }

  @Test func `Reserved concurrency of another account is nobody's business`() {
    for (first, second) in [
      ("account: 111122223333", "account: 444455556666"), ("tenancy: default", "tenancy: default"),
    ] {
      let text = Self.twoVPCs(first, second, "", 900, "900")
      #expect(text.diagnostics().isEmpty, "\(text.diagnostics())")
    }
    // Copies of a VPC without an account have one each.
    let copies = Self.twoVPCs("tenancy: default", "tenancy: default", "copies: 3, ", 900, "900")
    #expect(copies.diagnostics().isEmpty, "\(copies.diagnostics())")
  }

  /// A function with reserved concurrency in each of two VPCs.
  private static func twoVPCs(
    _ first: String, _ second: String, _ copies: String, _ reserved: Int, _ more: String
  ) -> ScenarioText {
    ScenarioText(
      """
      lambdawire: 1
      seed: 7
      duration: 30 s
      vpcs:
        a: { \(copies)\(first), cidr: 10.0.0.0/16, subnets: { s: { cidr: 10.0.1.0/24, zone: use1-az1 } }, security-groups: { g: {} } }
        b: { \(second), cidr: 10.0.0.0/16, subnets: { s: { cidr: 10.0.1.0/24, zone: use1-az1 } }, security-groups: { g: {} } }
      functions:
        f: { vpc: a, subnets: [s], security-groups: [g], reserved-concurrency: \(reserved) }
        h: { vpc: b, subnets: [s], security-groups: [g], reserved-concurrency: \(more) }
      """)
  }

  @Test(arguments: [
    ScenarioMistake("cidr: 10.0.0.0/16", "cidr: §10.0.0.0/8", "from /16 to /28"),
    ScenarioMistake("cidr: 10.0.0.0/16", "cidr: §10.0.0.0", "such as `10.0.0.0/16`"),
    ScenarioMistake(
      "cidr: 10.0.2.0/24", "cidr: §10.0.0.0/22", "overlaps `private-a` (10.0.1.0/24)"),
    ScenarioMistake("cidr: 10.0.1.0/24", "cidr: §10.1.0.0/24", "outside the VPC"),
    ScenarioMistake("cidr: 10.0.1.0/24", "cidr: §10.0.1.7/24", "did you mean `10.0.1.0/24`?"),
    ScenarioMistake("cidr: 10.0.1.0/24", "cidr: §10.0.01.0/24", "a block from"),
    ScenarioMistake("address: 10.0.2.20", "address: §10.0.2.0", "reserves for the network itself"),
    ScenarioMistake("address: 10.0.2.20", "address: §10.0.2.1", "reserves for the VPC router"),
    ScenarioMistake("address: 10.0.2.20", "address: §10.0.2.2", "reserves for the VPC resolver"),
    ScenarioMistake("address: 10.0.2.20", "address: §10.0.2.3", "reserves for future use"),
    ScenarioMistake("address: 10.0.2.20", "address: §10.0.2.255", "reserves for broadcast"),
    ScenarioMistake("address: 10.0.2.20", "address: §10.0.1.20", "outside `data-a` (10.0.2.0/24)"),
    ScenarioMistake("address: 10.0.2.20", "address: §10.0.2.256", "an IPv4 address"),
    ScenarioMistake(
      "sink: { subnet: data-a", "sink: { subnet: data-a, address: §10.0.2.20",
      "`postgres` has already"),
    ScenarioMistake(
      "[udp-sink, tcp-sink]", "[udp-sink, { service: echo, port: §9 }]", "`udp-sink` listens on"),
    ScenarioMistake("[udp-sink, tcp-sink]", "[udp-sink, §udp-sinc]", "did you mean `udp-sink`?"),
    ScenarioMistake(
      "sink: { subnet: data-a", "sink: { subnet: data-a, domain-name: §Postgres.shop.internal",
      "`postgres` has already"),
    ScenarioMistake(
      "sink: { subnet: data-a", "sink: { subnet: data-a, domain-name: §a..b", "a domain name"),
    ScenarioMistake("ports: 5432, to", "ports: §5432-1, to", "a range such as"),
    ScenarioMistake("ports: 5432, to", "ports: §65536, to", "a range such as"),
    ScenarioMistake("tcp, ports: 5432, to", "icmp, ports: §8, to", "only with `tcp` or `udp`"),
  ])
  func `Addresses and ports`(mistake: ScenarioMistake) {
    check(mistake)
  }

  @Test(arguments: [
    ScenarioMistake("    vpc: shop", "    vpc: §shopp", "did you mean `shop`?"),
    ScenarioMistake(
      "subnets: [private-a]", "subnets: [§private-b]", "a subnet of `shop`: `private-a`"),
    ScenarioMistake("subnets: [private-a]", "subnets: [private-a, §private-a]", "each name once"),
    ScenarioMistake(
      "security-groups: [orders]", "security-groups: [§order]", "did you mean `orders`?"),
    ScenarioMistake(
      "subnet: data-a, address", "subnet: §data-b, address", "did you mean `data-a`?"),
    ScenarioMistake("[database], serves", "[§databas], serves", "did you mean `database`?"),
    ScenarioMistake("to: database", "to: §databases", "did you mean `database`?"),
    ScenarioMistake("invoke: orders", "invoke: §order", "a function: `orders`"),
    ScenarioMistake(
      "invoke: orders", "invoke: §orders:2", "`versions: 1` at the function: it has no published"),
    ScenarioMistake("invoke: orders", "invoke: §order:2", "a function: `orders`"),
    ScenarioMistake("query: postgres", "query: §postgre", "a host of `shop`: `postgres`, `sink`"),
    ScenarioMistake("{ resolve: postgres }", "{ §resolv: postgres }", "did you mean `resolve`?"),
    ScenarioMistake("{ resolve: postgres }", "{ resolve: sink, §ping: sink }", "a step of its own"),
    ScenarioMistake("{ resolve: postgres }", "§{}", "an empty step"),
    ScenarioMistake(
      "{ hyperplane-lookup: 200 us }", "{ §hyperplane-lokup: 1 us }", "`hyperplane-lookup`"),
    ScenarioMistake(
      "{ hyperplane-lookup: 200 us }", "{ nat-last-port: §1000 }", "at most `nat-last-port`"),
    ScenarioMistake("{ hyperplane-lookup: 200 us }", "§fast", "a mapping from settings"),
    ScenarioMistake("functions:\n  orders:", "functions:\n  §my.orders:", "a name of letters"),
    ScenarioMistake(
      "subnets: [private-a]", "subnets: §[]", "SubnetIds and SecurityIds must coexist"),
    ScenarioMistake(
      "security-groups: [orders]", "security-groups: §[]", "SubnetIds and SecurityIds must coexist"),
    ScenarioMistake(
      "environments: 3", "dual-stack: §yes", "with the IPv4 subnet `private-a`; expected subnets"),
    ScenarioMistake("environments: 3", "dual-stack: §maybe", "one of `no`, `yes`"),
    ScenarioMistake("environments: 3", "permissions: §everything", "an IAM action such as"),
    ScenarioMistake("environments: 3", "permissions: [\"ec2:*\", §ec2]", "an IAM action such as"),
    ScenarioMistake("environments: 3", "caller-permissions: §[]", "found an empty list"),
    ScenarioMistake("environments: 3", "versions: §-1", "a whole number from 0 to 100"),
    ScenarioMistake(
      "cidr: 10.0.1.0/24, zone: use1-az1", "cidr: 10.0.1.0/24, zone: use1-az1, addressing: §ipv6",
      "one of `ipv4`, `dual-stack`"),
    ScenarioMistake("cidr: 10.0.0.0/16", "cidr: 10.0.0.0/16\n    tenancy: §own", "`dedicated`"),
    ScenarioMistake(
      "{ hyperplane-lookup: 200 us }", "{ account-concurrency: §0 }", "from 1 to 10000000"),
    ScenarioMistake(
      "{ hyperplane-lookup: 200 us }", "{ guest-boot: §log-normal 125 ms }", "without a spread"),
    ScenarioMistake(
      "{ hyperplane-lookup: 200 us }", "{ ec2-create-rate: §0 }", "from 1 to 100000"),
  ])
  func `References`(mistake: ScenarioMistake) {
    let text = ScenarioText(replacing: mistake.piece, with: mistake.replacement)
    let diagnostics = text.diagnostics()
    // What refers to a function that had to be renamed is wrong as well; only the first counts.
    #expect(diagnostics.prefix(1).map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(mistake.message) == true, "\(diagnostics)")
  }

  @Test(arguments: [
    ScenarioMistake(
      "lambdawire: 1", "lambdawire: §2", "version 1, the one that this program reads"),
    ScenarioMistake("lambdawire: 1\n", "§", "without `lambdawire:`"),
    ScenarioMistake("title: A test", "title: §[", "YAML syntax error"),
    ScenarioMistake("title: A test", "title: a§: b", "YAML syntax error"),
    ScenarioMistake("title: A test", "title: §*nothing", "undefined alias"),
    ScenarioMistake("title: A test", "title: §\u{1}", "character YAML forbids"),
  ])
  func `The file as a whole`(mistake: ScenarioMistake) {
    let text = ScenarioText(replacing: mistake.piece, with: mistake.replacement)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.count == 1)
    #expect(diagnostics.first?.description.contains(mistake.message) == true, "\(diagnostics)")
    // An unclosed bracket shows only where something cannot stand in it.
    guard mistake.replacement != "title: §[" else { return }
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
  }

  @Test func `All mistakes are reported, in the order of the file`() {
    let text = ScenarioText(
      """
      lambdawire: 1
      §colour: red
      duration: §30
      vpcs:
        shop:
          cidr: §10.0.0.0/40
          subnets: { a: { cidr: 10.0.1.0/24, zone: z, §zone: y } }
          security-groups: { g: {} }
      functions:
        f: { vpc: shop, subnets: §b, security-groups: g, environments: §none }
      traffic:
        - { invoke: f, do: [{ resolve: §nobody }] }
      """)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks)
  }

  @Test func `A diagnostic reads like a compiler's`() {
    let text = ScenarioText(replacing: "    vpc: shop", with: "    vpc: shopp")
    #expect(
      text.diagnostics().first?.description
        == "test.yaml:21:10: error: found `shopp`; expected a VPC: `shop`; did you mean `shop`?")
  }

  @Test func `Control characters do not reach the terminal`() {
    let text = ScenarioText(replacing: "environments: 3", with: #"environments: "\e[31m""#)
    let diagnostic = text.diagnostics().first
    #expect(diagnostic?.description.utf8.contains(0x1b) == false)
    #expect(diagnostic?.found == #"`\u{1B}[31m`"#)
  }

  @Test func `A long list of mistakes is cut`() {
    let keys = (0..<500).map { "wrong-\($0): 1" }.joined(separator: "\n")
    let text = ScenarioText(ScenarioText.sound + "\n" + keys)
    #expect(text.diagnostics().count == 100)
  }
}
