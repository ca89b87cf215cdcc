public import LambdawireModel

/// A comparison as one HTML page, which needs no network and no script.
///
/// Every plot has its numbers in a table beside it and says in words what it shows. Equal comparisons
/// give equal bytes.
public struct ComparisonPage: Sendable {
  let comparison: Comparison
  let command: String

  /// - Parameters:
  ///   - comparison: What to show.
  ///   - command: The command line that makes the same page again.
  public init(_ comparison: Comparison, command: String) {
    self.comparison = comparison
    self.command = command
  }

  var eras: [EraResult] { comparison.eras }

  /// The page; ends with a line break.
  public var html: String {
    let page = Markup.tag(
      "html", ["lang": "en", "xmlns": "http://www.w3.org/1999/xhtml"],
      .tag(
        "head", [:],
        .tag("meta", ["charset": "utf-8"]),
        .tag(
          "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .tag(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
          ]),
        .tag("title", [:], .text("\(comparison.scenario): cold starts compared")),
        .tag("link", ["rel": "icon", "href": "data:,"]),
        .tag("style", [:], .raw(PageStyle.sheet))),
      .tag(
        "body", [:], header,
        .tag(
          "main", [:],
          [distribution, timeline, addresses, path, invokes, checks, inputs, numbers]), footer))
    return "<!DOCTYPE html>\n" + page.html + "\n"
  }

  // MARK: - Head and foot

  private var header: Markup {
    let count = [1: "one era", 2: "two eras", 3: "three eras"][eras.count] ?? "several eras"
    return .tag(
      "header", [:],
      .tag("h1", [:], .text("What a cold start in a VPC waits for, in \(count)")),
      .tag(
        "p", ["class": "soft"], "Scenario ", .tag("code", [:], .text(comparison.scenario)),
        .text(
          ": \(comparison.title). Seed\u{a0}\(comparison.seed), "
            + "Lambdawire\u{a0}\(comparison.version). Every result is read from the captures and "
            + "events of these runs.")),
      .tag(
        "p", [:],
        """
        Until September 2019, Lambda made a network interface in your subnet for each execution \
        environment while the invoke waited: ten seconds and more, and an address each. On 3 \
        September 2019 AWS announced interfaces that are made when the function is created and \
        shared through Hyperplane; some 300 ms for tunnel and DHCP remained. In April 2026 AWS described \
        how workers make their tunnels beforehand and fill in the customer's VPC with eBPF: 200 µs.
        """,
        .tag(
          "span", ["class": "soft"],
          " (Reported by AWS staff and observed by others: lambda-vpc §2 and §4.2.)")),
      .tag("ul", ["class": "eras"], eras.map(card)))
  }

  private func card(_ era: EraResult) -> Markup {
    let addresses = Wording.count(
      UInt64(max(0, era.interfaces.mostAddresses)), "address", plural: "addresses")
    return .tag(
      "li", ["class": "era \(era.networking.styleName)"],
      .tag("b", [:], .text(era.networking.label)),
      .tag("span", ["class": "soft"], .text(era.networking.years)),
      .tag(
        "span", ["class": "big"], .text(era.startup.map { Self.time($0.median) } ?? "–")),
      .tag("span", [:], .text("median cold start, \(addresses)")))
  }

  private var footer: Markup {
    .tag(
      "footer", [:],
      .tag("h2", [:], "Make this page again"),
      .tag("pre", [:], .tag("code", [:], .text(command))),
      .tag(
        "p", ["class": "soft"],
        """
        Same command and version, same bytes. Beside this page are the numbers as CSV, everything as \
        comparison.json, and for each era what every hop saw: all.pcapng, events.jsonl and \
        summary.txt. Lambdawire is not made by AWS, and nothing in it is AWS's code.
        """))
  }

  // MARK: - Parts of sections

  func section(_ identifier: String, _ title: String, _ content: Markup...) -> Markup {
    .tag(
      "section", ["aria-labelledby": identifier],
      [.tag("h2", ["id": identifier], .text(title))] + content)
  }

  /// A plot in all sizes, and its numbers beside it.
  func figure(_ drawings: [PlotDrawing], beside table: Markup) -> Markup {
    .tag(
      "div", ["class": "split"],
      .tag("figure", [:], drawings.map(\.markup)), scroll("numbers of the plot", table))
  }

  /// What may be wider than the page, and can then be moved with the keyboard too.
  func scroll(_ label: String, _ content: Markup...) -> Markup {
    .tag(
      "div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label], content)
  }

  func table(
    _ caption: String, _ header: [String], _ rows: [[String]], name: String = ""
  ) -> Markup {
    .tag(
      "table", name.isEmpty ? [:] : ["class": name],
      .tag("caption", [:], .text(caption)),
      .tag(
        "thead", [:],
        .tag("tr", [:], header.map { .tag("th", ["scope": "col"], .text($0)) })),
      .tag(
        "tbody", [:],
        rows.map { row in
          .tag(
            "tr", [:],
            row.enumerated().map { number, cell in
              number == 0
                ? .tag("th", ["scope": "row"], .text(cell)) : .tag("td", [:], .text(cell))
            })
        }))
  }

  /// The eras by their colour and line.
  var legend: Markup {
    .tag(
      "ul", ["class": "key"],
      eras.map { era in
        .tag(
          "li", [:],
          .tag(
            "svg",
            [
              "xmlns": "http://www.w3.org/2000/svg", "viewBox": "0 0 34 12", "class": "swatch",
              "aria-hidden": "true",
            ],
            .tag("path", ["class": "curve \(era.networking.styleName)", "d": "M1 6H33"])),
          .text(era.networking.label))
      })
  }

  /// The kinds of steps that there are, by colour.
  var kinds: Markup {
    let present = Set(comparison.acts.map(StartupStep.kind(of:)))
    return .tag(
      "ul", ["class": "key"],
      StartupStep.Kind.allCases.filter(present.contains).map { kind in
        .tag("li", [:], .tag("i", ["class": kind.styleName]), .text(kind.label))
      })
  }

  /// What each era has, in words, such as `Own interface 9.45 s, Hyperplane 457 ms`.
  func list(_ value: (EraResult) -> String?) -> String {
    eras.compactMap { era in value(era).map { "\(era.networking.label) \($0)" } }
      .joined(separator: ", ")
  }
}
