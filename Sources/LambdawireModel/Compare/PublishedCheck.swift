/// Something that was published about an era, held against what the model did.
public struct PublishedCheck: Hashable, Sendable, Encodable {
  public enum Verdict: String, Hashable, Sendable, Encodable {
    case passed
    case failed
    /// An era is missing, or nothing of the kind happened.
    case notApplicable
  }

  /// What it is about, in a few words.
  public var subject: String
  /// What was published.
  public var published: String
  /// Where.
  public var source: String
  /// What the runs show.
  public var found: String
  public var verdict: Verdict
}

extension PublishedCheck {
  private static let second: Int64 = 1_000_000_000
  private static let millisecond: Int64 = 1_000_000

  /// Every check, in the order of the eras.
  package static func all(_ eras: [EraResult], _ settings: ModelSettings) -> [PublishedCheck] {
    func era(_ networking: Scenario.Networking) -> EraResult? {
      eras.first { $0.networking == networking }
    }
    let (own, shared, mapped) = (era(.perEnvironment), era(.hyperplane), era(.hyperplaneEBPF))
    return [
      sameArrivals(eras), ownOverhead(own), sharedOverhead(shared), mappedGain(shared, mapped),
      capacity(shared ?? mapped, settings), ownAddresses(own), sharedAddresses(shared ?? mapped),
    ]
  }

  private static func sameArrivals(_ eras: [EraResult]) -> PublishedCheck {
    let first = eras.first?.arrivals ?? []
    let isSame = eras.allSatisfy { $0.arrivals == first }
    return PublishedCheck(
      subject: "The comparison is fair",
      published: "The same invocations arrive at the same times in every era",
      source: "this comparison",
      found: eras.count < 2
        ? "one era only" : "\(first.count) invocations, arrivals \(isSame ? "equal" : "differ")",
      verdict: eras.count < 2 || first.isEmpty ? .notApplicable : isSame ? .passed : .failed)
  }

  private static func ownOverhead(_ era: EraResult?) -> PublishedCheck {
    let share = era?.networkShare
    return PublishedCheck(
      subject: "Overhead of an own interface",
      published:
        "\"10 s or more\" on a cold start, 3 to 15 s seen; median expected within 8 to 14 s",
      source: "lambda-vpc §2, observed and reported",
      found: found(share) { "median \(tenths($0))" },
      verdict: verdict(median(share).map { (8 * second...14 * second).contains($0) }))
  }

  private static func sharedOverhead(_ era: EraResult?) -> PublishedCheck {
    let share = era?.networkShare
    return PublishedCheck(
      subject: "Overhead with a shared interface",
      published: "Less than 1 s of platform overhead; about 300 ms for tunnel and DHCP",
      source: "lambda-vpc §2 and §4.2, reported",
      found: found(share) { "median \(milliseconds($0))" },
      verdict: verdict(median(share).map { $0 < second }))
  }

  private static func mappedGain(_ shared: EraResult?, _ mapped: EraResult?) -> PublishedCheck {
    var gain: Int64?
    if let before = median(shared?.startup), let after = median(mapped?.startup) {
      gain = before - after
    }
    return PublishedCheck(
      subject: "What eBPF saves",
      published: "Some 300 ms of a cold start, expected within 250 to 350 ms",
      source: "lambda-vpc §4.2, reported",
      found: gain.map { "medians differ by \(milliseconds($0))" }
        ?? "not both eras compared, or too few cold starts to judge",
      verdict: verdict(gain.map { (250 * millisecond...350 * millisecond).contains($0) }))
  }

  private static func capacity(_ era: EraResult?, _ settings: ModelSettings) -> PublishedCheck {
    let ports = settings.natLastPort - settings.natFirstPort + 1
    return PublishedCheck(
      subject: "Connections of a shared interface",
      published: "Up to 65,000, from ports 1024 to 65535, which are 64,512",
      source: "lambda-vpc §3.1, documented",
      found: era.map {
        "\(ports) ports to give (nat-first-port, nat-last-port); most in use \($0.mostTranslations)"
      } ?? "no such era compared",
      verdict: verdict(
        era.map { (64_000...65_000).contains(ports) && $0.mostTranslations <= ports }))
  }

  private static func ownAddresses(_ era: EraResult?) -> PublishedCheck {
    PublishedCheck(
      subject: "Addresses with own interfaces",
      published: "One of the subnet for each environment, until it has none left",
      source: "lambda-vpc §2, documented then",
      found: era.map {
        "most \($0.interfaces.mostAddresses) for \($0.mostReady) environments that started, "
          + "\($0.interfaces.capacity) to give"
      } ?? "no such era compared",
      // An interface may outlive its environment, so there may be more.
      verdict: verdict(
        era.flatMap { $0.mostReady > 1 ? $0.interfaces.mostAddresses >= $0.mostReady : nil }))
  }

  private static func sharedAddresses(_ era: EraResult?) -> PublishedCheck {
    // One address is one interface; how many there are depends on subnets, groups and ports in use.
    let applies = era.map { $0.mostEnvironments > 1 && $0.interfaces.mostAddresses > 0 } ?? false
    return PublishedCheck(
      subject: "Addresses with shared interfaces",
      published: "One for each subnet and set of security groups, however many environments",
      source: "lambda-vpc §3.1, documented",
      found: era.map {
        "most \($0.interfaces.mostAddresses) for \($0.mostEnvironments) environments"
      } ?? "no such era compared",
      verdict: verdict(applies ? era.map { $0.interfaces.madeOnInvoke == 0 } : nil))
  }

  /// Medians of fewer cold starts say more about chance than about an era.
  private static let fewest = 20

  /// The median, if there are enough to judge it.
  private static func median(_ summary: SampleSummary?) -> Int64? {
    summary.flatMap { $0.count < fewest ? nil : $0.median }
  }

  /// What was found, and whether it is enough.
  private static func found(_ summary: SampleSummary?, _ words: (Int64) -> String) -> String {
    guard let summary else { return "no such cold start" }
    let count = summary.count
    return words(summary.median)
      + (count < fewest ? " of \(count) cold start\(count == 1 ? "" : "s"), too few to judge" : "")
  }

  private static func verdict(_ isSo: Bool?) -> Verdict {
    switch isSo {
    case nil: .notApplicable
    case true?: .passed
    case false?: .failed
    }
  }

  /// In seconds with one decimal, rounded.
  private static func tenths(_ nanoseconds: Int64) -> String {
    let tenths = (nanoseconds + second / 20) / (second / 10)
    return "\(tenths / 10).\(tenths % 10) s"
  }

  /// In whole milliseconds, rounded.
  private static func milliseconds(_ nanoseconds: Int64) -> String {
    let half = nanoseconds < 0 ? -millisecond / 2 : millisecond / 2
    return "\((nanoseconds + half) / millisecond) ms"
  }
}
