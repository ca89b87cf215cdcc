import AddressTranslation
import Foundation
import LambdawireModel
import PacketFormats
import SimulatedTime
import TestSupport
import Testing

@Suite struct TranslationRecordTests {
  private static let made =
    #"{"time_ns":5,"event":"translation-made","protocol":"tcp","inside":"10.0.0.5:40110","#
    + #""outside":"203.0.113.7:1024","remote":"198.51.100.9:443","state":"opening"}"#
  private static let changed = made.replacing("\"time_ns\":5", with: "\"time_ns\":2000000000")
    .replacing("translation-made", with: "translation-changed")
    .replacing("\"state\":\"opening\"", with: "\"state\":\"established\",\"from\":\"opening\"")
  private static let ended = changed.replacing("2000000000", with: "352000000000")
    .replacing("translation-changed", with: "translation-ended")
    .replacing("\"from\":\"opening\"", with: "\"reason\":\"idle\"")
  private static let begins =
    #"{"time_ns":0,"event":"capture-begins","epoch_ns":1700000000000000000}"#

  private func read(_ lines: [String]) throws -> TranslationRecord {
    let stage = try TranslateStage()
    try Data(lines.map { $0 + "\n" }.joined().utf8)
      .write(to: URL(filePath: stage.path("record.jsonl")))
    return try TranslationRecord(path: stage.path("record.jsonl"))
  }

  private static var whole: [String] { [begins, made, changed, ended] }

  @Test func `A table is printed as it stood`() throws {
    let record = try read(Self.whole)
    let query = try NATQuery()
    let line =
      "src=10.0.0.5 dst=198.51.100.9 sport=40110 dport=443 src=198.51.100.9 dst=203.0.113.7 "
      + "sport=443 dport=1024 [ASSURED] mark=0 use=1\n"
    let answer = try query.table(of: record, at: Instant(nanoseconds: 3_000_000_000))
    #expect(answer.text == "ipv4     2 tcp      6 349 ESTABLISHED \(line)")
    #expect(answer.count == 1)
    #expect(try query.table(of: record, at: Instant(nanoseconds: 4)).text.isEmpty)
    #expect(try query.table(of: record, at: Instant(nanoseconds: 352_000_000_000)).count == 0)
  }

