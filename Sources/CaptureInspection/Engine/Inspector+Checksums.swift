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

  private static func hexadecimal(_ value: UInt16) -> String {
    let digits = String(value, radix: 16)
    return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
