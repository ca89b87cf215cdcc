public import LambdawireModel

/// Whether a packet gets there, as text for a terminal.
public struct ReachText: Sendable {
  private let result: Reachability
  private let style: TextStyle

  public init(_ result: Reachability, style: TextStyle = .plain) {
    self.result = result
    self.style = style
  }

  /// The text; ends with a line break.
  public var text: String {
    let port = result.port.map { " port \($0)" } ?? ""
    var lines = ["\(result.from) to \(result.to), \(result.protocol)\(port)"]
    if let time = result.configuration { lines.append(Wording.configuration(asOf: time)) }
    lines.append(verdict)
    lines += section("FORWARD", result.forward)
    if !result.back.isEmpty { lines += section("BACK", result.back) }
    if !result.remedies.isEmpty {
      lines += [
        "",
        style.heading(result.remedies.count == 1 ? "WHAT WOULD HELP" : "WHAT WOULD HELP, TOGETHER"),
      ]
      for remedy in result.remedies { lines += wrapped(remedy, indent: "  ") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var verdict: String {
    guard let culprit = result.culprit else { return "reachable, and the answer comes back" }
    let way = result.blockedWay == "back" ? "the answer is stopped" : "stopped on the way there"
    return "\(style.alarm("not reachable")): \(way) by \(culprit.kind) \(culprit.name)"
  }

  private func section(_ title: String, _ components: [Reachability.Component]) -> [String] {
    var lines = ["", style.heading(title)]
    var addresses = ""
    for component in components {
      let now = "\(component.source) > \(component.destination)"
      if now != addresses {
        lines.append("  \(now)")
        addresses = now
      }
      let isStopped = component.verdict == "reject"
      let place = component.vpc.map { ", \($0)" } ?? ""
      let mark = isStopped ? style.alarm("x") : "+"
      lines.append("  \(mark) \(component.kind) \(component.name)\(place)")
      lines += wrapped("\(component.sentence) [\(component.code)]", indent: "      ")
    }
    return lines
  }

  private func wrapped(_ text: String, indent: String) -> [String] {
    Wording.wrapped(text, width: 80 - indent.count).map { indent + $0 }
  }
}
