/// Counts what was checked and keeps the first violations of each rule.
struct RuleBook {
  private var checked = [UInt64](repeating: 0, count: Rule.allCases.count)
  private var broken = [UInt64](repeating: 0, count: Rule.allCases.count)
  private var kept = [[Offence]](repeating: [], count: Rule.allCases.count)
  private var notes = [String?](repeating: nil, count: Rule.allCases.count)
  private let limit: Int

  /// A violation as it is kept until the names of files and points are put in.
  struct Offence {
    var frame: FrameNumber?
    var tap: Int?
    var time: Int64?
    var packetID: UInt64?
    var found: String
    var expected: String
  }

  init(findingLimit: Int) {
    limit = max(0, findingLimit)
  }

  /// Notes that `rule` was held against something.
  @inline(__always)
  mutating func check(_ rule: Rule) {
    checked[rule.index] &+= 1
  }

  /// Notes a violation; what is said about it is only composed if it is kept.
  mutating func violate(
    _ rule: Rule, _ sighting: Sighting?, found: @autoclosure () -> String,
    expected: @autoclosure () -> String
  ) {
    broken[rule.index] &+= 1
    guard kept[rule.index].count < limit else { return }
    kept[rule.index].append(
      Offence(
        frame: sighting?.frame, tap: sighting?.tap, time: sighting?.time,
        packetID: sighting?.packetID, found: found(), expected: expected()))
  }

  mutating func note(_ rule: Rule, _ text: String) {
    notes[rule.index] = text
  }

  func results(
    files: [FileSummary], taps: [Tap], points: [PointTable.Point]
  ) -> [RuleResult] {
    Rule.allCases.map { rule in
      RuleResult(
        rule: rule, checkedCount: checked[rule.index], violationCount: broken[rule.index],
        findings: kept[rule.index].map { offence in
          Finding(
            frame: offence.frame.map {
              FrameReference(file: files[$0.file].path, frameNumber: $0.frame)
            }, point: offence.tap.map { points[taps[$0].point].name }, time: offence.time,
            packetID: offence.packetID, found: offence.found, expected: offence.expected)
        }, note: notes[rule.index])
    }
  }
}

extension Rule {
  /// Position among all rules.
  var index: Int {
    switch self {
    case .wellFormed: 0
    case .checksumIPv4: 1
    case .checksumTCP: 2
    case .checksumUDP: 3
    case .checksumICMP: 4
    case .oneInsidePerOutside: 5
    case .oneOutsidePerInside: 6
    case .reversePath: 7
    case .portRange: 8
    case .addressExchange: 9
    case .origin: 10
    case .timeOrder: 11
    case .latencySum: 12
    case .payloadUnchanged: 13
    case .timeToLive: 14
    case .idleTimeout: 15
    case .admission: 16
    case .expectedTranslations: 17
    }
  }
}
