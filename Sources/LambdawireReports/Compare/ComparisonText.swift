public import LambdawireModel

/// Eras side by side, as text for a terminal of 80 columns.
public struct ComparisonText: Sendable {
  private let comparison: Comparison
  private let style: TextStyle

  /// Columns that nothing goes beyond.
  private static let width = 80
  /// Columns of an era: its name, and two in front.
  private static let column = 17

  public init(_ comparison: Comparison, style: TextStyle = .plain) {
    self.comparison = comparison
    self.style = style
  }

  /// The text; ends with a line break.
  public var text: String {
    var lines = Wording.wrapped("\(comparison.scenario): \(comparison.title)", width: Self.width)
    lines.append("seed \(comparison.seed), Lambdawire \(comparison.version)")
    lines += [
      "",
      style.heading(row("", comparison.eras.map(\.networking.rawValue))),
    ]
    for section in ComparisonTable(comparison).sections where !section.rows.isEmpty {
      lines.append(style.heading(section.title))
      for row in section.rows {
        let indentation = String(repeating: " ", count: 2 + 2 * row.depth)
        lines.append(self.row(indentation + row.label, row.cells))
      }
    }
    lines += failures + checks
    if let note { lines += [""] + Wording.wrapped(note, width: Self.width) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A label, cut where it would push the cells aside, and the cells under each other.
  private func row(_ label: String, _ cells: [String]) -> String {
    let room = Self.width - Self.column * max(3, cells.count)
    let label = label.count > room ? label.prefix(room - 1) + "…" : label[...]
    var line = label + String(repeating: " ", count: room - label.count)
    for cell in cells {
      line += String(repeating: " ", count: max(1, Self.column - cell.count)) + cell
    }
    return String(line)
  }

  /// Why invokes got no answer, for each era in which some did not.
  private var failures: [String] {
    let eras = comparison.eras.filter { !$0.failures.isEmpty }
    guard !eras.isEmpty else { return [] }
    var lines = [style.heading("why invokes failed")]
    for era in eras {
      for failure in era.failures {
        let count = Wording.count(UInt64(failure.count))
        lines += hanging(
          "\(era.networking.rawValue): \(count) \(failure.phase): \(failure.reason)", indent: 4)
      }
    }
    return lines
  }

  private var checks: [String] {
    var lines = ["", style.heading("held against what was published")]
    for check in comparison.checks {
      let word: String
      switch check.verdict {
      case .passed: word = "ok      "
      case .failed: word = style.alarm("DIFFERS ")
      case .notApplicable: word = "-       "
      }
      let text = hanging("\(check.subject): \(check.found)", indent: 10, first: 10)
      lines.append("  " + word + (text.first?.dropFirst(10) ?? ""))
      lines += text.dropFirst()
      lines += hanging("\(check.published) (\(check.source))", indent: 10, first: 10)
    }
    return lines
  }

  /// Whose packets the latencies are from, if not everybody's.
  private var note: String? {
    guard let era = comparison.eras.first(where: { $0.path.guests < $0.path.environments }) else {
      return nil
    }
    return "Connections and path latency are those of \(Wording.count(UInt64(era.path.guests))) of "
      + "\(Wording.count(UInt64(era.path.environments))) environments."
  }

  /// Text in lines that are indented, the first one less.
  private func hanging(_ text: String, indent: Int, first: Int = 2) -> [String] {
    Wording.wrapped(text, width: Self.width - indent).enumerated().map { number, line in
      String(repeating: " ", count: number == 0 ? first : indent) + line
    }
  }
}
