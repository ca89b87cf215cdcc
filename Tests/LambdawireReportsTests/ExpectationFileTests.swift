import CaptureInspection
import LambdawireReports
import PacketFormats
import Testing

@Suite struct ExpectationFileTests {
  private func read(_ text: String) throws -> [ExpectedTranslation] {
    try ExpectationFile(text: text, path: "expected.jsonl").translations
  }

  @Test func `A line describes a translation anywhere`() throws {
    let found = try read(
      """
      {"protocol":"tcp","inside":"192.168.1.7:40110","outside":"203.0.113.5:1024"}
      {"protocol":"17","inside":"[2001:db8::1]:53","outside":"[2001:db8::2]:53","remote":"[2001:db8::3]:53"}

      """)
    try #require(found.count == 2)
    #expect(found[0].description == "tcp 192.168.1.7:40110 as 203.0.113.5:1024")
    #expect(found[0].crossing == nil)
    #expect(found[0].remote == nil)
    #expect(found[1].description == "udp [2001:db8::1]:53 as [2001:db8::2]:53 to [2001:db8::3]:53")
  }

  @Test func `Two translators of one slot count as one, and other events not at all`() throws {
    func line(_ event: String, _ translator: String, _ inside: String, _ outside: String) -> String
    {
      """
      {"time_ns":1,"event":"\(event)","translator":"\(translator)","protocol":"tcp",\
      "inside":"\(inside)","outside":"\(outside)","remote":"10.0.2.20:5432","state":"new"}

      """
    }
    let found = try read(
      "{\"time_ns\":0,\"event\":\"control\",\"act\":\"x\",\"duration_ns\":12}\n"
        + line("translation-made", "orders-1/namespace", "169.254.79.1:4000", "10.132.0.1:4000")
        + line("translation-made", "orders-1/host", "10.132.0.1:4000", "10.128.0.1:4001")
        + line("translation-made", "eni-1", "10.128.0.1:4001", "10.0.1.4:1024")
        + line("translation-ended", "eni-1", "10.128.0.1:4001", "10.0.1.4:1024"))
    #expect(
      found.map(\.description) == [
        "tcp 169.254.79.1:4000 as 10.128.0.1:4001 to 10.0.2.20:5432, guest → slot",
        "tcp 10.128.0.1:4001 as 10.0.1.4:1024 to 10.0.2.20:5432, hyperplane-in → hyperplane-out",
      ])
  }

  @Test func `A translator's name says where it is`() throws {
    func line(_ event: String, _ translator: String, _ inside: String, _ outside: String) -> String
    {
      """
      {"event":"\(event)","translator":"\(translator)","protocol":"tcp","inside":"\(inside)",\
      "outside":"\(outside)"}

      """
    }
    let file = try ExpectationFile(
      text: line("translation-made", "shop/nat-a", "10.0.1.4:4001", "10.0.101.4:1024")
        + line("translation-made", "shop/nat-r/use1-az1", "10.0.1.4:4001", "198.51.100.9:1024")
        + line("ipv6-translation-made", "eni-1", "[2001:db8::1]:1", "[2001:db8::2]:2")
        + line("static-translation", "orders-1/slot", "2001:db8:a::1", "2001:db8:b::1")
        + line("static-translation", "shop/igw", "10.0.101.4", "198.51.100.7"), path: "x.jsonl")
    #expect(
      file.translations.map(\.description) == [
        "tcp 10.0.1.4:4001 as 10.0.101.4:1024, nat-gateway-in → nat-gateway-out",
        "tcp 10.0.1.4:4001 as 198.51.100.9:1024, nat-gateway-in → nat-gateway-out",
        "tcp [2001:db8::1]:1 as [2001:db8::2]:2, hyperplane-in → hyperplane-out",
      ])
    #expect(
      file.exchanges.map(\.description) == [
        "2001:db8:a::1 as 2001:db8:b::1, whatever the port, at slot",
        "10.0.101.4 as 198.51.100.7, whatever the port, at internet-gateway",
      ])
  }

  @Test(arguments: [
    ("{\"event\":\"static-translation\"}", "no `inside`"),
    ("{\"event\":\"static-translation\",\"inside\":\"10.0.0.1:7\"}", "inside 10.0.0.1:7"),
    (
      "{\"event\":\"static-translation\",\"inside\":\"10.0.0.1\",\"outside\":\"2001:\"}",
      "outside 2001:"
    ),
    ("nonsense", "no object with texts for its values"),
    ("[]", "no object with texts for its values"),
    ("{\"protocol\":5}", "no object with texts for its values"),
    ("{}", "no protocol"), ("{\"protocol\":\"sctp\"}", "the protocol sctp"),
    ("{\"protocol\":\"tcp\"}", "no `inside`"),
    ("{\"protocol\":\"tcp\",\"inside\":\"10.0.0.1\"}", "inside 10.0.0.1"),
    ("{\"protocol\":\"tcp\",\"inside\":\"10.0.0.1:70000\"}", "inside 10.0.0.1:70000"),
    ("{\"protocol\":\"tcp\",\"inside\":\"[10.0.0.1]:7\"}", "inside [10.0.0.1]:7"),
    ("{\"protocol\":\"tcp\",\"inside\":\"10.0.0.1:7\"}", "no `outside`"),
  ])
  func `A bad line is named with what stands there`(line: String, found: String) {
    #expect {
      _ = try read("\n\(line)\n")
    } throws: { error in
      guard case .badLine("expected.jsonl", 2, found, _)? = error as? ExpectationError else {
        return false
      }
      return "\(error)".hasPrefix("expected.jsonl:2: found \(found), expected ")
    }
  }

  @Test func `A file without translations, or without anything, is refused`() {
    #expect(throws: ExpectationError.empty(path: "expected.jsonl")) { try read("") }
    #expect(throws: ExpectationError.empty(path: "expected.jsonl")) {
      try read("{\"event\":\"drop\"}\n")
    }
    #expect {
      _ = try ExpectationFile(path: "/nonexistent/file")
    } throws: { error in
      if case .unreadable? = error as? ExpectationError { true } else { false }
    }
  }
}
