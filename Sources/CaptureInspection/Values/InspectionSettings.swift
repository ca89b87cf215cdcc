/// What an inspection may assume about captures and translators, all of it to be overridden.
public struct InspectionSettings: Hashable, Sendable {
  /// Names of capture points from the inside out.
  ///
  /// Points with other names come after these, in the order in which files and interfaces are
  /// given: so `inside.pcap outside.pcap` needs no setting.
  public var path: [String] = Self.lambdawirePath

  /// How long a packet with an id may be under way, in nanoseconds: 60 s.
  ///
  /// Assumed: the slowest hop we know of is the first packet that waits for a network interface,
  /// about 10 s (lambda-vpc §2).
  public var packetLifetime: Int64 = 60_000_000_000

  /// How long a packet without an id is looked for at another point, in nanoseconds: 5 s.
  ///
  /// Assumed; longer finds no more in practice and costs memory for all that crosses nothing.
  public var matchingWindow: Int64 = 5_000_000_000

  /// How many packets may be under way at a time; beyond, the oldest are given up.
  ///
  /// Each takes some 140 bytes.
  public var openPacketLimit = 1 << 21

  /// How long a translation lives on without packets, in nanoseconds.
  public var translationLifetimes = TranslationLifetimes()

  /// The translator's timers, as far as they are known: nothing may come in by a translation that
  /// was idle for longer.
  public var idleTimeouts = IdleTimeouts()

  /// Whether the translator is known to let in only answers (filtering that depends on address and
  /// port: RFC 4787, section 5) and the captures to begin before all flows.
  ///
  /// Captures do not show filtering: what comes in unasked may be what somebody has opened a port
  /// for.
  public var admitsOnlyAnswers = false

  /// How many hops a translator takes off at least, if that is known.
  ///
  /// One does as a rule, but the stateless rewriting on a Lambda worker need not (N-07).
  public var timeToLiveDecrement: UInt8?

  /// Ports that a translator may choose: 1024–65535, the range AWS documents for its NAT gateway
  /// (nat-behaviour §1).
  public var ports: ClosedRange<UInt16> = 1024...65535

  /// How many offending frames each rule keeps; all are counted.
  public var findingLimit = 20

  public init() {}

  /// The capture points of a Lambdawire run, from the inside out.
  public static let lambdawirePath = [
    "guest", "slot", "tunnel", "hyperplane-in", "hyperplane-out", "eni", "endpoint",
    "nat-gateway-in", "nat-gateway-out", "transit-gateway", "peer", "virtual-private-gateway",
    "egress-only-internet-gateway", "internet-gateway", "destination",
  ]
}
