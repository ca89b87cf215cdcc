import AddressTranslation
import CaptureFiles
import Foundation
import LambdawireModel
import PacketFormats
import TestSupport
import Testing

@Suite struct CaptureTranslationTests {
  private typealias Sent = TranslateStage.Sent

  private static let host = "10.0.0.5:40110"
  private static let server = "198.51.100.9:443"

  @Test func `A packet comes out translated, with its id and a comment`() throws {
    let frame = Traffic.ethernet(Traffic.udp(Self.host, Self.server))
    let (summary, seen) = try TranslateStage().translate([Sent(frame)])
    #expect(seen.map(\.interface) == ["inside", "outside"])
    #expect(seen.map(\.packetID) == [1, 1])
    #expect(seen.map(\.time) == [Traffic.start, Traffic.start])
    #expect(seen[0].bytes == frame)
    #expect(seen[0].comment.isEmpty)
    let port = UInt16(seen[1].bytes[34]) << 8 | UInt16(seen[1].bytes[35])
    #expect(seen[1].comment == "NAT -> 203.0.113.7:\(port) (was 10.0.0.5:40110)")
    #expect(seen[1].bytes[22] == 63)
    #expect(Array(seen[1].bytes[26..<34]) == [203, 0, 113, 7, 198, 51, 100, 9])
    #expect(seen[1].bytes[36...] == frame[36..<40] + seen[1].bytes[40..<42] + frame[42...])
    #expect(try checksumsAreRight(seen[1].bytes))
    #expect(summary.packetCount == 1)
    #expect(summary.recordCount == 2)
    #expect(summary.counters.translatedOutbound == 1)
    #expect(summary.counters.made == 1)
  }

