import EventSimulation
public import PacketFormats
public import SimulatedTime

/// Whose addresses are whose, and the way to them.
extension Host {
  /// Gives the host's own IPv6 addresses their numbers.
  mutating func numberOwnAddresses() {
    guard let settings = interface.ipv6 else { return }
    openAnnex()
    annex[0].ipv6 = IPv6State(
      settings, linkLocal: interface.hardwareAddress.linkLocalAddress, secret: secret)
  }

  /// What `address` is known by here, or `nil` if it is IPv6 and the host is not.
  mutating func number(of address: IPAddress) -> HostAddress? {
    switch address {
    case .v4(let address): return HostAddress(address)
    case .v6(let address):
      guard speaksIPv6 else { return nil }
      return annex[0].ipv6.book.number(of: address)
    }
  }

  /// What `address` is known by here, or `nil` if there is no way to it.
  mutating func reach(_ address: IPAddress) -> HostAddress? {
    guard let number = number(of: address), nextHop(to: number) != nil else { return nil }
    return number
  }

  /// The address behind a number.
  func address(of number: HostAddress) -> IPAddress {
    number.isIPv6 ? .v6(annex[0].ipv6.book[number]) : .v4(number.ipv4)
  }

  /// Whether packets to `destination` are for this host.
  @inline(__always)
  mutating func owns(_ destination: HostAddress) -> Bool {
    destination.isIPv6
      ? destination.number < annex[0].ipv6.ownCount : interface.owns(destination.ipv4)
  }

  /// The address that packets to `destination` come from (RFC 6724, section 5, rule 2: of the same
  /// scope).
  @inline(__always)
  mutating func source(for destination: HostAddress) -> HostAddress {
    destination.isIPv6 ? ipv6Source(for: destination) : HostAddress(interface.address)
  }

  private mutating func ipv6Source(for destination: HostAddress) -> HostAddress {
    let isLocal = annex[0].ipv6.book[destination].isLinkLocal || annex[0].ipv6.ownCount == 1
    return HostAddress(numbered: isLocal ? 0 : 1)
  }

  /// Whose hardware address a packet to `destination` is sent to, or `nil` if nobody's.
  @inline(__always)
  mutating func nextHop(to destination: HostAddress) -> HostAddress? {
    if destination.isIPv6 { return ipv6NextHop(to: destination) }
    guard let hop = interface.nextHop(to: destination.ipv4) else { return nil }
    return HostAddress(hop)
  }

  private mutating func ipv6NextHop(to destination: HostAddress) -> HostAddress? {
    let address = annex[0].ipv6.book[destination]
    if annex[0].ipv6.isOnLink(address) { return destination }
    return annex[0].ipv6.gateway
  }

  // MARK: Path MTU

  /// The longest IP packet that the host believes to reach `destination` at `now`, in bytes.
  ///
  /// It is the interface's unless an ICMP message has said less in the last ten minutes (RFC 1191,
  /// section 6.3; Linux `mtu_expires`).
  public mutating func pathMTU(to destination: IPAddress, at now: Instant) -> Int {
    guard let number = number(of: destination) else { return interface.maximumTransmissionUnit }
    return pathMTU(to: number, at: now.nanoseconds)
  }

  @inline(__always)
  mutating func pathMTU(to destination: HostAddress, at now: Int64) -> Int {
    let link = interface.maximumTransmissionUnit
    guard hasAnnex, !annex[0].paths.isEmpty else { return link }
    return min(link, annex[0].paths.limit(to: destination, at: now) ?? link)
  }
}
