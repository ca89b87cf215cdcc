/// How a translator treats packets.
///
/// A behaviour is plain data, and every setting can be changed before a ``Translator`` is made. A
/// new one does what the RFCs ask of a translator; ``rfc`` and the profiles of AWS's and Linux's
/// translators are values of this type and nothing else. The words *mapping*, *filtering* and the
/// three dependences are those of RFC 4787.
///
/// Marks such as A-13 or N-03, and sources such as lambda-vpc §4.2, are explained in
/// LambdawireModel's article "Facts and assumptions": what is marked *assumed* is a guess that no
/// AWS documentation confirms.
public struct Behavior: Hashable, Sendable {
  /// Whether flows are tracked at all.
  public var method: Method = .stateful
  /// What is translated besides errors; a packet of another kind is dropped.
  public var protocols: Protocols = [.tcp, .udp, .icmpQueries]
  /// Whether ICMP errors about a translated packet are turned back and passed on (RFC 5508, REQ-4
  /// and REQ-5).
  ///
  /// They neither prolong nor end a translation (REQ-6).
  public var translatesErrors = true

  // MARK: Mapping

  /// How much of the remote end decides which outside port a flow gets (RFC 4787, section 4.1).
  public var mapping: Dependence = .endpointIndependent
  /// Outside ports that may be given out to TCP and UDP.
  public var ports: ClosedRange<UInt16> = 1024...65535
  /// Identifiers that may be given out to ICMP queries.
  public var identifiers: ClosedRange<UInt16> = 0...65535
  /// Whether an inside port below 1024 gets an outside port below 1024 (RFC 4787, REQ-3a):
  /// 1–511 for one below 512 and 600–1023 for the others, as Linux does.
  ///
  /// A port below 1024 that is preserved may be any.
  public var keepsLowPortsLow = false
  /// Where the search for a free port begins.
  public var portChoice: PortChoice = .random
  /// Whether one outside port may serve several mappings whose remote ends differ.
  ///
  /// RFC 4787, REQ-3, forbids this ("port overloading"); RFC 7857, section 3, allows it. It means
  /// nothing under an endpoint-independent mapping, in which remote ends play no part.
  public var portOverloading = false
  /// Which of several outside addresses a flow gets.
  public var addressPooling: AddressPooling = .paired
  /// How many ports one inside address may hold at a time (RFC 6888, REQ-4), or `nil` for as many
  /// as there are.
  ///
  /// A port that serves several flows of one inside address counts once.
  public var portQuota: Int?
  /// How many ports of one outside address may be in use at a time towards what the mapping
  /// depends on of the remote end, or `nil` for as many as there are.
  public var portsPerDestination: Int?
  /// What becomes of a packet that would begin a flow for which no port is left.
  public var whenFull: FullTreatment = .administrativelyProhibited

  // MARK: Filtering

  /// How much of the remote end must be known before its packets are let in (RFC 4787,
  /// section 5).
  public var filtering: Dependence = .endpointIndependent
  /// What becomes of a packet from outside that belongs to no translation.
  public var unsolicitedPacket: UnsolicitedTreatment = .refuseSYNLate
  /// What becomes of a TCP segment from inside that belongs to no translation and is no SYN.
  public var latePacketFromInside: LatePacketTreatment = .drop
  /// What becomes of a packet from inside to one of the outside addresses (RFC 4787, REQ-9).
  public var hairpinning = true

  // MARK: Time

  /// When idle translations end.
  public var timers = Timers()
  /// Whether packets from outside restart the idle timer (RFC 4787, REQ-6b), as those from inside
  /// always do.
  public var inboundRefresh = true
  /// How far a RST's sequence number may lie from the next one expected of its sender, in bytes
  /// either way, or `nil` to believe every RST.
  ///
  /// What lies further off was not sent by anyone who sees the connection: it is dropped and
  /// changes nothing. Assumed: no source says how far AWS's translators look; a mebibyte is more
  /// than senders usually have in flight, and lets one guess in 2,048 through.
  public var resetWindow: UInt32? = 1 << 20
  /// Whether TCP segments are dropped that no TCP sends: with control bits that exclude each other,
  /// or such as the state of their connection does not allow.
  public var checksSegments = false
  /// Whether a connection that was reset, but goes on all the same, is established again (RFC
  /// 6146, section 3.5.2.2, state TRANS; RFC 7857, section 2.2).
  public var revivesAfterReset = true

  // MARK: Packets

  /// What becomes of fragments.
  public var fragments = Fragments()
  /// The longest packet that is passed on, in bytes with its IP header, or `nil` for any.
  ///
  /// A longer one that must not be fragmented is answered (RFC 4787, REQ-13a); one that may be is
  /// passed on whole, for its owner to fragment.
  public var mtu: UInt16?
  /// What a larger maximum segment size in a SYN is reduced to, in bytes, or `nil` to leave it.
  public var maximumSegmentSize: UInt16?
  /// How much the hop count falls in passing, in hops.
  public var timeToLiveDecrement: UInt8 = 1
  /// Whether the sender of a packet whose hops are used up is told (RFC 792, "Time Exceeded
  /// Message"), which makes a translator show in a traceroute.
  public var answersTimeExceeded = true

  /// What the RFCs ask of a translator: the same as ``rfc``.
  public init() {}
}
