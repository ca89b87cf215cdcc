import LambdaService
import SimulatedTime

/// What Lambda and EC2 had at some time of a run, put together again from its record.
public struct ServiceRecord: Sendable {
  /// What can be asked for.
  public enum Subject: String, Sendable, CaseIterable {
    /// As `aws ec2 describe-network-interfaces` answers, for the interfaces that Lambda made.
    case networkInterfaces = "network-interfaces"
    /// As `aws lambda list-functions` answers: `get-function-configuration` of each.
    case functions
    /// As CloudTrail delivers its log files.
    case cloudTrail = "cloudtrail"
  }

  /// What errors call the file.
  public let path: String
  private var epoch: CalendarTime?
  /// In the order of their making, or of their calls.
  private var interfaces: [DescribedInterface] = []
  private var functions: [DescribedFunction] = []
  private var records: [String] = []

  /// Reads the record of a run.
  ///
  /// - Parameters:
  ///   - path: The folder of a run, or its `events.jsonl`; a hyphen is standard input.
  ///   - time: Up to when what happened counts: a time since the run began, such as `12.5s`, or a
  ///     date; all of it if `nil`.
  /// - Throws: Which line is wrong, or that the time cannot be read.
  public init(path: String, at time: String? = nil) throws(RecordError) {
    var file = path
    if RunFolder.isFolder(path) {
      file = path.hasSuffix("/") ? "\(path)events.jsonl" : "\(path)/events.jsonl"
      guard ScenarioFile.exists(at: file) else { throw .noRecord(folder: path) }
    }
    self.path = file == "-" ? "standard input" : file
    var lines: [(number: Int, line: ServiceLine)] = []
    var reader = try LineReader(path: file)
    var number = 0
    while true {
      number += 1
      let place = (path: self.path, line: number)
      let line = try reader.next { bytes throws(RecordError) in
        do throws(JSONLine.Problem) { return try ServiceLine(bytes) } catch {
          throw .badLine(
            path: place.path, line: place.line, found: error.found, expected: error.expected)
        }
      }
      guard let line else { break }
      switch line.kind {
      case .other: continue
      case .epoch(let date): epoch = date
      case .interface, .function, .functionDeleted, .call: lines.append((number, line))
      }
    }
    guard !lines.isEmpty else { throw .nothingToDescribe(path: self.path) }
    let end = try time.map { text throws(RecordError) in
      try RecordTime.instant(text, epoch: epoch?.nanosecondsSince1970, path: self.path)
    }
    var places: [String: Int] = [:]
    for (_, line) in lines where end.map({ line.time <= $0 }) ?? true {
      take(line, &places)
    }
  }

  /// Takes in one line; a later one about the same thing takes the place of an earlier one.
  private mutating func take(_ line: ServiceLine, _ places: inout [String: Int]) {
    switch line.kind {
    case .interface(let interface):
      if let place = places[interface.identifier] {
        interfaces[place] = interface
      } else {
        places[interface.identifier] = interfaces.count
        interfaces.append(interface)
      }
    case .function(let function):
      if let place = places[function.arn] {
        functions[place] = function
      } else {
        places[function.arn] = functions.count
        functions.append(function)
      }
    case .functionDeleted(let arn):
      // A function of the same name may be made later.
      if let place = places.removeValue(forKey: arn) { functions[place].isDeleted = true }
    case .call(let record): records.append(record)
    case .epoch, .other: break
    }
  }

  /// The answer, as JSON.
  ///
  /// - Returns: The text, and how many things it lists.
  public func describe(_ subject: Subject) -> (text: String, count: Int) {
    let epoch = epoch ?? CalendarTime(nanosecondsSince1970: 0)
    switch subject {
    case .networkInterfaces:
      // What is pending is not listed yet.
      let shown = interfaces.filter { $0.status != .pending && $0.status != .gone }
      let list = JSONValue.object([
        ("NetworkInterfaces", .array(shown.map { JSONValue($0, epoch: epoch) }))
      ])
      return (list.text(step: "    ") + "\n", shown.count)
    case .functions:
      let shown = functions.filter { !$0.isDeleted }
      let list = JSONValue.object([
        ("Functions", .array(shown.map { JSONValue($0, epoch: epoch) }))
      ])
      return (list.text(step: "    ") + "\n", shown.count)
    case .cloudTrail:
      // One call on a line.
      let body = records.map { "\n\($0)" }.joined(separator: ",")
      return ("{\"Records\":[\(body)\n]}\n", records.count)
    }
  }
}
