/// The table of requirements as Markdown that reads well as plain text, too.
enum RequirementTable {
  private static let titles = [
    "4787": "RFC 4787: UDP", "5382": "RFC 5382: TCP", "5508": "RFC 5508: ICMP",
    "6888": "RFC 6888: carrier-grade translators", "7857": "RFC 7857: updates",
  ]

  static var markdown: String {
    var lines: [String] = []
    for rfc in ["4787", "5382", "5508", "6888", "7857"] {
      let requirements = Requirement.all.filter { $0.rfc == rfc }
      lines += ["### \(titles[rfc] ?? rfc)", ""] + table(of: requirements) + [""]
      lines += reasons(of: requirements) + [""]
    }
    return lines.dropLast().joined(separator: "\n")
  }

  /// One row for each requirement, its columns aligned.
  private static func table(of requirements: [Requirement]) -> [String] {
    var rows = [["§", "Level", "Requirement"] + Profile.allCases.map(\.rawValue)]
    rows[0].insert("", at: 0)
    for requirement in requirements {
      rows.append(
        [name(of: requirement), requirement.section, requirement.level.rawValue, requirement.text]
          + Profile.allCases.map { requirement.statement(of: $0)?.standing.rawValue ?? "?" })
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      "| "
        + zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
        .joined(separator: " | ") + " |"
    }
    let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) + "|" }.joined()
    return [line(rows[0]), rule] + rows.dropFirst().map(line)
  }

  /// Why what is not met is not met, and why what does not apply does not.
  private static func reasons(of requirements: [Requirement]) -> [String] {
    var lines: [String] = []
    for requirement in requirements {
      for statement in requirement.statements {
        guard let why = statement.why else { continue }
        let who =
          statement.profiles == .all
          ? "" : " " + statement.profiles.map(\.rawValue).joined(separator: ", ")
        lines.append("- \(name(of: requirement)) \(statement.standing.rawValue)\(who): \(why)")
      }
    }
    return lines
  }

  /// A requirement's name within its RFC.
  private static func name(of requirement: Requirement) -> String {
    String(requirement.id.dropFirst(5))
  }
}
