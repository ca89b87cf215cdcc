public import PacketFormats
import SimulatedTime

/// A search for the routers on the way to a host, as traceroute(8) makes it: packets that may take
/// one hop, two hops and so on, and what comes back.
public struct Traceroute: Hashable, Sendable {
  /// What is sent.
  public enum Probe: Hashable, Sendable {
    /// UDP to a port that nobody listens at.
    case datagram
    /// ICMP echo requests (`traceroute -I`).
    case echo
  }

  public var destination: IPAddress
  public var probe: Probe
  /// Where to stop (`-m`: 30).
  public var maximumHops: Int
  /// How many packets may take the same number of hops (`-q`: 3).
  public var probesPerHop: Int
  /// The port of the first datagram; each goes to the next one (`-p`: 33,434).
  public var firstPort: UInt16
  /// Length of each packet with its IP header, in bytes (60; at least the headers).
  public var packetByteCount: Int
  /// How long to wait for an answer (`-w`: 5 s).
  public var timeout: Duration
  /// How many packets may wait for an answer at a time (`-N`: 16).
  public var simultaneousProbes: Int

  public init(
    destination: IPAddress, probe: Probe = .datagram, maximumHops: Int = 30,
    probesPerHop: Int = 3, firstPort: UInt16 = 33434, packetByteCount: Int = 60,
    timeout: Duration = .seconds(5), simultaneousProbes: Int = 16
  ) {
    self.destination = destination
    self.probe = probe
    self.maximumHops = maximumHops
    self.probesPerHop = probesPerHop
    self.firstPort = firstPort
    self.packetByteCount = packetByteCount
    self.timeout = timeout
    self.simultaneousProbes = simultaneousProbes
  }

  /// Whether its numbers make sense (traceroute allows up to 255 hops and 10 packets for each).
  var isSensible: Bool {
    (1...255).contains(maximumHops) && (1...10).contains(probesPerHop)
      && simultaneousProbes > 0 && timeout > .zero && packetByteCount > 0
      && (probe == .echo || Int(firstPort) + maximumHops * probesPerHop <= 1 << 16)
  }
}

/// What came back from packets that could take so many hops.
public struct RouteHop: Hashable, Sendable {
  /// How many hops, from 1 on.
  public var distance: Int
  /// One for each packet; `nil` if nothing came back.
  public var answers: [RouteAnswer?]

  public init(distance: Int, answers: [RouteAnswer?]) {
    self.distance = distance
    self.answers = answers
  }
}

/// What came back for one packet, and from whom.
public struct RouteAnswer: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A router: the packet's hops were used up.
    case timeExceeded
    /// The destination itself.
    case reached
    /// A router or a host that knows no way or will not have it, with the code of its message.
    case unreachable(code: UInt8)
    /// A router whose next link carries so many bytes only.
    case tooLong(maximumTransmissionUnit: Int)
  }

  public var kind: Kind
  public var address: IPAddress
  public var roundTrip: Duration

  public init(kind: Kind, address: IPAddress, roundTrip: Duration) {
    self.kind = kind
    self.address = address
    self.roundTrip = roundTrip
  }

  /// What traceroute(8) prints behind the time: nothing, or why the way ends here.
  var annotation: String {
    switch (kind, address.family) {
    case (.timeExceeded, _), (.reached, _): ""
    case (.tooLong(let limit), _): " !F-\(limit)"
    case (.unreachable(0), _): " !N"
    case (.unreachable(1), .v4), (.unreachable(3), .v6): " !H"
    case (.unreachable(2), .v4): " !P"
    case (.unreachable(9), .v4), (.unreachable(10), .v4), (.unreachable(13), .v4),
      (.unreachable(1), .v6):
      " !X"
    case (.unreachable(let code), _): " !\(code)"
    }
  }
}

extension RouteHop: CustomStringConvertible {
  /// The line that traceroute(8) prints with `-n`.
  public var description: String {
    var text = distance < 10 ? " \(distance) " : "\(distance) "
    var last: IPAddress?
    for answer in answers {
      guard let answer else {
        text += " *"
        continue
      }
      if answer.address != last { text += " \(answer.address)" }
      last = answer.address
      text += "  \(Self.milliseconds(answer.roundTrip)) ms\(answer.annotation)"
    }
    return text
  }

  /// With three decimals, rounded down.
  private static func milliseconds(_ duration: Duration) -> String {
    let microseconds = duration.wholeNanoseconds / 1000
    let decimals = String(microseconds % 1000)
    return "\(microseconds / 1000)."
      + String(repeating: "0", count: 3 - decimals.utf8.count) + decimals
  }
}
