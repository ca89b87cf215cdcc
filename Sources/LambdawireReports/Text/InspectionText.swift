public import CaptureInspection
import Foundation
import PacketFormats

/// What captures show, as text for a terminal.
public struct InspectionText: Sendable {
  /// Most lines of one kind in a row; what is left out is counted.
  public var rowLimit: Int
  /// Whether flows are shown at every point, and not only at the two ends of the path.
  public var showsEveryPoint: Bool
  public var style: TextStyle
  private let analysis: CaptureAnalysis

  /// - Parameters:
  ///   - analysis: What captures show.
  ///   - rowLimit: Most lines of one kind in a row; what is left out is counted.
  ///   - showsEveryPoint: Whether flows are shown at every point, and not only at the two ends.
  ///   - style: How headings are marked.
  public init(
    _ analysis: CaptureAnalysis, rowLimit: Int = 10, showsEveryPoint: Bool = false,
    style: TextStyle = .plain
  ) {
    self.analysis = analysis
    self.rowLimit = max(0, rowLimit)
    self.showsEveryPoint = showsEveryPoint
    self.style = style
  }

  /// The text; ends with a line break.
  public var text: String {
    let sections = [summary, points, flows, translations, latencies, drops]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  // MARK: Sections

  private var summary: [String] {
    var lines = analysis.files.map { file in
      "\(file.path): \(Wording.count(file.packetCount, "packet"))"
        + (file.error == nil ? "" : ", not read to its end")
    }
    if lines.count > rowLimit + 1 {
      let rest = lines.count - rowLimit
      lines = lines.prefix(rowLimit) + ["and \(rest) more files"]
    }
    if let first = analysis.firstTime, let last = analysis.lastTime {
      let (elapsed, overflow) = last.subtractingReportingOverflow(first)
      lines.append(
        "\(Wording.count(analysis.packetCount, "frame")) from \(Self.date(first)), "
          + "over \(Wording.time(overflow ? .max : elapsed))")
    }
    if let problem = analysis.problem {
      lines += Wording.wrapped("note: \(problem)", width: 80).map { style.alarm($0) }
    }
    if analysis.underWayCount > 0 {
      lines.append(
        "\(Wording.count(analysis.underWayCount, "packet")) still under way when the captures end")
    }
    if analysis.givenUpCount > 0 {
      lines.append(
        "\(Wording.count(analysis.givenUpCount, "packet")) lost sight of: too many at a time")
    }
    return lines
  }

  private var points: [String] {
    guard !analysis.points.isEmpty else { return [] }
    var table = TextTable(
      [.left, .right, .right, .left], header: ["point", "frames", "bytes", "interface"])
    for point in analysis.points.prefix(rowLimit) {
      var remarks = [Wording.short(point.label)]
      if point.malformedCount > 0 { remarks.append("\(point.malformedCount) malformed") }
      if point.duplicateCount > 0 { remarks.append("\(point.duplicateCount) duplicates") }
      if point.unmatchedCount > 0 { remarks.append("\(point.unmatchedCount) seen nowhere else") }
      table.add(
        point.point, Wording.count(point.packetCount), Wording.count(point.byteCount),
        remarks.filter { !$0.isEmpty }.joined(separator: ", "))
    }
    return [style.heading("CAPTURE POINTS")] + table.lines
      + rest(analysis.points.count, "interface")
  }

  private var flows: [String] {
    guard !analysis.flows.isEmpty else { return [style.heading("FLOWS"), "  none"] }
    var lines: [String] = []
    // One flow looks the same at every point but for its addresses, which translations show.
    let ends = [analysis.flows.first?.point, analysis.flows.last?.point]
    let shown = analysis.flows.filter { showsEveryPoint || ends.contains($0.point) }
    for group in Self.runs(of: shown, by: { "\($0.point) \($0.label)" }) {
      guard let first = group.first else { continue }
      let label = Wording.short(first.label)
      var table = TextTable(
        [.left, .right, .right, .right, .left], foldingAt: 1, width: Self.width)
      for flow in group.prefix(rowLimit) {
        // A rare protocol with a long name does not move all others.
        let name = "\(flow.protocol)"
        table.add(
          name + String(repeating: " ", count: max(1, 5 - name.count))
            + Self.pair(flow.initiator, flow.responder, flow.protocol),
          "\(flow.forward.packetCount)/\(flow.backward.packetCount)",
          "\(flow.forward.byteCount)/\(flow.backward.byteCount)",
          Self.duration(of: flow), Self.state(of: flow))
      }
      lines.append(
        style.heading("FLOWS at \(first.point)\(label.isEmpty ? "" : ", \(label)")")
          + (lines.isEmpty ? " (packets and bytes: there/back)" : ""))
      lines += table.lines + rest(group.count, "flow")
    }
    return lines
  }

  /// How long a flow was seen; a file can have its frames in any order.
  private static func duration(of flow: Flow) -> String {
    flow.duration < 0 ? Wording.time(flow.duration) : Wording.shortTime(flow.duration)
  }

  private static func state(of flow: Flow) -> String {
    let repeated = flow.forward.retransmissionCount + flow.backward.retransmissionCount
    let state = flow.state?.rawValue ?? ""
    return repeated == 0 ? state : "\(state), \(repeated) retransmitted"
  }

  private var translations: [String] {
    guard !analysis.translations.isEmpty else { return [style.heading("TRANSLATIONS"), "  none"] }
    var lines: [String] = []
    for group in Self.runs(of: analysis.translations, by: { $0.crossing.description }) {
      guard let first = group.first else { continue }
      // Most runs have one environment, or one that all flows of a crossing come from.
      let environment = first.environment.flatMap { name in
        group.allSatisfy { $0.environment == name } ? Wording.short(name) : nil
      }
      lines.append(
        style.heading(
          "TRANSLATIONS \(first.crossing)\(environment.map { ", \($0)" } ?? "")"))
      if lines.count == 1 { lines.append("  (inside → outside, remote end, packets: out/in)") }
      let remembered = group.filter { !$0.method.isExchange }
      var table = TextTable([.left, .left, .left, .right, .left], foldingAt: 2, width: Self.width)
      for translation in remembered.prefix(rowLimit) {
        let changed =
          translation.remote == translation.outsideRemote
          ? "" : " (seen as \(translation.outsideRemote))"
        table.add(
          "\(translation.protocol)", "\(translation.inside) → \(translation.outside)",
          "\(translation.remote)\(changed)",
          "\(translation.outwardCount)/\(translation.inwardCount)",
          environment == nil ? translation.environment.map(Wording.short) ?? "" : "")
      }
      lines += table.lines + rest(remembered.count, "translation")
      let exchanges = AddressExchange.all(in: group)
      table = TextTable([.left, .left, .right, .left], foldingAt: 1, width: Self.width)
      for exchange in exchanges.prefix(rowLimit) {
        table.add(
          "\(exchange.inside) → \(exchange.outside)",
          "\(exchange.words), \(Wording.count(exchange.flowCount, "flow"))",
          "\(exchange.outwardCount)/\(exchange.inwardCount)",
          environment == nil ? exchange.environment.map(Wording.short) ?? "" : "")
      }
      lines += table.lines + rest(exchanges.count, "exchange")
    }
    return lines
  }

  private var latencies: [String] {
    guard !analysis.latencies.isEmpty else { return [] }
    var table = TextTable(
      [.left, .right, .right, .right, .right, .right],
      header: ["from → to", "count", "min", "median", "p99", "max"], foldingAt: 1)
    for latency in analysis.latencies {
      let times = [latency.minimum, latency.median, latency.percentile99, latency.maximum]
        .map(Wording.shortTime)
      table.add(
        (latency.isWholePath ? "in all: " : "") + "\(latency.from) → \(latency.to)",
        Wording.count(latency.count), times[0], times[1], times[2], times[3])
    }
    return [style.heading("LATENCY")] + table.lines
  }

  private var drops: [String] {
    guard !analysis.drops.isEmpty || analysis.otherDropCount > 0 else {
      return [style.heading("DROPS"), "  none"]
    }
    var lines = [style.heading("DROPS")]
    for drop in analysis.drops.prefix(rowLimit) {
      // Who is seen no further may have got beyond the point that saw it last.
      let (preposition, evidence) =
        drop.evidence == .verdict
        ? ("at", "marked as dropped in the capture") : ("after", "not seen any further")
      let way = drop.direction.map { ", \($0.rawValue)" } ?? ""
      let pair = Self.pair(drop.source, drop.destination, drop.protocol)
      let text =
        "\(Wording.count(drop.count)) \(preposition) \(drop.point)\(way): \(drop.protocol) \(pair)"
      lines += Wording.wrapped(text, width: 76).enumerated().map {
        ($0.offset == 0 ? "  " : "    ") + $0.element
      }
      lines.append("    \(evidence); first in \(drop.firstFrame)")
    }
    lines += rest(analysis.drops.count, "flow")
    if analysis.otherDropCount > 0 {
      lines.append("  \(Wording.count(analysis.otherDropCount)) that belong to no flow")
    }
    return lines
  }

  // MARK: Parts

  /// What rows of two ends and their numbers should fit into, in characters: IPv4 ones with small numbers
  /// keep within 80.
  private static let width = 84

  /// Two ends; without ports where the protocol has none.
  private static func pair(
    _ source: Endpoint, _ destination: Endpoint, _ transport: IPProtocol
  ) -> String {
    guard source.port == 0, destination.port == 0, transport != .tcp, transport != .udp else {
      return "\(source) → \(destination)"
    }
    return "\(source.address) → \(destination.address)"
  }

  private func rest(_ count: Int, _ noun: String) -> [String] {
    guard count > rowLimit else { return [] }
    return ["  and \(Wording.count(UInt64(count - rowLimit), "more \(noun)"))"]
  }

  /// Neighbours with equal keys, together.
  private static func runs<Value>(of values: [Value], by key: (Value) -> String) -> [[Value]] {
    var groups: [[Value]] = []
    var last: String?
    for value in values {
      let name = key(value)
      if name == last, !groups.isEmpty {
        groups[groups.count - 1].append(value)
      } else {
        groups.append([value])
      }
      last = name
    }
    return groups
  }

  /// A time of a capture in the form of RFC 3339, to the microsecond.
  private static func date(_ nanoseconds: Int64) -> String {
    var (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest < 0 { (seconds, rest) = (seconds - 1, rest + 1_000_000_000) }
    rest /= 1000
    let date = Date(timeIntervalSince1970: TimeInterval(seconds))
    let text = date.formatted(.iso8601)
    let digits = String(rest)
    return text.dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
  }
}
