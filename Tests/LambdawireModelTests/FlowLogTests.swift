import LambdawireModel
import TestSupport
import Testing
import VirtualNetwork

/// Flow logs in scenarios, and where their records go.
@Suite struct FlowLogTests {
  private func logs(_ text: String) throws -> [Scenario.FlowLog] {
    let yaml = ScenarioText.sound.replacing(
      "    hosts:\n", with: "    flow-logs: { \(text) }\n    hosts:\n", maxReplacements: 1)
    return try Scenario(yaml: yaml).vpcs[0].flowLogs
  }

  @Test func `A flow log that says nothing is one of AWS's defaults`() throws {
    let logs = try logs("everything: {}")
    try #require(logs.count == 1)
    #expect(logs[0].name == "everything")
    #expect(logs[0].resource == .vpc)
    #expect(logs[0].traffic == .all)
    #expect(logs[0].interval == .tenMinutes)
    #expect(logs[0].format == .default)
    #expect(logs[0].destination.fileFormat == .plainText)
    #expect(!logs[0].destination.hasHivePrefixes && !logs[0].destination.isHourly)
  }

  @Test func `A flow log has what it says`() throws {
    let logs = try logs(
      "a: { traffic: reject, interval: 1 min, format: \"${srcaddr} ${action}\", subnet: data-a }, "
        + "b: { interval: 600s, file-format: csv, hive-prefixes: yes, hourly: yes, host: postgres }"
    )
    try #require(logs.map(\.name) == ["a", "b"])
    #expect(logs[0].traffic == .reject)
    #expect(logs[0].interval == .oneMinute)
    #expect(logs[0].format.fields == [.sourceAddress, .action])
    #expect(logs[0].resource == .subnet("data-a"))
    #expect(logs[1].interval == .tenMinutes)
    #expect(logs[1].destination.fileFormat == .csv)
    #expect(logs[1].destination.hasHivePrefixes && logs[1].destination.isHourly)
    #expect(logs[1].resource == .host("postgres"))
  }

  @Test func `Every field at once is a format`() throws {
    let format = try FlowLogFormat(FlowLogField.allCases)
    #expect(try logs("a: { format: \"\(format)\" }")[0].format == format)
  }

  @Test func `Every copy of a VPC has the flow logs of its entry`() throws {
    let yaml = ScenarioText.sound.replacing(
      "    hosts:\n", with: "    copies: 2\n    flow-logs: { a: {} }\n    hosts:\n",
      maxReplacements: 1)
    #expect(try Scenario(yaml: yaml).vpcs.map { $0.flowLogs.count } == [1, 1])
  }

  @Test(arguments: [
    ("traffic: §none", "one of `accept`, `reject`, `all`"),
    ("interval: §61 s", "`60 s` or `600 s`"),
    ("interval: §60", "without a unit"),
    ("interval: §10 B", "expected a duration"),
    ("format: §\"\"", "fields of flow logs such as"),
    ("format: §\"  \"", "a format without fields"),
    ("format: §srcaddr", "did you mean `${srcaddr}`?"),
    ("format: §\"${srcaddr} action\"", "`action` at place 2"),
    ("format: §\"${dst-addr}\"", "did you mean `${dstaddr}`?"),
    ("format: §\"${action} ${action}\"", "`${action}` again at place 2"),
    ("file-format: §parquet", "one of `plain-text`, `csv`"),
    ("hive-prefixes: §maybe", "one of `no`, `yes`"),
    ("hourly: §[yes]", "found a list"),
    ("subnet: §data-b", "did you mean `data-a`?"),
    ("host: §postgre", "did you mean `postgres`?"),
    ("subnet: data-a, §host: postgres", "a flow log belongs to one resource"),
    ("§bucket: logs", "unknown key `bucket`"),
  ])
  func `What is wrong is said where it stands`(entry: String, message: String) {
    let text = ScenarioText(
      replacing: "    hosts:\n", with: "    flow-logs: { a: { \(entry) } }\n    hosts:\n")
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(message) == true, "\(diagnostics)")
  }

  // MARK: - Files

  /// The example of the guide (VPC guide, "Flow log files"), but for the hash, which is anybody's.
  @Test func `Objects are named as AWS names them`() {
    let identifier = ResourceIdentifier(rawValue: "fl-1234abcd")
    func key(_ hive: Bool, _ hourly: Bool, _ format: Scenario.FlowLog.FileFormat) -> FlowLogKey {
      FlowLogKey(
        account: "123456789012", region: "us-east-1", identifier: identifier,
        destination: Scenario.FlowLog.Destination(
          fileFormat: format, hasHivePrefixes: hive, isHourly: hourly), seed: 1)
    }
    // 2018-06-20T16:20:00Z
    let start: Int64 = 1_529_511_600
    let plain = key(false, false, .plainText)
    #expect(plain.folder(start) == "AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20")
    let name = plain.name(start, part: 0)
    let prefix = "123456789012_vpcflowlogs_us-east-1_fl-1234abcd_20180620T1620Z_"
    #expect(name.hasPrefix(prefix) && name.hasSuffix(".log.gz"))
    let hash = name.dropFirst(prefix.count).dropLast(".log.gz".count)
    #expect(hash.count == 8 && hash.allSatisfy { $0.isHexDigit && !$0.isUppercase })
    #expect(plain.name(start, part: 1) != name)
    #expect(plain.name(start + 300, part: 0).contains("_20180620T1625Z_"))
    #expect(
      key(false, true, .plainText).folder(start)
        == "AWSLogs/123456789012/vpcflowlogs/us-east-1/2018/06/20/16")
    #expect(
      key(true, true, .csv).folder(start)
        == "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-east-1/"
        + "year=2018/month=06/day=20/hour=16")
    #expect(key(true, false, .csv).name(start, part: 0).hasSuffix(".log.csv"))
  }

  @Test func `A compressed file holds no time, and the same bytes give the same file`() {
    func compressed(_ pieces: [[UInt8]]) -> [UInt8] {
      let stream = GzipStream()
      var bytes: [UInt8] = []
      for (number, piece) in pieces.enumerated() {
        unsafe stream.compress(piece, isLast: number == pieces.count - 1) { output in
          for index in output.indices { bytes.append(unsafe output[index]) }
        }
      }
      return bytes
    }
    let text = Array("srcaddr dstaddr\n".utf8)
    let once = compressed([text, text])
    #expect(compressed([text, text]) == once)
    // RFC 1952, section 2.3.1: ID1, ID2, CM, FLG without a name, MTIME.
    #expect(Array(once.prefix(8)) == [0x1f, 0x8b, 8, 0, 0, 0, 0, 0])
    // The last four bytes are the length of what was compressed.
    #expect(Array(once.suffix(4)) == [32, 0, 0, 0])
    #expect(Array(compressed([[]]).suffix(4)) == [0, 0, 0, 0])
    var numbers = SplitMix64(seed: 1)
    let noise = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    #expect(compressed([noise, noise]).count > 600_000)
  }
}
