/// How long packets through something may be, and whether senders of longer ones are told.
public struct PathLimit: Hashable, Sendable {
  /// The longest packet with its IP header, in bytes.
  public var mtu: Int
  /// Whether the sender of a longer packet that must not be split is told by an ICMP error.
  ///
  /// RFC 1191, section 4; RFC 4443, section 3.2. If not, the packet vanishes, and path MTU discovery
  /// with it.
  public var tellsSender: Bool

  public init(mtu: Int, tellsSender: Bool) {
    self.mtu = mtu
    self.tellsSender = tellsSender
  }

  /// Why the packet does not fit; `nil` if it does, or may be split so that it does.
  public func refusal(of packet: GatewayPacket) -> GatewayRefusal? {
    packet.byteCount > mtu && !packet.mayBeFragmented
      ? .tooBig(byteCount: packet.byteCount, mtu: mtu) : nil
  }

  /// Inside a VPC and between VPCs of one Region.
  ///
  /// AWS, "Network MTU for your EC2 instance": documented. Assumed: nobody is told, since no
  /// interface sends a longer one.
  public static let vpc = PathLimit(mtu: 9001, tellsSender: false)
  /// Through an internet gateway (AWS, "Network MTU for your EC2 instance": documented).
  public static let internetGateway = PathLimit(mtu: 1500, tellsSender: true)
  /// Between Regions over a peering connection (AWS, "Network MTU for your EC2 instance":
  /// documented, 8,500 bytes).
  public static let interRegionPeering = PathLimit(mtu: 8500, tellsSender: true)
  /// Through a transit gateway to a VPC (lambda-vpc §7.3: documented, 8,500 bytes).
  ///
  /// Nobody was told before November 2024 (AWS, "Performance and metrics enhancements for AWS Transit
  /// Gateway and AWS Cloud WAN").
  public static let transitGateway = PathLimit(mtu: 8500, tellsSender: true)
  /// Through a VPC endpoint (PrivateLink guide, "AWS PrivateLink quotas": documented, 8,500 bytes, and
  /// that nobody is told).
  public static let endpoint = PathLimit(mtu: 8500, tellsSender: false)
  /// Through a NAT gateway (lambda-vpc §7.3: documented, 8,500 bytes).
  public static let natGateway = PathLimit(mtu: 8500, tellsSender: true)
  /// Through a virtual private gateway (AWS, "Network MTU for your EC2 instance": documented for
  /// VPN, 1,500 bytes).
  public static let virtualPrivateGateway = PathLimit(mtu: 1500, tellsSender: true)
}
