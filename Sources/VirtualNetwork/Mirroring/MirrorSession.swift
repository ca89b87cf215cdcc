/// A traffic mirroring session: copies of what passes a network interface travel to another one in VXLAN
/// (EC2 guide, "Traffic Mirroring").
///
/// Mirrored is what the interface's rules let through, before it leaves and after it came in. Never
/// mirrored are ARP, DHCP, and the metadata and time services; questions to Amazon's resolver only on
/// request (observability-formats §2).
public struct MirrorSession: Hashable, Sendable {
  /// The interface whose packets are copied.
  public var source: InterfaceIndex
  /// The interface that the copies go to.
  public var target: InterfaceIndex
  /// 1 to 32766; of the sessions of an interface the lowest number that takes a packet copies it.
  public var number: Int
  /// The VXLAN network identifier of the copies, 0 to 16,777,215.
  public var virtualNetworkIdentifier: UInt32
  /// How much of a frame is copied at most, in bytes; `nil` for all of it.
  public var packetLength: Int?
  /// What is copied: nothing that no rule accepts.
  public var filter: [MirrorRule]
  /// Whether questions to Amazon's resolver and its answers are copied too (EC2 API,
  /// `NetworkServices`: `amazon-dns`).
  public var mirrorsAmazonDNS: Bool
  /// How long packets to the target may be, in bytes; longer copies are cut short.
  public var targetMTU: Int

  public init(
    source: InterfaceIndex, target: InterfaceIndex, number: Int,
    virtualNetworkIdentifier: UInt32, packetLength: Int? = nil, filter: [MirrorRule],
    mirrorsAmazonDNS: Bool = false, targetMTU: Int = 9001
  ) {
    self.source = source
    self.target = target
    self.number = number
    self.virtualNetworkIdentifier = virtualNetworkIdentifier
    self.packetLength = packetLength
    self.filter = filter
    self.mirrorsAmazonDNS = mirrorsAmazonDNS
    self.targetMTU = targetMTU
  }

  /// Numbers that sessions and rules may have (EC2 API).
  public static let numbers = 1...32766
  /// Lengths that ``packetLength`` may have (EC2 API).
  public static let packetLengths = 1...8500

  /// How many bytes of a frame are copied.
  ///
  /// A packet with its IP header must be 54 bytes shorter than the target's packets may be
  /// (observability-formats §2: documented), and its frame is 14 longer.
  func copiedByteCount(of frameByteCount: Int) -> Int {
    min(frameByteCount, packetLength ?? .max, targetMTU - 54 + 14)
  }

  /// Whether a packet that passes the source is to be copied.
  func takes(_ packet: FramePacket, _ direction: TrafficDirection) -> Bool {
    for rule in filter where rule.direction == direction && rule.matches(packet) {
      return rule.action == .accept
    }
    return false
  }
}
