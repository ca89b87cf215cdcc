import AddressTranslation
import CaptureFiles
import PacketFormats
import SimulatedTime
import Testing

/// tshark and Scapy look at what translators let out: TCP, UDP, ICMP with its errors, fragments, in
/// both versions of IP.
@Suite(.enabled(if: Judge.arePresent(.tshark, .python3)))
struct TranslatedCaptureTests {
  /// Above this, an expert note says more than that something noteworthy happened.
  private static let note = 0x0040_0000

  @Test(arguments: ["aws-natgw", "worker-legacy", "rfc", "lambda-v2n"])
  func `IPv4 through a profile`(name: String) throws {
    let behavior = try #require(Behavior.profiles.first { $0.key == name }?.value)
    var capture = try TranslatedCapture()
    var translator = try Translator(
      behavior: behavior, outsideAddresses: [KernelRouter.outside], seed: 3)
    let traffic = TranslatedTraffic()
    let sent = traffic.outbound + traffic.fragments
    for (number, packet) in sent.enumerated() {
      let now = Instant(nanoseconds: Int64(number) * 1_000_000)
      guard
        let left = capture.record(packet, { translator.translateOutbound(&$0, at: 0, now: now) })
      else { continue }
      for answer in traffic.answers(to: left) {
        capture.record(answer) { translator.translateInbound(&$0, at: 0, now: now) }
      }
    }
    let file = try capture.finish()
    #expect(file.packetCount > sent.count)
    try judge(file)
  }

  @Test func `IPv6 through NAPT66 and NPTv6`() throws {
    var capture = try TranslatedCapture()
    let outside = try IPv6Address("2001:db8:ffff::7")
    var translator = try IPv6Translator(behavior: .rfc, outsideAddresses: [outside], seed: 3)
    let prefixes = try PrefixTranslator(
      inside: IPv6Prefix("fd01:203:405::/48"), outside: IPv6Prefix("2001:db8:1::/48"))
    let traffic = try TranslatedIPv6Traffic()
    for (number, packet) in traffic.outbound.enumerated() {
      let now = Instant(nanoseconds: Int64(number) * 1_000_000)
      if let left = capture.record(
        packet, { translator.translateOutbound(&$0, at: 0, now: now) })
      {
        for answer in traffic.answers(to: left) {
          capture.record(answer) { translator.translateInbound(&$0, at: 0, now: now) }
        }
      }
      if let left = capture.record(packet, { prefixes.translateOutbound(&$0, at: 0) }) {
        for answer in traffic.answers(to: left) {
          capture.record(answer) { prefixes.translateInbound(&$0, at: 0) }
        }
      }
    }
    let file = try capture.finish()
    #expect(file.packetCount > 3 * traffic.outbound.count)
    try judge(file)
  }

  @Test func `A planted fault is found`() throws {
    var capture = try TranslatedCapture()
    var packet = TranslatedTraffic().outbound[0]
    packet[packet.count - 1] ^= 1
    capture.record(packet) { _ in .translated(isNew: true) }
    let file = try capture.finish()
    #expect(try complaints(about: file.path).count == 1)
    #expect(try scapy(file.path).contains { $0.hasPrefix("BAD") })
  }

  private func judge(_ file: TranslatedCapture.File) throws {
    let complaints = try complaints(about: file.path)
    #expect(complaints.isEmpty, "\(complaints.count): \(complaints.prefix(5))")
    let said = try scapy(file.path)
    #expect(said.filter { !$0.hasPrefix("JUDGED") } == [])
    let judged = try #require(said.last?.split(separator: " "))
    #expect(judged.count == 4 && Int(judged[2]) == file.packetCount)
    #expect((Int(judged[3]) ?? 0) > file.packetCount)
  }

  /// What tshark finds wrong, a line for each packet.
  private func complaints(about file: String) throws -> [String] {
    let fields = [
      "frame.number", "_ws.malformed", "ip.checksum.status", "tcp.checksum.status",
      "udp.checksum.status", "icmp.checksum.status", "icmpv6.checksum.status",
      "_ws.expert.severity", "_ws.expert.message",
    ]
    // Without following connections, since some of the segments come from nowhere on purpose, and
    // without what payloads look like on ports that happen to be chosen.
    let opinion = try Judge.tshark.ask(
      [
        "-d", "udp.port==1-65535,data", "-d", "tcp.port==1-65535,data", "-r", file, "-T", "fields",
        "-E", "aggregator=;", "-o", "tcp.analyze_sequence_numbers:FALSE",
      ]
        + DissectionTests.checkingOptions + fields.flatMap { ["-e", $0] })
    #expect(opinion.status == 0, "\(opinion.complaints)")
    return opinion.rows.compactMap { row in
      guard row.count == fields.count else { return "unexpected output \(row)" }
      // Status 0 is "Bad".
      let hasBadChecksum = row[2...6].contains { $0.split(separator: ";").contains("0") }
      let worst = row[7].split(separator: ";").compactMap { Int($0) }.max() ?? 0
      return row[1].isEmpty && !hasBadChecksum && worst <= Self.note
        ? nil : row.joined(separator: " | ")
    }
  }

  private func scapy(_ file: String) throws -> [String] {
    let opinion = try Judge.python3.ask(["-c", ScapyIPChecksums.program, file])
    #expect(opinion.status == 0, "\(opinion.complaints)")
    return opinion.output.split(separator: "\n").map(String.init)
  }
}
