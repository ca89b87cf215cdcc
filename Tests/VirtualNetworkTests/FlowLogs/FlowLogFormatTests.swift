import Testing
import VirtualNetwork

@Suite struct FlowLogFormatTests {
  @Test func `The default format is that of version 2`() throws {
    let text =
      "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "
      + "${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
    #expect(FlowLogFormat.default.description == text)
    #expect(FlowLogFormat.default.version == 2)
    #expect(try FlowLogFormat(text) == .default)
  }

  /// How many fields each version brought (observability-formats §1.2).
  @Test(arguments: [(2, 14), (3, 7), (4, 4), (5, 4), (7, 10), (8, 1), (9, 1), (10, 1), (11, 12)])
  func `Each version brought its fields`(version: Int, count: Int) {
    #expect(FlowLogField.allCases.count { $0.introducedIn == version } == count)
  }

  @Test func `No field belongs to another version`() {
    #expect(FlowLogField.allCases.count == 54)
  }

  @Test func `A record has the highest version of its fields`() throws {
    #expect(try FlowLogFormat("${srcaddr} ${tcp-flags}").version == 3)
    #expect(try FlowLogFormat("${next-hop-vpc-id} ${az-id}").version == 11)
    #expect(try FlowLogFormat("${action}").version == 2)
  }

  @Test(arguments: FlowLogField.allCases)
  func `Every field can be asked for alone`(field: FlowLogField) throws {
    let format = try FlowLogFormat("  ${\(field.rawValue)}\n")
    #expect(format.fields == [field])
    #expect(try FlowLogFormat(format.description) == format)
    #expect(!field.columnName.contains("-"))
  }

  @Test(arguments: [
    ("", FlowLogFormatError.empty),
    ("  ", .empty),
    ("${version} srcaddr", .notAField("srcaddr", position: 2)),
    ("${version}${srcaddr}", .unknownField("version}${srcaddr", position: 1)),
    ("${version},${srcaddr}", .unknownField("version},${srcaddr", position: 1)),
    ("${}", .notAField("${}", position: 1)),
    ("${action} ${src-addr}", .unknownField("src-addr", position: 2)),
    ("${bytes} ${action} ${bytes}", .repeated(.bytes, position: 3)),
  ])
  func `What is no format says where and why`(text: String, error: FlowLogFormatError) {
    #expect(throws: error) { try FlowLogFormat(text) }
    #expect(!error.description.isEmpty)
  }
}
