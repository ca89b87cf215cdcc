import LambdawireModel

extension ComparisonPage {
  /// How long packets are under way, and how many connections there are.
  var path: Markup {
    let measures: [(String, (EraResult) -> SampleSummary?)] = [
      ("first packet out", { $0.path.firstPacket }),
      ("later packets out", { $0.path.laterPackets }), ("packets back", { $0.path.answers }),
    ]
    let rows = measures.flatMap { label, summary in
      eras.compactMap { era in
        summary(era).map { (label: label, era: era, summary: $0) }
      }
    }
    guard !rows.isEmpty else { return .none }
    let plot = BarPlot(
      identifier: "path-plot", title: "Path latency in each era",
      description: "Medians of one way. "
        + measures.map { label, summary in
          "\(label): " + list { summary($0).map { Self.time($0.median) } }
        }.joined(separator: ". ") + ".",
      horizontalTitle: "median of one way",
      rows: rows.map { row in
        BarPlot.Row(
          label: "\(row.label.replacing("packets ", with: "").replacing("packet ", with: "")), "
            + row.era.networking.shortLabel,
          segments: [
            BarPlot.Segment(
              name: row.era.networking.styleName, start: 0, length: Double(row.summary.median))
          ], value: Self.time(row.summary.median))
      }, label: Self.time)
    let sampled = eras.first { $0.path.guests < $0.path.environments }
    return section(
      "path", "4. On the way to the host",
      .tag(
        "p", [:],
        .text(
          "Between the function's own interface and the host's, from the packets' times at both. "
            + "The first packet of a connection pays for look-ups. Questions to the VPC's resolver "
            + "are left out."
            + (sampled.map {
              " Measured on \($0.path.guests) of \($0.path.environments) environments."
            } ?? ""))),
      figure(
        PlotSize.allCases.map(plot.drawing),
        beside: .group([
          table(
            "One way", ["way and era", "p50", "p99", "max", "packets"],
            rows.map { row in
              [
                "\(row.label), \(row.era.networking.shortLabel)",
                Self.time(row.summary.median), Self.time(row.summary.percentile99),
                Self.time(row.summary.maximum), Wording.count(UInt64(row.summary.count)),
              ]
            }),
          table(
            "Connections", ["connections"] + eras.map(\.networking.label),
            [
              ["begun"] + eras.map { Wording.count(UInt64($0.path.connections)) },
              ["most in one second"]
                + eras.map { Wording.count(UInt64($0.path.mostConnectionsPerSecond)) },
            ]),
        ])))
  }

  /// What became of the invokes.
  var invokes: Markup {
    let failures = eras.flatMap { era in
      era.failures.map { failure in
        [
          era.networking.label, Wording.count(UInt64(failure.count)), failure.phase, failure.reason,
        ]
      }
    }
    let arrived = eras.map(\.invocations.all).max() ?? 0
    guard !failures.isEmpty else {
      return section(
        "invokes", "5. Invokes that failed",
        .tag(
          "p", [:],
          .text("None, in any era: all \(Wording.count(UInt64(arrived))) came to their end.")))
    }
    return section(
      "invokes", "5. Invokes that failed",
      .tag("p", [:], .text("Of \(Wording.count(UInt64(arrived))) in each era:")),
      scroll(
        "why invokes failed",
        table("Why", ["era", "invokes", "were", "reason"], failures, name: "wordy")))
  }

  /// What was published, against what came out.
  var checks: Markup {
    let words: [PublishedCheck.Verdict: String] = [
      .passed: "agrees", .failed: "differs", .notApplicable: "not applicable",
    ]
    return section(
      "checks", "6. Held against what was published",
      .tag(
        "ul", ["class": "checks"],
        comparison.checks.map { check in
          .tag(
            "li", [:],
            .tag("b", [:], .text(check.subject)), " ",
            .tag(
              "span", ["class": "tag \(check.verdict.rawValue)"],
              .text(words[check.verdict] ?? check.verdict.rawValue)),
            .tag("br"), .text("Here: \(check.found)."), .tag("br"),
            .tag(
              "span", ["class": "soft"], .text("Expected: \(check.published) (\(check.source)).")))
        }))
  }

  /// Which numbers went in, and how sure they are.
  var inputs: Markup {
    let counts = Setting.Certainty.allCases.map { certainty in
      "\(comparison.settings.count { $0.certainty == certainty }) \(certainty.rawValue)"
    }
    var groups: [String] = []
    for setting in comparison.settings where !groups.contains(setting.group) {
      groups.append(setting.group)
    }
    return section(
      "inputs", "7. What went in",
      .tag(
        "p", [:],
        .text(
          "The model has \(comparison.settings.count) numbers: \(counts.joined(separator: ", ")). "
            + "Each is a setting; what AWS has never published is assumed, and another value may "
            + "be as good. Codes such as A-16 and lambda-vpc §4.2 are explained in the "
            + "documentation, under Facts and assumptions.")),
      .group(
        groups.map { group in
          let settings = comparison.settings.filter { $0.group == group }
          let isChanged = settings.contains { $0.usual != nil }
          let content: [Markup] = [
            .tag(
              "summary", [:],
              .text("\(group) (\(settings.count)\(isChanged ? ", some changed here" : ""))")),
            scroll(group, settingTable(group, settings)),
          ]
          // Those that decide what this page is about.
          return Self.openGroups.contains(group)
            ? .tag("details", ["open": "open"], content) : .tag("details", [:], content)
        }))
  }

  private static let openGroups: Set<String> = ["Network interfaces", "Execution environments"]

  private func settingTable(_ group: String, _ settings: [ComparedSetting]) -> Markup {
    .tag(
      "table", ["class": "wordy"],
      .tag("caption", ["class": "vh"], .text(group)),
      .tag(
        "thead", [:],
        .tag(
          "tr", [:],
          ["setting", "value", "how sure"].map { .tag("th", ["scope": "col"], .text($0)) })),
      .tag(
        "tbody", [:],
        settings.map { setting in
          .tag(
            "tr", [:],
            .tag(
              "th", ["scope": "row"], .tag("code", [:], .text(setting.name)), .tag("br"),
              .tag("span", ["class": "soft"], .text(setting.documentation))),
            .tag(
              "td", [:], .text(setting.value),
              setting.usual.map { .tag("span", ["class": "tag"], .text("usually \($0)")) } ?? .none),
            .tag(
              "td", [:],
              .tag(
                "b", ["class": "sure \(setting.certainty.rawValue)"],
                .text(setting.certainty.rawValue)),
              .tag("br"), .tag("span", ["class": "soft"], .text(setting.source))))
        }))
  }

  /// Everything that the terminal shows.
  var numbers: Markup {
    let header = ["measure"] + eras.map(\.networking.label)
    return section(
      "numbers", "8. All numbers",
      scroll(
        "all numbers",
        .group(
          ComparisonTable(comparison).sections.filter { !$0.rows.isEmpty }.map { section in
            table(
              section.title, header,
              section.rows.map { row in
                [row.depth > 0 ? "… \(row.label)" : row.label] + row.cells
              }, name: "numbers")
          })))
  }
}
