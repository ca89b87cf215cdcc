public import PacketFormats

/// One line of a traffic mirror filter (EC2 API, `TrafficMirrorFilterRule`).
public struct MirrorRule: Hashable, Sendable {
  /// What a rule does with packets that match it.
  public enum Action: String, Hashable, Sendable, CaseIterable {
    case accept
    case reject
  }

  /// 1 to 32766; of the rules for a direction the lowest number that matches decides.
  public var number: Int
  /// Seen from the interface that is mirrored.
  public var direction: TrafficDirection
  public var action: Action
  /// `nil` for all.
  public var `protocol`: IPProtocol?
  public var source: IPPrefix
  public var destination: IPPrefix
  /// Of TCP and UDP; `nil` for all.
  public var sourcePorts: ClosedRange<UInt16>?
  /// Of TCP and UDP; `nil` for all.
  public var destinationPorts: ClosedRange<UInt16>?

  public init(
    _ number: Int, _ direction: TrafficDirection, _ action: Action,
    protocol: IPProtocol? = nil, source: IPPrefix = .everything(.v4),
    destination: IPPrefix = .everything(.v4), sourcePorts: ClosedRange<UInt16>? = nil,
    destinationPorts: ClosedRange<UInt16>? = nil
  ) {
    self.number = number
    self.direction = direction
    self.action = action
    self.protocol = `protocol`
    self.source = source
    self.destination = destination
    self.sourcePorts = sourcePorts
    self.destinationPorts = destinationPorts
  }

  /// Whether the rule is for such a packet.
  func matches(_ packet: FramePacket) -> Bool {
    if let number = self.protocol, number != packet.protocol { return false }
    guard source.contains(packet.source), destination.contains(packet.destination) else {
      return false
    }
    let hasPorts = packet.protocol == .tcp || packet.protocol == .udp
    if let sourcePorts, !hasPorts || !sourcePorts.contains(packet.sourcePort) { return false }
    if let destinationPorts, !hasPorts || !destinationPorts.contains(packet.destinationPort) {
      return false
    }
    return true
  }
}
