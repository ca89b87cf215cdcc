import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

@Suite struct ListedTranslationTests {
  private static func listed(
    _ transport: IPProtocol, _ state: Translation.State, ended: Int64? = 310_900_000_000
  ) -> ListedTranslation {
    ListedTranslation(
      RecordedTranslation(
        flow: Flow(
          protocol: transport, inside: TransportAddress(IPv4Address(10, 0, 0, 5), 40_110),
          remote: TransportAddress(IPv4Address(198, 51, 100, 9), transport == .icmp ? 0 : 443)),
        outside: TransportAddress(IPv4Address(203, 0, 113, 7), 1024), state: state,
        stateSince: .start, made: Instant(nanoseconds: 7), ended: ended.map(Instant.init),
        endReason: .idle), at: Instant(nanoseconds: 11_000_000_000))
  }

  /// Lines that conntrack v1.4.7 printed for entries made with `conntrack -I`.
  @Test(arguments: [
    (
      IPProtocol.tcp, Translation.State.established,
      "ipv4     2 tcp      6 299 ESTABLISHED src=10.0.0.5 dst=198.51.100.9 sport=40110 dport=443 "
        + "src=198.51.100.9 dst=203.0.113.7 sport=443 dport=1024 [ASSURED] mark=0 use=1"
    ),
    (
      .tcp, .opening,
      "ipv4     2 tcp      6 299 SYN_SENT src=10.0.0.5 dst=198.51.100.9 sport=40110 dport=443 "
        + "[UNREPLIED] src=198.51.100.9 dst=203.0.113.7 sport=443 dport=1024 mark=0 use=1"
    ),
    (
      .udp, .udpOneWay,
      "ipv4     2 udp      17 299 src=10.0.0.5 dst=198.51.100.9 sport=40110 dport=443 [UNREPLIED] "
        + "src=198.51.100.9 dst=203.0.113.7 sport=443 dport=1024 mark=0 use=1"
    ),
    (
      .icmp, .icmpQuery,
      "ipv4     2 icmp     1 299 src=10.0.0.5 dst=198.51.100.9 type=8 code=0 id=40110 "
        + "src=198.51.100.9 dst=203.0.113.7 type=0 code=0 id=1024 mark=0 use=1"
    ),
  ])
  func `Lines look like those of conntrack`(
    transport: IPProtocol, state: Translation.State, line: String
  ) {
    #expect(Self.listed(transport, state).conntrackLine == line)
  }

  @Test func `States have Linux's names`() {
    let names: [(Translation.State, String)] = [
      (.openingAnswered, "SYN_RECV"), (.halfClosed, "CLOSE_WAIT"), (.closing, "LAST_ACK"),
      (.closed, "TIME_WAIT"), (.reset, "CLOSE"),
    ]
    for (state, name) in names {
      #expect(
        Self.listed(.tcp, state).conntrackLine.hasPrefix("ipv4     2 tcp      6 299 \(name) "))
    }
  }

  @Test func `What is not known is left out`() {
    let listed = Self.listed(.udp, .udpTwoWay, ended: nil)
    #expect(listed.conntrackLine.hasPrefix("ipv4     2 udp      17 src=10.0.0.5 "))
    #expect(listed.csvLine.hasSuffix(",udpTwoWay,7,"))
    #expect(listed.jsonLine.hasSuffix("\"made_ns\":7,\"remaining_ns\":null}"))
  }

  @Test func `CSV has as many values as names, and JSON the keys of a record`() {
    let listed = Self.listed(.tcp, .closing)
    #expect(
      listed.csvLine
        == "tcp,10.0.0.5,40110,203.0.113.7,1024,198.51.100.9,443,closing,7,299900000000")
    #expect(
      ListedTranslation.csvHeader.split(separator: ",").count
        == listed.csvLine.split(separator: ",").count)
    #expect(
      listed.jsonLine
        == "{\"protocol\":\"tcp\",\"inside\":\"10.0.0.5:40110\",\"outside\":\"203.0.113.7:1024\","
        + "\"remote\":\"198.51.100.9:443\",\"state\":\"closing\",\"made_ns\":7,"
        + "\"remaining_ns\":299900000000}")
  }

  @Test func `A translator's table is listed with what is left of its timers`() throws {
    var translator = try Translator(
      behavior: .lambdaV2N, outsideAddresses: [IPv4Address(203, 0, 113, 7)], seed: 1)
    var packet = TestPacket.udp(
      from: TransportAddress(IPv4Address(10, 0, 0, 5), 5000),
      to: TransportAddress(IPv4Address(198, 51, 100, 9), 53))
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    _ = translator.translateOutbound(&bytes, at: 0, now: .start)
    let now = Instant(nanoseconds: 20_000_000_000)
    let line = try #require(
      translator.translations(at: now).first.map { ListedTranslation($0, at: now) })
    #expect(line.remaining == .seconds(100))
    #expect(line.conntrackLine.hasPrefix("ipv4     2 udp      17 100 src=10.0.0.5 "))
  }

  @Test func `Every state has a name of its own`() {
    #expect(
      Set(Translation.State.allCases.map(\.label.description)).count
        == Translation.State.allCases.count)
    for state in Translation.State.allCases {
      #expect(Translation.State(label: state.label.description) == state)
    }
    #expect(Translation.State(label: "gone") == nil)
  }
}