  @Test func `A packet to the outside address is turned back`() throws {
    let out = Traffic.ethernet(Traffic.udp("10.0.0.5:5000", "198.51.100.9:53"))
    let stage = try TranslateStage()
    let choice = try stage.options("worker-legacy")
    // The port is kept, so the answer's is known.
    let answer = Traffic.ethernet(Traffic.udp("198.51.100.9:53", "203.0.113.7:5000"))
    let (_, seen) = try stage.translate([Sent(out), Sent(answer, at: 5)], choice)
    #expect(seen.map(\.interface) == ["inside", "outside", "outside", "inside"])
    #expect(seen[2].bytes == answer)
    #expect(
      seen[3].bytes
        == Traffic.ethernet(Traffic.udp("198.51.100.9:53", "10.0.0.5:5000", hops: 63)))
    #expect(seen[3].comment == "NAT -> 10.0.0.5:5000 (was 203.0.113.7:5000)")
  }

  /// Somebody who captures inside sees answers that have been turned back.
  ///
  /// They arrive outside the
  /// way their sender must have sent them, and inside exactly as they were captured.
  @Test func `Answers captured inside come out inside as they were`() throws {
    let query = Traffic.udp("10.0.0.5:5000", "198.51.100.9:53")
    let error = ICMPv4Header(type: .timeExceeded, code: 0)
    let answers = [
      Traffic.udp("198.51.100.9:53", "10.0.0.5:5000", [7, 7], hops: 9),
      Traffic.tcp(Self.server, Self.host, [.syn, .ack]),
      Traffic.icmp(
        .echoReply(identifier: 77, sequenceNumber: 1), "198.51.100.9", "10.0.0.5"),
      Traffic.icmp(error, "192.0.2.1", "10.0.0.5", query),
      Traffic.icmp(error, "192.0.2.1", "10.0.0.5", Array(query.prefix(28))),
    ].map { Traffic.ethernet($0) }
    let questions = [
      query, Traffic.tcp(Self.host, Self.server, [.syn]),
      Traffic.icmp(.echoRequest(identifier: 77, sequenceNumber: 1), "10.0.0.5", "198.51.100.9"),
    ].map { Traffic.ethernet($0) }
    for profile in ["aws-natgw", "rfc", "worker-legacy"] {
      let stage = try TranslateStage()
      let (summary, seen) = try stage.translate(
        (questions + answers).enumerated().map { Sent($1, at: Int64($0)) },
        try stage.options(profile))
      #expect(summary.readdressedCount == 5)
      #expect(summary.droppedCount == 0)
      for (number, answer) in answers.enumerated() {
        let both = seen.filter { $0.packetID == UInt64(number + 4) }
        #expect(both.map(\.interface) == ["outside", "inside"])
        #expect(both.last?.bytes == answer)
        #expect(both.first?.bytes[22] == answer[22] + 1)
        #expect(both.first.map { Array($0.bytes[30..<34]) } == [203, 0, 113, 7])
        #expect(both.first?.comment.hasPrefix("ADDRESSED 203.0.113.7") == true)
        #expect(both.last?.comment.hasPrefix("NAT -> 10.0.0.5") == true)
      }
      for frame in seen { #expect(try checksumsAreRight(frame.bytes)) }
    }
  }

  @Test func `An answer captured inside without a question is refused outside`() throws {
    let (summary, seen) = try TranslateStage().translate([
      Sent(Traffic.ethernet(Traffic.udp("198.51.100.9:53", "10.0.0.5:5000")))
    ])
    #expect(seen.map(\.interface) == ["outside"])
    #expect(seen[0].isDropped)
    #expect(seen[0].comment.hasPrefix("DROP nat "))
    #expect(summary.unansweredCount == 1)
    #expect(summary.droppedCount == 1)
  }

  @Test func `An answer captured inside that goes no further is written once, with the reason`()
    throws
  {
    let stage = try TranslateStage()
    let long = [UInt8](repeating: 1, count: 1200)
    let (summary, seen) = try stage.translate(
      [
        Sent(Traffic.ethernet(Traffic.udp("10.0.0.5:5000", "198.51.100.9:53"))),
        Sent(Traffic.ethernet(Traffic.udp("198.51.100.9:53", "10.0.0.5:5000", long)), at: 5),
      ], try stage.options(set: ["mtu=1000"]))
    #expect(summary.readdressedCount == 1)
    #expect(summary.recordCount == 4)
    #expect(seen.map(\.interface) == ["inside", "outside", "outside", "outside"])
    #expect(seen.map(\.packetID) == [1, 1, 2, 1 << 48])
    #expect(seen[2].isDropped)
    #expect(seen[2].comment == "DROP nat the packet is too long and must not be fragmented")
    #expect(Array(seen[2].bytes[30..<34]) == [203, 0, 113, 7])
    #expect(try checksumsAreRight(seen[2].bytes))
    #expect(Array(seen[3].bytes[26..<36]) == [203, 0, 113, 7, 198, 51, 100, 9, 3, 4])
  }

  @Test func `What is none of the translator's business is left where it was`() throws {
    var arp: [UInt8] = Traffic.ethernet([UInt8](repeating: 1, count: 28))
    arp[13] = 0x06
    let (summary, seen) = try TranslateStage().translate([
      Sent(arp), Sent(Traffic.ethernet(Traffic.udp("10.0.0.5:1", "10.0.7.7:2"))),
      Sent(Traffic.ethernet(Traffic.udp("10.0.0.5:1", "224.0.0.251:5353"))),
      Sent(Traffic.ethernet(Traffic.udp("10.0.0.5:1", "255.255.255.255:67"))),
      Sent(Traffic.ethernet(Traffic.udp("192.0.2.1:1", "198.51.100.9:2"))), Sent([1, 2, 3]),
    ])
    #expect(
      seen.map(\.interface) == ["inside", "inside", "inside", "inside", "outside", "inside"])
    #expect(
      seen.map(\.comment) == [
        "PASS not IPv4", "PASS stays inside", "PASS stays inside", "PASS stays inside",
        "PASS neither end is inside or the translator", "PASS not IPv4",
      ])
    #expect(summary.otherCount == 2)
    #expect(summary.localCount == 3)
    #expect(summary.elsewhereCount == 1)
  }

  @Test func `A late segment from inside is answered with a RST, in its own link header`() throws {
    let late = Traffic.ethernet(Traffic.tcp(Self.host, Self.server, [.ack], [1]), tags: [7])
    let (summary, seen) = try TranslateStage().translate([Sent(late)])
    #expect(seen.map(\.interface) == ["inside", "inside"])
    #expect(seen[0].isDropped)
    #expect(seen[1].packetID == 1 << 48)
    #expect(seen[1].comment == "RST from nat: no translation")
    #expect(
      Array(seen[1].bytes[..<18])
        == [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, 7, 8, 0])
    #expect(Array(seen[1].bytes[30..<38]) == [198, 51, 100, 9, 10, 0, 0, 5])
    #expect(try checksumsAreRight(seen[1].bytes, linkByteCount: 18))
    #expect(summary.madeCount == 1)
    #expect(summary.droppedCount == 1)
  }

  @Test func `A packet without hops left is answered with an ICMP error from inside`() throws {
    let stage = try TranslateStage()
    let frame = Traffic.ethernet(Traffic.udp(Self.host, Self.server, hops: 1))
    for (text, source) in [(nil, [10, 0, 0, 1]), ("10.0.9.9", [10, 0, 9, 9])]
      as [(String?, [UInt8])]
    {
      var options = try stage.options()
      options.insideAddress = try text.map { try IPv4Address($0) }
      let (_, seen) = try stage.translate([Sent(frame)], options)
      #expect(seen.map(\.interface) == ["inside", "inside"])
      #expect(seen[0].comment == "DROP nat no hops are left")
      #expect(seen[1].comment == "ICMP from nat: no hops are left")
      #expect(Array(seen[1].bytes[26..<34]) == source + [10, 0, 0, 5])
      #expect(seen[1].bytes[34] == 11)
      #expect(Array(seen[1].bytes[42...]) == Array(frame[14...]))
      #expect(try checksumsAreRight(seen[1].bytes))
    }
  }

  @Test func `A SYN from outside is refused when its time is up, at that instant`() throws {
    let stage = try TranslateStage()
    let (summary, seen) = try stage.translate(
      [
        Sent(Traffic.ethernet(Traffic.tcp(Self.server, "203.0.113.7:80", [.syn]))),
        Sent(Traffic.ethernet(Traffic.udp(Self.host, Self.server)), at: 30_000_000_000),
      ], try stage.options("rfc"))
    #expect(seen.map(\.interface) == ["outside", "outside", "inside", "outside"])
    #expect(seen[0].comment.hasPrefix("HOLD nat"))
    #expect(seen[1].time == Traffic.start + 6_000_000_000)
    #expect(seen[1].comment.hasPrefix("ICMP from nat"))
    #expect(Array(seen[1].bytes[26..<36]) == [203, 0, 113, 7, 198, 51, 100, 9, 3, 3])
    #expect(summary.droppedCount == 1)
    #expect(summary.heldCount == 0)
  }

  @Test func `Fragments wait for the first, and all come out with their own ids`() throws {
    let whole = Traffic.udp("10.0.0.5:5000", "198.51.100.9:53", [UInt8](repeating: 3, count: 100))
    func fragment(_ range: Range<Int>, more: Bool) throws -> [UInt8] {
      var packet = Array(whole[..<20]) + whole[(20 + range.lowerBound)..<(20 + range.upperBound)]
      packet[3] = UInt8(packet.count)
      packet[4...5] = [1, 1]
      packet[6...7] = [more ? 0x20 : 0, UInt8(range.lowerBound / 8)]
      packet[10...11] = [0, 0]
      var sum = 0
      for index in stride(from: 0, to: 20, by: 2) {
        sum += Int(packet[index]) << 8 + Int(packet[index + 1])
      }
      while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
      packet[10...11] = [UInt8(~sum >> 8 & 0xff), UInt8(~sum & 0xff)]
      return Traffic.ethernet(packet)
    }
    let stage = try TranslateStage()
    let (summary, seen) = try stage.translate([
      Sent(try fragment(48..<108, more: false)), Sent(try fragment(0..<48, more: true), at: 9),
    ])
    #expect(seen.map(\.interface) == ["inside", "inside", "outside", "outside"])
    #expect(seen.map(\.packetID) == [1, 2, 2, 1])
    #expect(seen.map { $0.time - Traffic.start } == [0, 9, 9, 9])
    #expect(seen[0].comment.hasPrefix("HOLD nat"))
    #expect(Array(seen[3].bytes[34...]) == Array(seen[0].bytes[34...]))
    #expect(Array(seen[3].bytes[26..<30]) == [203, 0, 113, 7])
    #expect(summary.counters.translatedOutbound == 2)
    for frame in seen { #expect(try checksumsAreRight(frame.bytes)) }
  }

  @Test func `Inside hosts reach each other by outside addresses where that is allowed`() throws {
    let stage = try TranslateStage()
    let (summary, seen) = try stage.translate(
      [
        Sent(Traffic.ethernet(Traffic.udp("10.0.0.5:5000", "198.51.100.9:53"))),
        Sent(Traffic.ethernet(Traffic.udp("10.0.0.6:6000", "203.0.113.7:5000")), at: 5),
      ], try stage.options("rfc", set: ["port-choice=preserve"]))
    #expect(seen.map(\.interface) == ["inside", "outside", "inside", "inside"])
    #expect(
      seen[3].comment
        == "NAT -> 203.0.113.7:6000 to 10.0.0.5:5000 (was 10.0.0.6:6000 to 203.0.113.7:5000)")
    #expect(summary.counters.hairpinned == 1)
    #expect(try checksumsAreRight(seen[3].bytes))
  }

  // MARK: Odd captures

  @Test(
    arguments: [
      (LinkType.rawIP, []), (.ipv4, []),
      (.linuxCooked, [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0]),
      (.linuxCooked2, [8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]),
      (LinkType(rawValue: 0), [2, 0, 0, 0]),
      (.ethernet, [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 8, 0]),
    ] as [(LinkType, [UInt8])])
  func `Link headers are kept`(linkType: LinkType, header: [UInt8]) throws {
    let packet = Traffic.udp(Self.host, Self.server)
    let stage = try TranslateStage()
    let (_, seen) = try stage.translate([Sent(header + packet)], linkType: linkType)
    #expect(seen.map(\.interface) == ["inside", "outside"])
    #expect(seen[0].bytes == header + packet)
    #expect(Array(seen[1].bytes.prefix(header.count)) == header)
    #expect(Array(seen[1].bytes[(header.count + 12)..<(header.count + 16)]) == [203, 0, 113, 7])
    #expect(try checksumsAreRight(seen[1].bytes, linkByteCount: header.count))
    var reader = try CaptureReader(path: stage.path("out.pcapng"))
    _ = try reader.next()
    #expect(reader.interfaces.map(\.linkType) == [linkType, linkType])
  }

  @Test func `A link type that cannot be read is left alone and named`() throws {
    let (summary, seen) = try TranslateStage().translate(
      [Sent([1, 2, 3, 4])], linkType: LinkType(rawValue: 105))
    #expect(seen.map(\.bytes) == [[1, 2, 3, 4]])
    #expect(summary.unknownLinkTypes == [105])
    #expect(summary.text.contains("link type 105 cannot be read"))
  }

  @Test func `A packet that the capture has cut is translated as far as it is there`() throws {
    let frame = Traffic.ethernet(
      Traffic.tcp(Self.host, Self.server, [.syn], [UInt8](repeating: 5, count: 900)))
    let stage = try TranslateStage()
    let (summary, seen) = try stage.translate([Sent(frame, captured: 54)])
    #expect(seen.map(\.bytes.count) == [54, 54])
    #expect(seen.map(\.originalByteCount) == [frame.count, frame.count])
    #expect(summary.cutCount == 1)
    #expect(summary.text.contains("1 of which the capture holds only the beginning"))
    // With the rest put back, every checksum is right.
    #expect(try checksumsAreRight(seen[1].bytes + frame[54...]))
    for captured in [14, 20, 33, 34, 40, 53] {
      let (summary, seen) = try stage.translate([Sent(frame, captured: captured)])
      #expect(seen.map(\.interface) == ["inside"])
      #expect(seen[0].bytes == Array(frame.prefix(captured)))
      #expect(summary.counters.translatedOutbound == 0)
      #expect(summary.otherCount + summary.unreadableCutCount == 1)
    }
  }

  @Test func `Time that goes backwards stands still for the translator, and is said`() throws {
    let frame = Traffic.ethernet(Traffic.udp(Self.host, Self.server))
    let stage = try TranslateStage()
    let (summary, seen) = try stage.translate([
      Sent(frame, at: 400_000_000_000), Sent(frame, at: 10_000_000_000), Sent(frame),
    ])
    #expect(summary.counters.made == 1)
    #expect(summary.backwardCount == 2)
    #expect(summary.largestStepBack == 400_000_000_000)
    #expect(seen.map { $0.time - Traffic.start }.contains(10_000_000_000))
    #expect(summary.text.contains("2 earlier than one before, by up to 400 s"))
  }

  @Test func `A timer runs by the times in the file`() throws {
    let frame = Traffic.ethernet(Traffic.udp(Self.host, Self.server))
    let stage = try TranslateStage()
    for (gap, count) in [(350_000_000_000, 2), (349_999_999_999, 1)] as [(Int64, UInt64)] {
      let (summary, _) = try stage.translate([Sent(frame), Sent(frame, at: gap)])
      #expect(summary.counters.made == count)
    }
  }

  @Test func `A damaged input is translated up to the damage`() throws {
    let stage = try TranslateStage()
    let frame = Traffic.ethernet(Traffic.udp(Self.host, Self.server))
    try stage.write([Sent(frame), Sent(frame, at: 1)], to: "whole.pcapng")
    let bytes = try Data(contentsOf: URL(filePath: stage.path("whole.pcapng")))
    try bytes.dropLast(7).write(to: URL(filePath: stage.path("in.pcapng")))
    let summary = try CaptureTranslation(try stage.options()).execute()
    #expect(summary.inputProblem?.contains("the file ends inside") == true)
    #expect(try stage.read().map(\.packetID) == [1, 1])
    #expect(stage.names.allSatisfy { !$0.contains("part") })
  }

  // MARK: Files

  @Test func `The same capture gives the same bytes`() throws {
    let stage = try TranslateStage()
    let frames = (0..<200).map { number in
      Sent(
        Traffic.ethernet(Traffic.udp("10.0.\(number % 7).5:\(1000 + number)", Self.server)),
        at: Int64(number) * 1_000)
    }
    try stage.write(frames)
    for name in ["a", "b"] {
      _ = try CaptureTranslation(
        try stage.options(output: "\(name).pcapng", mappings: "\(name).jsonl")
      ).execute()
    }
    for kind in ["pcapng", "jsonl"] {
      #expect(
        try Data(contentsOf: URL(filePath: stage.path("a.\(kind)")))
          == Data(contentsOf: URL(filePath: stage.path("b.\(kind)"))))
    }
    var other = try stage.options(output: "c.pcapng")
    other.seed = 2
    _ = try CaptureTranslation(other).execute()
    #expect(try stage.read("a.pcapng") != stage.read("c.pcapng"))
  }

  @Test func `Interfaces are described, and counted at the end`() throws {
    let stage = try TranslateStage()
    _ = try stage.translate([
      Sent(Traffic.ethernet(Traffic.udp(Self.host, Self.server))),
      Sent(Traffic.ethernet(Traffic.tcp(Self.host, Self.server, [.ack]))),
    ])
    var reader = try CaptureReader(path: stage.path("out.pcapng"))
    while try reader.next() != nil {}
    #expect(reader.interfaces.map(\.name) == ["inside", "outside"])
    #expect(reader.interfaces[0].description == "aws-natgw, side of 10.0.0.0/16")
    #expect(reader.interfaces[1].description == "aws-natgw, 10.0.0.0/16 as 203.0.113.7")
    #expect(
      reader.interfaces.map { $0.ipv4Assignments.map(\.address) } == [[0x0a00_0001], [0xcb00_7107]])
    #expect(reader.names.flatMap(\.entries).map(\.names) == [["nat"]])
    // The RST counts as seen inside.
    #expect(reader.statistics.map(\.receivedCount) == [3, 1])
    #expect(reader.statistics.map(\.droppedCount) == [1, 0])
    #expect(reader.sections.first?.comments.first?.contains("packet ids are frame numbers") == true)
  }

  @Test func `A file that exists is kept, unless it may be replaced`() throws {
    let stage = try TranslateStage()
    try stage.write([Sent(Traffic.ethernet(Traffic.udp(Self.host, Self.server)))])
    for name in ["out.pcapng", "map.jsonl"] {
      try Data("mine".utf8).write(to: URL(filePath: stage.path(name)))
      let options = try stage.options(
        output: name == "out.pcapng" ? name : "other.pcapng",
        mappings: name == "map.jsonl" ? name : nil, replaces: false)
      #expect(
        throws: TranslateError.exists(
          path: stage.path(name), option: name == "out.pcapng" ? "-o" : "--mappings")
      ) { try CaptureTranslation(options).execute() }
      #expect(try String(contentsOfFile: stage.path(name), encoding: .utf8) == "mine")
    }
    #expect(stage.names == ["in.pcapng", "map.jsonl", "out.pcapng"])
    _ = try CaptureTranslation(try stage.options(mappings: "map.jsonl")).execute()
    #expect(try stage.read().count == 2)
  }

  @Test func `An input may be its own output`() throws {
    let stage = try TranslateStage()
    try stage.write([Sent(Traffic.ethernet(Traffic.udp(Self.host, Self.server)))])
    _ = try CaptureTranslation(try stage.options(output: "in.pcapng")).execute()
    #expect(try stage.read("in.pcapng").count == 2)
  }

  @Test func `A device is written to, not replaced`() throws {
    let stage = try TranslateStage()
    try stage.write([Sent(Traffic.ethernet(Traffic.udp(Self.host, Self.server)))])
    var options = try stage.options()
    options.output = "/dev/null"
    #expect(try CaptureTranslation(options).execute().recordCount == 2)
    options.output = "/dev/full"
    #expect(throws: CaptureFileError.self) { try CaptureTranslation(options).execute() }
    options.output = stage.folder.path
    #expect(throws: TranslateError.isFolder(path: stage.folder.path, option: "-o")) {
      try CaptureTranslation(options).execute()
    }
  }

  // MARK: Anything at all

  @Test(arguments: 0..<6)
  func `No capture traps any translator`(number: Int) throws {
    var random = SplitMix64(seed: UInt64(number))
    let good = [
      Traffic.udp("10.0.0.5:5000", "198.51.100.9:53"), Traffic.tcp(Self.host, Self.server, [.syn]),
      Traffic.tcp(Self.server, Self.host, [.syn, .ack]),
      Traffic.icmp(.echoRequest(identifier: 7, sequenceNumber: 1), "10.0.0.5", "198.51.100.9"),
      Traffic.icmp(.echoReply(identifier: 7, sequenceNumber: 1), "198.51.100.9", "10.0.0.5"),
      Traffic.icmp(
        ICMPv4Header(type: .timeExceeded, code: 0), "192.0.2.1", "10.0.0.5",
        Traffic.udp("10.0.0.5:5000", "198.51.100.9:53")),
      Traffic.udp("10.0.0.6:5000", "203.0.113.7:5000"),
      Traffic.udp("198.51.100.9:53", "203.0.113.7:5000"),
    ]
    let frames = (0..<1500).map { step in
      var frame = Traffic.ethernet(good[random.below(good.count)])
      for _ in 0..<random.below(4) {
        frame[random.below(frame.count)] = UInt8(random.below(256))
      }
      let whole = random.below(3) > 0
      return Sent(
        frame, at: Int64(step) * Int64(random.below(1_000_000_000)),
        captured: whole ? nil : random.below(frame.count + 1))
    }
    let stage = try TranslateStage()
    let profile = BehaviorChoice.profiles[number]
    let isStateless = profile == "worker-ebpf"
    let options = try stage.options(
      profile, inside: isStateless ? "10.0.0.5" : "10.0.0.0/16", mappings: "map.jsonl")
    let (summary, seen) = try stage.translate(frames, options)
    #expect(summary.packetCount == 1500)
    #expect(summary.recordCount == UInt64(seen.count))
    // Every packet is seen at least once, under its own number.
    #expect(Set(seen.compactMap(\.packetID)).isSuperset(of: 1...1500))
    if !isStateless {
      let record = try TranslationRecord(path: stage.path("map.jsonl"))
      #expect(record.translators.map(\.history.count) == [Int(summary.counters.made)])
    }
  }
}
