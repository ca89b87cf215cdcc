/// What a translator and a path must not do, one by one.
public enum Rule: String, Hashable, Sendable, Encodable, CaseIterable {
  case wellFormed = "well-formed"
  case checksumIPv4 = "checksum-ipv4"
  case checksumTCP = "checksum-tcp"
  case checksumUDP = "checksum-udp"
  case checksumICMP = "checksum-icmp"
  case oneInsidePerOutside = "one-inside-per-outside"
  case oneOutsidePerInside = "one-outside-per-inside"
  case reversePath = "reverse-path"
  case portRange = "port-range"
  case addressExchange = "address-exchange"
  case origin
  case timeOrder = "time-order"
  case latencySum = "latency-sum"
  case payloadUnchanged = "payload-unchanged"
  case timeToLive = "time-to-live"
  case idleTimeout = "idle-timeout"
  case admission
  case expectedTranslations = "expected-translations"

  /// The rule in one sentence.
  public var summary: String {
    switch self {
    case .wellFormed: "every frame's headers can be read"
    case .checksumIPv4:
      "IPv4 header checksums are right, inside tunnels too, and stay so in quoted headers"
    case .checksumTCP: "TCP checksums are right"
    case .checksumUDP:
      "UDP checksums are right, or absent where that is allowed, all along the path"
    case .checksumICMP: "ICMP checksums are right"
    case .oneInsidePerOutside:
      "no outside address and port stands for two insides with the same remote at a time"
    case .oneOutsidePerInside:
      "no inside address and port is two outsides for the same remote at a time"
    case .reversePath: "what comes back is translated exactly the other way round"
    case .portRange: "ports that a translator chose are in the range allowed"
    case .addressExchange:
      "where addresses are only exchanged, ports stay, each has one other, and IPv6 sums stay"
    case .origin: "no packet appears in the middle of the path without having come there"
    case .timeOrder: "packets reach the points of the path one after the other"
    case .latencySum: "a packet's hop times add up to its whole time"
    case .payloadUnchanged: "payloads stay as they are along the path"
    case .timeToLive:
      "the time to live, or hop limit, never rises along the path, and falls where it must"
    case .idleTimeout: "nothing comes in by a translation that was idle longer than its timer"
    case .admission: "nothing comes in that nobody inside has asked for"
    case .expectedTranslations: "the translations found are the ones expected"
    }
  }
}
