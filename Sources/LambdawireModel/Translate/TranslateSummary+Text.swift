import PacketFormats
import AddressTranslation

extension TranslateSummary {
  /// The summary for people, at most 80 columns wide where it can be.
  public var text: String {
    var lines: [String] = []
    func line(_ label: String, _ value: String) {
      lines.append(label + String(repeating: " ", count: max(1, 16 - label.count)) + value)
    }
    func detail(_ count: UInt64, _ words: String) {
      if count > 0 { lines.append("  \(Self.grouped(count)) \(words)") }
    }
    line("capture", options.input == "-" ? "standard input" : options.input)
    line(
      "packets",
      "\(Self.grouped(packetCount)) over \(Duration.nanoseconds(duration).inSeconds)")
    detail(cutCount, "of which the capture holds only the beginning, translated all the same")
    detail(
      backwardCount,
      "earlier than one before, by up to \(Duration.nanoseconds(largestStepBack).inSeconds); the "
        + "translator's time stood still")
    detail(timelessCount, "without a time, taken for that of the one before")
    line("through", options.behaviorName)
    line("inside", options.inside.map(\.description).joined(separator: ", "))
    line("outside", options.outside.map(\.description).joined(separator: ", "))
    line(
      "translations",
      "\(Self.grouped(counters.made)) made, \(Self.grouped(counters.ended)) ended, "
        + "\(Self.grouped(mostActive)) at once at most")
    line(
      "translated",
      "\(Self.grouped(counters.translatedOutbound)) out, "
        + "\(Self.grouped(counters.translatedInbound)) in")
    detail(readdressedCount, "answers captured inside, addressed anew for the outside")
    detail(counters.hairpinned, "from inside and back there")
    detail(counters.passed, "passed unchanged")
    detail(heldCount, "kept at the end, because it was not known what becomes of them")
    detail(madeCount, "answers made by the translator")
    line("dropped", droppedCount == 0 ? "none" : Self.grouped(droppedCount))
    for reason in DropReason.allCases { detail(counters[reason], "\(reason.sentence)") }
    detail(counters.resetSenders, "\(DropReason.midConnection.sentence); a RST was sent")
    detail(unansweredCount, "of all these are answers captured inside")
    let left = otherCount + localCount + elsewhereCount + unreadableCutCount
    if left > 0 {
      line("left alone", Self.grouped(left))
      detail(otherCount, "not IPv4")
      detail(localCount, "from inside to inside")
      detail(elsewhereCount, "between others: neither end is inside or the translator")
      detail(unreadableCutCount, "cut before the end of their headers")
    }
    for linkType in unknownLinkTypes {
      lines.append("  link type \(linkType) cannot be read: its frames were left alone")
    }
    lines += ["", "As AWS counts them for a NAT gateway:"]
    for metric in natGatewayMetrics where metric.value > 0 {
      let value = Self.grouped(metric.value)
      let room = max(1, 44 - 2 - metric.name.count - value.count)
      lines.append("  \(metric.name)\(String(repeating: " ", count: room))\(value)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A number with a comma before every third digit.
  static func grouped(_ value: UInt64) -> String {
    let digits = String(value)
    var text = ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// The summary for programs.
  public var json: String {
    func number(_ value: UInt64) -> JSONValue { .integer(Int(clamping: value)) }
    let drops = DropReason.allCases.filter { counters[$0] > 0 }.map { reason in
      (reason.code, number(counters[reason]))
    }
    var value: JSONValue = [
      "input": .string(options.input), "output": .string(options.output),
      "behavior": .string(options.behaviorName),
      "inside": .array(options.inside.map { .string($0.description) }),
      "outside": .array(options.outside.map { .string($0.description) }),
      "seed": .integer(Int(clamping: options.seed)),
      "packets": number(packetCount), "records": number(recordCount),
      "durationNanoseconds": .integer(Int(duration)),
      "translationsMade": number(counters.made),
      "translationsEnded": number(counters.ended),
      "translatedOut": number(counters.translatedOutbound),
      "translatedIn": number(counters.translatedInbound),
      "hairpinned": number(counters.hairpinned), "readdressed": number(readdressedCount),
      "passed": number(counters.passed), "held": number(heldCount),
      "made": number(madeCount), "dropped": number(droppedCount),
      "drops": .object(drops), "resetSenders": number(counters.resetSenders),
      "refused": number(counters.refused),
      "unanswered": number(unansweredCount), "notIPv4": number(otherCount),
      "insideToInside": number(localCount), "betweenOthers": number(elsewhereCount),
      "cut": number(cutCount), "cutTooShort": number(unreadableCutCount),
      "backward": number(backwardCount),
      "largestStepBackNanoseconds": .integer(Int(largestStepBack)),
      "withoutTime": number(timelessCount),
      "unknownLinkTypes": .array(unknownLinkTypes.map { .integer(Int($0)) }),
      "interrupted": .bool(isInterrupted),
      "metrics": .object(natGatewayMetrics.map { ($0.name, number($0.value)) }),
    ]
    if let inputProblem { value = value.adding(("inputProblem", .string(inputProblem))) }
    return value.text() + "\n"
  }
}
