import PacketFormats

extension Inspector {
  /// Checks the checksums of one packet, its own and its transport's.
  mutating func checkChecksums(_ frame: Dissection, _ bytes: RawSpan, _ sighting: Sighting) {
    if frame.network == .ipv4 {
      judge(
        InternetChecksum.verifyNetwork(of: frame, in: bytes), .checksumIPv4, "IPv4", sighting)
    }
    // The card fills it in later, so what the capture shows is no checksum yet.
    guard !sighting.isChecksumPending else { return }
    switch frame.protocol {
    case .tcp:
      judge(
        InternetChecksum.verifyTransport(of: frame, in: bytes), .checksumTCP, "TCP", sighting)
    case .udp:
      judge(
        InternetChecksum.verifyTransport(of: frame, in: bytes), .checksumUDP, "UDP", sighting)
    case .icmp, .icmpv6:
      judge(
        InternetChecksum.verifyTransport(of: frame, in: bytes), .checksumICMP,
        frame.protocol == .icmp ? "ICMP" : "ICMPv6", sighting)
    default: break
    }
  }

  private mutating func judge(
    _ verdict: ChecksumVerdict, _ rule: Rule, _ name: String, _ sighting: Sighting
  ) {
    switch verdict {
    case .good, .absent: rules.check(rule)
    case .bad(let found, let expected):
      rules.check(rule)
      rules.violate(
        rule, sighting, found: "\(name) checksum \(Self.hexadecimal(found))",
        expected: Self.hexadecimal(expected))
    case .notCheckable: break
    }
  }

  /// Checks what a translator may not do to checksums that it has no business to make or to spoil.
  ///
  /// A datagram without a checksum stays one (RFC 3022, section 4.1), and so does one with. What
  /// ICMP errors quote may be wrong from the start, since routers change it; a checksum that was
  /// right has to stay so (RFC 5508, REQ-4).
  @inline(never)
  mutating func checkMarks(
    _ before: Passage, _ from: Tap, _ sighting: Sighting, _ facts: FrameFacts
  ) {
    if before.marks.contains(.hasUDPField), facts.marks.contains(.hasUDPField),
      before.marks.contains(.lacksUDPChecksum) != facts.marks.contains(.lacksUDPChecksum)
    {
      let place = place(of: before.lastFrame)
      rules.violate(
        .checksumUDP, sighting,
        found: facts.marks.contains(.lacksUDPChecksum)
          ? "no UDP checksum" : "a UDP checksum",
        expected: facts.marks.contains(.lacksUDPChecksum)
          ? "one, as in \(place)" : "none, as in \(place)")
    }
    if before.marks.isSuperset(of: [.quotesHeader, .quoteIsRight]),
      facts.marks.contains(.quotesHeader), !facts.marks.contains(.quoteIsRight)
    {
      let place = place(of: before.lastFrame)
      rules.violate(
        .checksumIPv4, sighting, found: "a wrong IPv4 checksum in what an ICMP error quotes",
        expected: "a right one, as in \(place)")
    }
  }

  /// Checks that a translator has taken hops off, if it is known to do so.
  mutating func checkDecrement(
    _ before: Passage, _ from: Tap, _ sighting: Sighting, _ facts: FrameFacts
  ) {
    guard let decrement = settings.timeToLiveDecrement, facts.timeToLive <= before.timeToLive,
      Int(facts.timeToLive) + Int(decrement) > Int(before.timeToLive)
    else { return }
    let origin = points[from.point].name
    rules.violate(
      .timeToLive, sighting, found: "time to live \(facts.timeToLive) behind a translation",
      expected: "at most \(Int(before.timeToLive) - Int(decrement)), after "
        + "\(before.timeToLive) at \(origin)")
  }

  private static func hexadecimal(_ value: UInt16) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
