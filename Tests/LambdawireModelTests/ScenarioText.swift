import LambdawireModel

/// A small sound scenario, for tests to spoil.
///
/// In changed texts, `§` marks where a diagnostic must point and is then taken out.
struct ScenarioText {
  static let sound = """
    lambdawire: 1
    title: A test
    seed: 7
    duration: 30 s
    parameters: { rate: 40/s, rows: 20 }
    vpcs:
      shop:
        cidr: 10.0.0.0/16
        subnets:
          private-a: { cidr: 10.0.1.0/24, zone: use1-az1 }
          data-a: { cidr: 10.0.2.0/24, zone: use1-az1 }
        security-groups:
          orders: { egress: [{ protocol: tcp, ports: 5432, to: database }] }
          database: { ingress: [{ protocol: tcp, ports: 5432, from: orders }] }
        hosts:
          postgres: { subnet: data-a, address: 10.0.2.20, security-groups: [database], serves: postgresql }
          sink: { subnet: data-a, security-groups: database, serves: [udp-sink, tcp-sink] }
    functions:
      orders:
        memory: 512 MB
        vpc: shop
        subnets: [private-a]
        security-groups: [orders]
        environments: 3
    traffic:
      - invoke: orders
        arrivals: poisson $rate
        from: 2s
        for: 10 s
        do: [{ resolve: postgres }, { query: postgres, rows: $rows, row-size: 180 B }]
    settings: { hyperplane-lookup: 200 us }
    """

  /// The text without its marks.
  let text: String
  /// Where the marks were: line and column, from 1.
  let marks: [[Int]]

  /// The sound scenario with one piece of text replaced by another.
  ///
  /// - Precondition: the piece occurs in it.
  init(replacing piece: String, with replacement: String) {
    precondition(Self.sound.contains(piece), "nothing to replace: \(piece)")
    self.init(Self.sound.replacing(piece, with: replacement, maxReplacements: 1))
  }

  init(_ marked: String) {
    var text = ""
    var marks: [[Int]] = []
    var (line, column) = (1, 1)
    for scalar in marked.unicodeScalars {
      if scalar == "§" {
        marks.append([line, column])
        continue
      }
      text.unicodeScalars.append(scalar)
      (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
    }
    self.text = text
    self.marks = marks
  }

  /// What is wrong with the text; empty if it is sound.
  func diagnostics(overrides: [String] = []) -> [ScenarioDiagnostic] {
    do throws(ScenarioError) {
      _ = try Scenario(
        yaml: text, file: "test.yaml", overrides: overrides.map(ScenarioOverride.init))
      return []
    } catch {
      return error.diagnostics
    }
  }
}
