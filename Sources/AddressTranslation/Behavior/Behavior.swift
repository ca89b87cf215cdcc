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
  /// Whether an inside port below 1024 gets an outside port below 1024 (RFC 4787, REQ-3a).
  ///
  /// As in Linux, that is one of 1–511 for one below 512 and of 600–1023 for the others; one that
  /// is preserved may be any. Identifiers of ICMP queries are not ports.
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
  /// Each mapping of a protocol, port and, as far as it depends on that, remote end counts once,
  /// identifiers too, however many flows share it. Fixed mappings do not count.
  public var portQuota: Int?
  /// How many ports of one protocol and outside address may be in use at a time towards what the
  /// mapping depends on of the remote end, or `nil` for as many as there are.
  ///
  /// Where ports are not shared between destinations (``portOverloading``), all destinations
  /// together have so many.
  public var portsPerDestination: Int?
  /// How many nodes keep the translator's flows between them.
  ///
  /// With several, a port is chosen so that a packet coming back leads, by a hash of its two ends,
  /// to the node that was asked when the flow began (lambda-vpc §6.1: a patent of AWS's). Means
  /// nothing where one port serves several remote ends.
  public var stateNodes = 1
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
  /// Whether a packet from inside to one of the outside addresses comes back inside (RFC 4787,
  /// REQ-9).
  ///
  /// A query has no port that says which inside host it is for: it comes back only by a fixed
  /// mapping, and RFC 7857, section 12, is not met for others.
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
  /// changes nothing. Expected is the end of the segment that came furthest, where a leap of more
  /// than this does not count and nothing comes after a FIN; a FIN that lies further off is passed
  /// on, but not believed. From a side that has sent no SYN yet a RST must acknowledge the other's
  /// (RFC 9293, section 3.10.7.3). Assumed: no source says how far AWS's translators look; a
  /// mebibyte is more than senders usually have in flight, and lets one guess in 2,048 through.
  public var resetWindow: UInt32? = 1 << 20
  /// Whether TCP segments are dropped that no TCP sends: with control bits that exclude each other,
  /// or such as the state of their connection does not allow.
  public var checksSegments = false
  /// Whether a connection that was reset, but goes on all the same, is established again (RFC
  /// 6146, section 3.5.2.2, state TRANS; RFC 7857, section 2.2).
  ///
  /// Any segment does it but a RST, and a SYN from a side that may begin connections: that begins
  /// another, whatever is set here, as it does after a close. Inside is such a side, and so is
  /// outside if it began this one, by a fixed mapping, or where filtering depends on nothing.
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
