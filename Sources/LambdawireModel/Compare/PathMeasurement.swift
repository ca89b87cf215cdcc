/// What the captures of a run say about packets between functions and hosts.
///
/// A packet is known by its id, which survives translation and tunnel. The VPC's resolver is left
/// out: it is not in a subnet, and answers from the network itself.
public struct PathMeasurement: Hashable, Sendable, Encodable {
  /// From guest to host, the first packet of a connection or UDP flow, which pays for look-ups.
  public var firstPacket: SampleSummary?
  /// From guest to host, all later ones.
  public var laterPackets: SampleSummary?
  /// From host to guest.
  public var answers: SampleSummary?
  /// Connections and UDP flows whose first packet reached its host.
  public var connections = 0
  /// Most of them within any one second.
  public var mostConnectionsPerSecond = 0
  /// Environments whose packets were looked at, of how many.
  public var guests = 0
  public var environments = 0

  package init() {}
}
