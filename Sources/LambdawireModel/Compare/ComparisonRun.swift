import CaptureFiles
import EventSimulation
import PacketFormats
import SimulatedTime

/// A scenario about to be run in several eras.
public struct ComparisonRun {
  public let scenario: Scenario
  /// What the scenario is called in files.
  public let name: String
  /// In the order in which they are run.
  public let eras: [Scenario.Networking]

  /// A text that goes into the folder of a comparison.
  public struct Document: Sendable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Most environments whose packets are measured; of more, these are spread evenly over all.
  private static let guestLimit = 1024

  /// - Throws: that there is nothing to compare.
  public init(
    _ scenario: Scenario, name: String, eras: [Scenario.Networking]
  ) throws(ComparisonError) {
    for (number, era) in eras.enumerated() where eras[..<number].contains(era) {
      throw .repeatedEra(era.rawValue)
    }
    guard !eras.isEmpty else { throw .noEra }
    guard !scenario.functions.isEmpty, !scenario.traffic.isEmpty else {
      throw .nothingInvoked(scenario: name, functions: scenario.functions.count)
    }
    self.scenario = scenario
    self.name = name
    self.eras = eras
  }

  /// Runs every era and keeps nothing on disk.
  ///
  /// - Parameters:
  ///   - observe: Told now and then how far the run of an era has come.
  ///   - shouldStop: Asked now and then whether the user has had enough.
  /// - Returns: The eras in the order of ``eras``.
  /// - Throws: ``ComparisonError/interrupted``, ``OutputError``, ``ModelError`` or
  ///   `CaptureFileError`.
  public func execute(
    observe: (Scenario.Networking, Run.Progress) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Comparison {
    let folder = try ScratchFolder()
    return try compare(in: folder.path, keepsCaptures: false, observe, shouldStop)
  }

  /// Runs every era and writes a new folder: the run of each era below its name, and documents.
  ///
  /// - Parameters:
  ///   - path: The folder to make.
  ///   - replacing: Whether one that is there is replaced.
  ///   - documents: What to write besides; one of them is called ``documentName``.
  ///   - observe: Told now and then how far the run of an era has come.
  ///   - shouldStop: Asked now and then whether the user has had enough.
  /// - Returns: The eras in the order of ``eras``.
  /// - Throws: ``ComparisonError/interrupted``, ``OutputError``, ``ModelError`` or
  ///   `CaptureFileError`; then there is no folder.
  public func execute(
    in path: String, replacing: Bool = false, documents: (Comparison) -> [Document],
    observe: (Scenario.Networking, Run.Progress) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Comparison {
    let folder = try OutputFolder.make(path, replacing: replacing)
    let comparison: Comparison
    do {
      comparison = try compare(in: folder.workingPath, keepsCaptures: true, observe, shouldStop)
    } catch {
      throw folder.renaming(error)
    }
    for document in documents(comparison) { try folder.write(document.text, to: document.name) }
    try folder.complete()
    return comparison
  }

  /// What marks a folder as one that may be replaced.
  public static let documentName = "comparison.json"

  private func compare(
    in folder: String, keepsCaptures: Bool,
    _ observe: (Scenario.Networking, Run.Progress) -> Void, _ shouldStop: () -> Bool
  ) throws -> Comparison {
    var results: [EraResult] = []
    for era in eras {
      results.append(
        try result(era, in: "\(folder)/\(era.rawValue)", keepsCaptures, observe, shouldStop))
    }
    return Comparison(
      scenario: name, title: scenario.title, seed: scenario.seed, eras: results,
      checks: PublishedCheck.all(results, scenario.settings),
      settings: ComparedSetting.all(of: scenario.settings))
  }

  private func result(
    _ era: Scenario.Networking, in folder: String, _ keepsCaptures: Bool,
    _ observe: (Scenario.Networking, Run.Progress) -> Void, _ shouldStop: () -> Bool
  ) throws -> EraResult {
    let layouts = try WorldPlan.plans(of: scenario, networking: era).map {
      TapLayout($0, scenario.settings)
    }
    let all = layouts.flatMap { $0.guests.map(\.qualifiedName) }
    let guests = Self.spread(all, limit: Self.guestLimit)
    let others =
      keepsCaptures ? TapLayout.names(of: layouts).filter { $0 != "guest" } : ["destination"]
    let options = RunOptions(
      networking: era, files: .merged, annotations: keepsCaptures ? .changes : .none,
      taps: others + guests)
    let summary = try Run(scenario, name: name, options: options).execute(
      in: folder, observe: { observe(era, $0) }, shouldStop: shouldStop)
    guard !summary.isInterrupted else { throw ComparisonError.interrupted }
    var path = PathReader()
    try path.read("\(folder)/all.pcapng")
    return try Self.record("\(folder)/events.jsonl").result(
      era, duration: summary.duration.wholeNanoseconds, capacity: addressCapacity,
      path: path.measurement(guests: guests.count, of: all.count))
  }

  /// At most `limit` of `names`, as far apart as they can be.
  package static func spread(_ names: [String], limit: Int) -> [String] {
    guard names.count > limit else { return names }
    return (0..<limit).map { names[$0 * names.count / limit] }
  }

  /// Reads what a run has written down.
  private static func record(_ file: String) throws(RecordError) -> EraRecord {
    var record = EraRecord()
    var reader = try LineReader(path: file)
    var number = 0
    while true {
      number += 1
      let place = number
      let line = try reader.next { bytes throws(RecordError) in
        do throws(JSONLine.Problem) { return try EventLine(bytes) } catch {
          throw .badLine(path: file, line: place, found: error.found, expected: error.expected)
        }
      }
      guard let line else { return record }
      record.add(line)
    }
  }

  /// Addresses that Lambda may take in the functions' subnets: without the five that AWS keeps, and
  /// without those of hosts.
  private var addressCapacity: Int {
    var counted: Set<[String]> = []
    var capacity = 0
    for function in scenario.functions {
      guard let vpc = scenario.vpc(named: function.vpc) else { continue }
      for name in function.subnets where counted.insert([function.vpc, name]).inserted {
        guard let subnet = vpc.subnet(named: name) else { continue }
        capacity += max(0, subnet.prefix.count - 5) - vpc.hosts.count { $0.subnet == name }
      }
    }
    return capacity
  }
}
