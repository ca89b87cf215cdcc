public import EventSimulation
public import PacketFormats

/// A host's one Ethernet interface and its place in the network.
public struct HostInterface: Hashable, Sendable {
  public var hardwareAddress: MACAddress
  /// The address that the host sends from.
  public var address: IPv4Address
  /// Which leading bits other hosts on the link have in common with ``address``, 0 to 32.
  ///
  /// With 32 nobody but the gateway is on the link, as in Lambda's guest.
  public var prefixLength: Int
  /// Where everything that is not on the link goes; it is on the link whatever the prefix says.
  public var gateway: IPv4Address?
  /// Other addresses that the host answers at, always from the address that was asked.
  public var additionalAddresses: [IPv4Address]
  /// Its IPv6 addresses, or `nil` if it speaks IPv4 only.
  public var ipv6: IPv6Settings? {
    get { ipv6Storage.first }
    set { ipv6Storage = newValue.map { [$0] } ?? [] }
  }
  /// In an array of one, since most hosts of a large simulation have none and need no room for it.
  private var ipv6Storage: [IPv6Settings]
  /// The longest IP packet the link carries, in bytes (A-11: 1,500 in Lambda's guest).
  public var maximumTransmissionUnit: Int
  /// Where frames are written down as they leave and arrive.
  public var capturePoint: CapturePoint

  /// An interface of a host.
  ///
  /// - Precondition: the prefix length is 0 to 32, and the MTU is 576 (RFC 1122, section 3.3.2), or
  ///   1,280 with IPv6 (RFC 8200, section 5), up to what a frame of the pool holds.
  public init(
    hardwareAddress: MACAddress, address: IPv4Address, prefixLength: Int,
    gateway: IPv4Address? = nil, additionalAddresses: [IPv4Address] = [],
    ipv6: IPv6Settings? = nil, maximumTransmissionUnit: Int = 1500,
    capturePoint: CapturePoint = .none
  ) {
    precondition((0...32).contains(prefixLength), "an IPv4 prefix length is 0 to 32")
    precondition(
      ((ipv6 == nil ? 576 : 1280)...FramePool.longestFrame.jumbo - EthernetHeader.byteCount)
        .contains(maximumTransmissionUnit), "MTU out of range")
    self.hardwareAddress = hardwareAddress
    self.address = address
    self.prefixLength = prefixLength
    self.gateway = gateway
    self.additionalAddresses = additionalAddresses
    ipv6Storage = ipv6.map { [$0] } ?? []
    self.maximumTransmissionUnit = maximumTransmissionUnit
    self.capturePoint = capturePoint
  }

  /// Whether packets to `destination` are for this host.
  @inline(__always)
  func owns(_ destination: IPv4Address) -> Bool {
    if destination == address { return true }
    for index in additionalAddresses.indices where additionalAddresses[index] == destination {
      return true
    }
    return false
  }

  /// Whose hardware address a packet to `destination` is sent to, or `nil` if nobody's.
  @inline(__always)
  func nextHop(to destination: IPv4Address) -> IPv4Address? {
    if prefixLength < 32 {
      let mask: UInt32 = prefixLength == 0 ? 0 : ~0 &<< UInt32(32 &- prefixLength)
      if (destination.rawValue ^ address.rawValue) & mask == 0 { return destination }
    }
    return gateway
  }
}
