public import PacketFormats

extension Scenario {
  /// A traffic mirroring session (VPC guide, "Traffic Mirroring"; observability-formats §2).
  public struct MirrorSession: Hashable, Sendable {
    public package(set) var name: String
    /// The host whose packets are copied.
    public package(set) var source: String
    /// The host that the copies go to.
    public package(set) var target: String
    /// 1 to 32766; of several sessions of a source, the first that takes a packet copies it.
    public package(set) var number: Int
    /// The VXLAN network identifier of the copies, 24 bits.
    public package(set) var networkIdentifier: UInt32
    /// How much of each packet is copied, in bytes; `nil` for all of it.
    public package(set) var packetLength: Int?
    /// What is copied, in the order of their numbers.
    public package(set) var rules: [Rule]

    /// A rule of its filter (EC2 API, `TrafficMirrorFilterRule`).
    public struct Rule: Hashable, Sendable {
      public package(set) var number: Int
      public package(set) var direction: Direction
      public package(set) var action: Action
      public package(set) var `protocol`: RuleProtocol
      public package(set) var source: IPPrefix?
      public package(set) var destination: IPPrefix?
      public package(set) var sourcePorts: ClosedRange<UInt16>
      public package(set) var destinationPorts: ClosedRange<UInt16>
    }

    public enum Action: String, Hashable, Sendable, CaseIterable {
      case accept, reject
    }
  }
}
