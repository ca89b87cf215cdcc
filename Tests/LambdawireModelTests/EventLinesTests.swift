import EventSimulation
import Foundation
import LambdawireModel
import PacketFormats
import SimulatedTime
import TestSupport
import Testing

/// The record's lines are JSON, in order of time, whatever is in them and however they come.
@Suite struct EventLinesTests {
  private func taken(_ lines: inout EventLines, before time: Int64 = .max) -> [String] {
    var taken = ""
    unsafe lines.take(before: Instant(nanoseconds: time)) { text in
      unsafe taken += String(decoding: text, as: UTF8.self)
    }
    return taken.split(separator: "\n").map { "\($0)\n" }
  }

  @Test func aLineHasEveryKindOfMember() {
    var lines = EventLines()
    lines.begin("drop", at: Instant(nanoseconds: 1_002_003))
    lines.add("packet", Int.min)
    lines.add("state", fixed: "held")
    lines.add("detail", unlessEmpty: "")
    lines.add { text in
      text.append("\"inside\":\"")
      text.append(address: IPv4Address(10, 0, 255, 1).rawValue, port: 65_535)
      text.append("\",\"outside\":\"")
      text.append(address: 0, port: 0)
      text.append("\",")
    }
    lines.end()
    #expect(
      taken(&lines) == [
        #"{"time_ns":1002003,"event":"drop","packet":-9223372036854775808,"state":"held","#
          + #""inside":"10.0.255.1:65535","outside":"0.0.0.0:0"}"# + "\n"
      ])
  }

  @Test func textIsReadBackByAnotherProgramsParser() throws {
    let hostile = "a\"b\\c\nd\te\u{0}\u{1f}\u{7f}é😀/ \r"
    var lines = EventLines()
    lines.begin("x", at: .start)
    lines.add("detail", hostile)
    lines.end()
    let line = taken(&lines).joined()
    #expect(line.utf8.count { $0 == 0x0a } == 1)
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(object?["detail"] as? String == hostile)
  }

  /// Quotation marks at every distance from the beginning and the end, which are looked at in words.
  @Test(arguments: 0..<40) func aQuotationMarkIsFoundWhereverItIs(place: Int) throws {
    for length in place..<40 {
      let text = String(
        decoding: (0..<length + 1).map { UInt8(ascii: $0 == place ? "\"" : "a") }, as: UTF8.self)
      var lines = EventLines()
      lines.begin("x", at: .start)
      lines.add("detail", text)
      lines.end()
      let line = taken(&lines).joined()
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      #expect(object?["detail"] as? String == text)
    }
  }

  /// Far more text than the first memory holds, and taken in parts, so that what is left moves.
  @Test func nothingIsLostWhenMuchWaits() {
    let padding = String(repeating: "x", count: 1_000)
    var lines = EventLines()
    var found: [String] = []
    for number in 0..<20_000 {
      lines.begin("n", at: Instant(nanoseconds: Int64(number / 4)))
      lines.add("number", number)
      lines.add("padding", padding)
      lines.end()
      if number == 15_000 || number == 19_000 { found += taken(&lines, before: Int64(number / 5)) }
    }
    found += taken(&lines)
    #expect(
      found
        == (0..<20_000).map {
          #"{"time_ns":\#($0 / 4),"event":"n","number":\#($0),"padding":"\#(padding)"}"# + "\n"
        })
  }

  @Test func linesComeOutInOrderOfTimeThenOfArrival() {
    var generator = SplitMix64(seed: 11)
    var lines = EventLines()
    var expected: [(time: Int64, number: Int)] = []
    var found: [String] = []
    for number in 0..<5_000 {
      // Up to 50 early or late, as reports are.
      let time = Int64(number / 2) + Int64.random(in: -50...50, using: &generator) + 100
      lines.begin("n", at: Instant(nanoseconds: time))
      lines.add("number", number)
      lines.end()
      expected.append((time, number))
      if number.isMultiple(of: 7) { found += taken(&lines, before: Int64(number / 2) - 60) }
    }
    found += taken(&lines)
    expected.sort { ($0.time, $0.number) < ($1.time, $1.number) }
    #expect(
      found
        == expected.map {
          #"{"time_ns":\#($0.time),"event":"n","number":\#($0.number)}"# + "\n"
        })
  }
}
