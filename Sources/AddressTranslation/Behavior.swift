/// How a translator treats packets.
///
/// A behaviour is plain data: the profiles ``lambdaV2N``, ``workerEBPF`` and ``workerLegacy`` are
/// values of this type, and every setting of theirs can be changed before a ``Translator`` is
/// made. The words *mapping*, *filtering* and the three dependences are those of RFC 4787.
///
/// Marks such as A-13 or N-03, and sources such as lambda-vpc §4.2, are explained in
/// LambdawireModel's article "Facts and assumptions": what is marked *assumed* is a guess that no
/// AWS documentation confirms.
public struct Behavior: Hashable, Sendable {
  /// Whether flows are tracked at all.
  public var method: Method
  /// How much of the remote end decides which outside port a flow gets (RFC 4787, section 4.1).
  public var mapping: Dependence
  /// How much of the remote end must be known before its packets are let in (RFC 4787,
  /// section 5).
  public var filtering: Dependence
  /// Outside ports that may be given out.
  public var ports: ClosedRange<UInt16>
  /// Whether an inside port below 1024 gets an outside port below 1024 (RFC 4787, REQ-3a):
  /// 1–511 for one below 512 and 600–1023 for the others, as Linux does.
  public var keepsLowPortsLow: Bool
  /// Where the search for a free port begins.
  public var portChoice: PortChoice
  /// Whether one outside port may serve several mappings whose remote ends differ.
  ///
  /// RFC 4787, REQ-3, forbids this ("port overloading"); RFC 7857, section 3, allows it. It means
  /// nothing under an endpoint-independent mapping, in which remote ends play no part.
  public var portOverloading: Bool
  /// When idle translations end.
  public var timers: Timers
  /// Whether packets from outside restart the idle timer (RFC 4787, REQ-6b), as those from inside
  /// always do.
  public var inboundRefresh: Bool
  /// How much the hop count falls in passing, in hops.
  public var timeToLiveDecrement: UInt8
  /// What becomes of a TCP segment from inside that belongs to no translation and is no SYN.
  public var latePacketFromInside: LatePacketTreatment
  /// What becomes of a packet that would begin a flow when no outside port is left.
  public var whenFull: FullTreatment

  /// Whether a translator keeps state.
  public enum Method: Hashable, Sendable {
    /// Flows are tracked, and each is given an outside address and port.
    case stateful
    /// One inside address stands for one outside address; ports are untouched, nothing is
    /// remembered (RFC 3022, section 2.1, "basic NAT").
    case oneToOne
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
  /// From there on the first free port is taken, going round at the end of the range.
  public enum PortChoice: Hashable, Sendable, CaseIterable {
    /// At a port drawn at random (RFC 6056, section 3.3.1, algorithm 1).
    case random
    /// At the inside port if it is free and in range, otherwise as ``random``.
    case preserve
    /// After the port given out last.
    case sequential
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

  /// What becomes of a packet that finds no free port.
  public enum FullTreatment: Hashable, Sendable, CaseIterable {
    /// It is dropped and nobody is told.
    case drop
  }

  public init(
    method: Method, mapping: Dependence, filtering: Dependence, ports: ClosedRange<UInt16>,
    keepsLowPortsLow: Bool, portChoice: PortChoice, portOverloading: Bool, timers: Timers,
    inboundRefresh: Bool, timeToLiveDecrement: UInt8,
    latePacketFromInside: LatePacketTreatment, whenFull: FullTreatment
  ) {
    self.method = method
    self.mapping = mapping
    self.filtering = filtering
    self.ports = ports
    self.keepsLowPortsLow = keepsLowPortsLow
    self.portChoice = portChoice
    self.portOverloading = portOverloading
    self.timers = timers
    self.inboundRefresh = inboundRefresh
    self.timeToLiveDecrement = timeToLiveDecrement
    self.latePacketFromInside = latePacketFromInside
    self.whenFull = whenFull
  }
}