  @Test func `JSON and CSV hold the same`() throws {
    let record = try read(Self.whole)
    let now = Instant(nanoseconds: 3_000_000_000)
    let json = try NATQuery(format: .json).table(of: record, at: now).text
    let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]]
    #expect(parsed?.first?["outside"] as? String == "203.0.113.7:1024")
    #expect(parsed?.first?["remaining_ns"] as? Int == 349_000_000_000)
    let csv = try NATQuery(format: .csv).table(of: record, at: now).text
    let rows = csv.split(separator: "\r\n").map { $0.split(separator: ",") }
    #expect(rows.count == 2)
    #expect(rows.map(\.count) == [10, 10])
    #expect(
      try NATQuery(format: .json).table(of: record, at: .start).text == "[]\n")
  }

  @Test(arguments: ["1024", "1024/tcp", "203.0.113.7:1024", "203.0.113.7:1024/tcp"])
  func `A port's history is told`(port: String) throws {
    let answer = try NATQuery(port: port).history(of: try read(Self.whole))
    #expect(
      answer.text == """
        tcp 10.0.0.5:40110 as 203.0.113.7:1024 to 198.51.100.9:443
                0.000000005 s opening
                2 s established
              352 s ended, idle

        """)
    for format in [NATQuery.Format.json, .csv] {
      #expect(try NATQuery(port: port, format: format).history(of: try read(Self.whole)).count == 1)
    }
    #expect(try NATQuery(port: "1025").history(of: try read(Self.whole)).count == 0)
    #expect(try NATQuery(port: "1024/udp").history(of: try read(Self.whole)).count == 0)
  }

  @Test(arguments: ["10.0.0.5:40110", "10.0.0.5:40110,198.51.100.9:443"])
  func `A flow's history is told, and the table without the others`(flow: String) throws {
    let others = [Self.made, Self.changed, Self.ended].map {
      $0.replacing("40110", with: "40111").replacing("1024", with: "1025")
    }
    let record = try read([
      Self.made, others[0], Self.changed, others[1], Self.ended, others[2],
    ])
    let query = try NATQuery(flow: flow)
    #expect(try query.history(of: record).count == 1)
    #expect(try query.table(of: record, at: Instant(nanoseconds: 9)).count == 1)
    #expect(try NATQuery().table(of: record, at: Instant(nanoseconds: 9)).count == 2)
  }

  @Test func `Translators are kept apart and named`() throws {
    let second = Self.made.replacing(
      "\"protocol\"", with: "\"translator\":\"b,\\\"x\",\"protocol\"")
    let first = Self.made.replacing("\"protocol\"", with: "\"translator\":\"a\",\"protocol\"")
    let record = try read([first, second])
    #expect(record.translators.map(\.name) == ["a", "b,\"x"])
    let now = Instant(nanoseconds: 9)
    let text = try NATQuery().table(of: record, at: now).text
    #expect(text.hasPrefix("# a\nipv4"))
    #expect(text.contains("\n# b,\"x\nipv4"))
    #expect(try NATQuery(translator: "a").table(of: record, at: now).count == 1)
    #expect(
      try NATQuery(format: .csv).table(of: record, at: now).text.contains("\"b,\"\"x\",tcp,"))
    #expect(
      try NATQuery(format: .json).table(of: record, at: now).text
        .contains("{\"translator\":\"b,\\\"x\",\"protocol\""))
    #expect(throws: RecordError.unknownTranslator(name: "c", known: ["a", "b,\"x"])) {
      try NATQuery(translator: "c").table(of: record, at: now)
    }
  }

  @Test func `Times are read in both ways`() throws {
    let record = try read(Self.whole)
    #expect(try NATQuery.instant("12.5s", in: record) == Instant(nanoseconds: 12_500_000_000))
    #expect(
      try NATQuery.instant("2023-11-14T22:13:22.5Z", in: record)
        == Instant(nanoseconds: 2_500_000_000))
    for text in ["12", "", "-1s", "yesterday", "2023-13-14T22:13:22Z"] {
      do {
        _ = try NATQuery.instant(text, in: record)
        Issue.record("\(text) was accepted")
      } catch {
        #expect(error.description.hasPrefix("--at: found"), "\(error)")
      }
    }
    let without = try read([Self.made])
    #expect(throws: RecordError.self) {
      try NATQuery.instant("2023-11-14T22:13:22Z", in: without)
    }
  }

  @Test(arguments: ["", "0x", "1024/sctp", "65536", "203.0.113.7", "203.0.113.7:1024/"])
  func `A wrong port is named`(text: String) {
    do {
      _ = try NATQuery(port: text)
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.description.hasPrefix("--port: found `\(text)`; expected"), "\(error)")
    }
  }

  @Test(arguments: ["", "10.0.0.5", "10.0.0.5:1,", "10.0.0.5:1,10.0.0.6:2,10.0.0.7:3"])
  func `A wrong flow is named`(text: String) {
    do {
      _ = try NATQuery(flow: text)
      Issue.record("\(text) was accepted")
    } catch {
      #expect(error.description.hasPrefix("--flow: found `\(text)`; expected"), "\(error)")
    }
  }

  @Test(arguments: [
    ("{", "found the end of the line; expected a text"),
    ("[]", "found `[` in column 1; expected an object"),
    ("{\"time_ns\":01}", "a number without a zero in front"),
    ("{\"event\":\"x\"} y", "found `y` in column 15; expected the end of the line"),
    ("{\"event\":\"\\q\"}", "an escape such as"),
    ("{\"event\":\"\\ud800\"}", "surrogate pair"),
    ("{\"event\":tru}", "expected `true`"),
    (made.replacing("\"time_ns\":5,", with: ""), "found no `time_ns`"),
    (made.replacing("tcp", with: "sctp"), "found the protocol sctp; expected tcp, udp or icmp"),
    (made.replacing("10.0.0.5:40110", with: "10.0.0.5"), "found inside 10.0.0.5; expected an"),
    (made.replacing("opening", with: "shut"), "found the state shut; expected one of udpOneWay"),
    (changed, "has no translation to 203.0.113.7:1024 at 2000000000 ns; expected one"),
    (ended.replacing("idle", with: "bored"), "found the reason bored; expected one of idle"),
    (
      String(repeating: "{\"a\":", count: 40) + "1" + String(repeating: "}", count: 40),
      "found values in values in values"
    ),
  ])
  func `A wrong line has a place`(line: String, words: String) throws {
    do {
      _ = try read([Self.begins, "", line])
      Issue.record("\(line) was accepted")
    } catch {
      #expect("\(error)".contains("record.jsonl:3: "), "\(error)")
      #expect("\(error)".contains(words), "\(error)")
    }
  }

  @Test func `Lines about something else are passed over`() throws {
    let record = try read([
      "{\"time_ns\":1,\"event\":\"drop\",\"more\":[1,{\"a\":null},\"\\u00e9\\ud83d\\ude00\"],\"x\":-1.5e3}",
      "{}", Self.made,
    ])
    #expect(record.translators.count == 1)
  }

  @Test func `A file that is not there, or holds nothing, is said`() throws {
    #expect(throws: RecordError.unreadable(path: "/nowhere", action: "open", code: 2)) {
      try TranslationRecord(path: "/nowhere")
    }
    #expect(throws: RecordError.self) { try read([]) }
    let stage = try TranslateStage()
    #expect(throws: RecordError.noRecord(folder: stage.folder.path)) {
      try TranslationRecord(path: stage.folder.path)
    }
  }

  @Test(arguments: 0..<20)
  func `No line traps the reader`(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var lines: [String] = []
    for _ in 0..<200 {
      var bytes = Array(Self.whole[random.below(4)].utf8)
      for _ in 0..<1 + random.below(3) {
        bytes[random.below(bytes.count)] = UInt8(random.below(128))
      }
      lines.append(String(decoding: bytes, as: UTF8.self))
    }
    for line in lines { _ = try? read([line]) }
  }

  @Test func `What translate writes down is what the translator held`() throws {
    let stage = try TranslateStage()
    let frames = (0..<50).map { number in
      TranslateStage.Sent(
        Traffic.ethernet(Traffic.udp("10.0.0.5:\(5000 + number)", "198.51.100.9:53")),
        at: Int64(number) * 20_000_000_000)
    }
    let (summary, _) = try stage.translate(frames, try stage.options(mappings: "map.jsonl"))
    let record = try TranslationRecord(path: stage.path("map.jsonl"))
    let history = try #require(record.translators.first?.history)
    #expect(record.epoch == Traffic.start)
    #expect(history.count == 50)
    // At the end of the capture those are alive that the summary says are left.
    let end = Instant(nanoseconds: summary.duration)
    #expect(
      UInt64(history.translations(at: end).count)
        == summary.counters.made - summary.counters.ended)
    #expect(history.translations(at: end).count == 18)
    // All ends are known, as they would have been had nothing more come.
    #expect(history.translations(at: end).allSatisfy { $0.ended != nil })
  }
}
