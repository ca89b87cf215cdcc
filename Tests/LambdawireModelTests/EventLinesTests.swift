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
    lines.add("inside", IPv4Address(10, 0, 255, 1), port: 65_535)
    lines.add("outside", IPv4Address(0, 0, 0, 0), port: 0)
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
