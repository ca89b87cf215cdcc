import SimulatedTime
import VirtualNetwork

extension Grammar {
  enum FlowLog {
    static let traffic = Key<VirtualNetwork.FlowLog.Traffic>(
      "traffic", .choice, .defaulted("all"),
      "Which traffic it records: what was accepted, what was rejected, or both.")
    static let interval = Key<VirtualNetwork.FlowLog.Interval>(
      "interval", .aggregationInterval, .defaulted("600 s"),
      "The most time that goes into one record; interfaces of hosts and of Lambda keep to 60 s "
        + "whatever it says (A-85, F-06).")
    static let format = Key<FlowLogFormat>(
      "format", .flowLogFormat, .optional("the default format, all fields of version 2"),
      "The fields of a record, each written `${field}`.")
    static let fileFormat = Key<Scenario.FlowLog.FileFormat>(
      "file-format", .choice, .defaulted("plain-text"),
      "Text compressed with gzip, or CSV with the column names of AWS's Parquet files.")
    static let hivePrefixes = Key<YesOrNo>(
      "hive-prefixes", .choice, .defaulted("no"),
      "Whether folders are called `year=2026` and so on, for tools like Hive.")
    static let hourly = Key<YesOrNo>(
      "hourly", .choice, .defaulted("no"),
      "Whether each hour has a folder of its own, and not each day.")
    static let subnet = Key<String>(
      "subnet", .reference(to: "a subnet of this VPC"), .optional("the whole VPC"),
      "The subnet whose interfaces are recorded.")
    static let host = Key<String>(
      "host", .reference(to: "a host of this VPC"), .optional("the whole VPC"),
      "The host whose interface is recorded.")

    static let section = Section(
      name: "flow log",
      documentation:
        "A flow log, named by its key, of the VPC or of a subnet or a host in it. Its files are in "
        + "`flow-logs/`, laid out as in a bucket of S3.",
      keys: [
        traffic.declaration, interval.declaration, format.declaration, fileFormat.declaration,
        hivePrefixes.declaration, hourly.declaration, subnet.declaration, host.declaration,
      ])
  }
}

extension ValueType<VirtualNetwork.FlowLog.Interval> {
  /// One of the two intervals that flow logs have (EC2 API, `MaxAggregationInterval`).
  static let aggregationInterval = Self.text(
    "`60 s` or `600 s`", schema: ["type": "string", "pattern": .string(UnitTable.duration.pattern)]
  ) { text throws(ValueProblem) in
    let length = try UnitTable.duration.parse(text)
    let known = VirtualNetwork.FlowLog.Interval.allCases.first {
      Int($0.seconds) * 1_000_000_000 == length
    }
    guard let known else { throw ValueProblem() }
    return known
  }
}

extension ValueType<FlowLogFormat> {
  /// The fields of a flow log's records, as `CreateFlowLogs` takes them.
  static let flowLogFormat = Self.text(
    "fields of flow logs such as `${srcaddr} ${dstaddr} ${action}`", schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    do throws(FlowLogFormatError) {
      return try FlowLogFormat(text)
    } catch {
      throw ValueProblem(error)
    }
  }
}

extension ValueProblem {
  fileprivate init(_ error: FlowLogFormatError) {
    self.init()
    switch error {
    case .empty: found = "a format without fields"
    case .notAField(let word, let position):
      found = "\(quoted(word)) at place \(position)"
      let isMisspelt = FlowLogField(rawValue: word) != nil
      suggestion = isMisspelt ? "${\(word)}" : nil
    case .unknownField(let name, let position):
      found = "\(quoted("${\(name)}")) at place \(position), which is no field"
      suggestion = Suggestion.nearest(to: name, among: FlowLogField.allCases.map(\.rawValue))
        .map { "${\($0)}" }
    case .repeated(let field, let position):
      found = "\(quoted("${\(field.rawValue)}")) again at place \(position)"
      expected = "each field once"
    }
  }
}
