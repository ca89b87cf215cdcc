/// What the settings of a behaviour can be.
extension Behavior {
  /// Whether a translator keeps state.
  public enum Method: Hashable, Sendable {
    /// Flows are tracked, and each is given an outside address and port.
    case stateful
    /// One inside address stands for one outside address; ports are untouched, nothing is
    /// remembered (RFC 3022, section 2.1, "basic NAT").
    ///
    /// Of the other settings those about errors and hops count, and no other. An ICMP error that
    /// is damaged is passed on with its quote as it is.
    case oneToOne
  }

  /// Kinds of packets that begin flows.
  public struct Protocols: OptionSet, Hashable, Sendable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    public static let tcp = Protocols(rawValue: 1 << 0)
    public static let udp = Protocols(rawValue: 1 << 1)
    /// Echo, timestamp and other requests, with their replies (RFC 5508, section 3.1).
    public static let icmpQueries = Protocols(rawValue: 1 << 2)
  }

  /// How much of the remote end matters, from nothing to everything (RFC 4787, sections 4.1
  /// and 5).
  public enum Dependence: Comparable, Hashable, Sendable, CaseIterable {
    case endpointIndependent
    case addressDependent
    case addressAndPortDependent
  }

  /// Where the search for a free outside port begins.
  ///
  /// From there on the first free port is taken, going round at the end of the range. Identifiers
  /// of queries are chosen like ports.
  public enum PortChoice: Hashable, Sendable, CaseIterable {
    /// At a port drawn at random (RFC 6056, section 3.3.1, algorithm 1).
    case random
    /// At the inside port if it is free and in range, otherwise as ``random``.
    case preserve
    /// After the port given out last.
    case sequential
    /// At a random port that is even if the inside port is, and odd if it is not; the other half
    /// is searched only when this one is full (RFC 4787, REQ-4).
    case parity
    /// At a port that a secret, made from the seed, and the flow decide, so that the same flow
    /// tends to get the same port again (RFC 6056, section 3.3.3, algorithm 3, without its
    /// counter).
    case hash
  }

  /// Which of several outside addresses a flow gets (RFC 4787, section 4.1, "IP address pooling").
  public enum AddressPooling: Hashable, Sendable, CaseIterable {
    /// The one that a hash of the flow chooses, or the next with a free port (N-10, assumed).
    case arbitrary
    /// The one that belongs to the inside address, and no other (RFC 4787, REQ-2).
    case paired
  }

  /// What becomes of a TCP segment from inside that belongs to no translation and is no SYN.
  public enum LatePacketTreatment: Hashable, Sendable, CaseIterable {
    /// Its sender is owed a RST.
    case reset
    /// It is dropped and nobody is told.
    case drop
    /// It begins an established translation if ACK is its only control bit apart from PSH and
    /// URG; otherwise it is dropped.
    case pickUp
  }

  /// What becomes of a packet from outside that belongs to no translation and may begin none.
  public enum UnsolicitedTreatment: Hashable, Sendable, CaseIterable {
    /// It is dropped and nobody is told.
    case drop
    /// The sender of a TCP segment is owed a RST; all else is dropped.
    case reset
    /// A SYN is kept for ``Timers/unsolicitedSYN``. If a connection between the two ends begins
    /// inside meanwhile it is forgotten, or else its sender is told that the port is unreachable
    /// (RFC 5382, REQ-4). All else is dropped, and so are a SYN in fragments, one from another
    /// inside host, one more for the same two ends, and one for which there is no room: 1,024
    /// wait at a time.
    case refuseSYNLate
  }

  /// What becomes of a packet that finds no free port.
  public enum FullTreatment: Hashable, Sendable, CaseIterable {
    /// It is dropped and nobody is told.
    case drop
    /// Its sender is told that communication is administratively prohibited: ICMP 3/13 (RFC 5508,
    /// REQ-8), ICMPv6 1/1.
    case administrativelyProhibited
    /// Its sender is told that the host is unreachable: ICMP 3/1 (RFC 6888, REQ-11), ICMPv6 1/3.
    case hostUnreachable
  }

  /// What becomes of fragments, by the protocol of the packet they are part of.
  ///
  /// Only a packet's first fragment has ports. The others are recognised by the addresses, the
  /// protocol and the identification that they have in common with it.
  public struct Fragments: Hashable, Sendable {
    public var tcp: FragmentTreatment = .anyOrder
    public var udp: FragmentTreatment = .anyOrder
    /// Fragments of queries; those of errors, whose checksum cannot be seen, are always dropped.
    public var icmp: FragmentTreatment = .anyOrder
    /// How long the fragments of a packet are recognised after the first that came (RFC 8200,
    /// section 4.5, gives reassembly 60 s; Linux 30 s).
    public var timeout: Duration = .seconds(60)
    /// How many packets may be in fragments at a time (RFC 4787, section 11: a limit is needed).
    public var maximumPackets = 1024
    /// How many fragments of one packet may wait for its first (others take 45 to 64; Linux limits
    /// their memory only).
    public var maximumWaiting = 64

    public init() {}
  }

  /// What becomes of a fragment.
  public enum FragmentTreatment: Hashable, Sendable, CaseIterable {
    /// It is dropped, first or not.
    case drop
    /// It is translated if the first fragment came before it; otherwise it is dropped.
    case inOrder
    /// It is translated, and waits for the first fragment if that has not come (RFC 4787,
    /// REQ-14). Nothing is put together: each fragment leaves as it came.
    case anyOrder
  }
}
