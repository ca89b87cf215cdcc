/// What became of a frame that arrived at a host.
///
/// Every frame gets exactly one, so the counts of all of them add up to the frames received.
public enum FrameDisposition: Int, Hashable, Sendable, CaseIterable {
  /// A protocol of this host took it in.
  case accepted
  /// The Ethernet destination is another interface.
  case otherHardwareAddress
  /// The IP destination is not an address of this host, which is no router (RFC 1122, section
  /// 3.2.1.3: "MUST silently discard").
  case otherAddress
  /// A header breaks the rules of its RFC.
  case malformed
  /// Legal, but nothing here understands it: IPv6, IP protocols without a handler.
  case unsupported
  /// Part of a packet; this host does not put packets together.
  case fragment
  /// The checksum of IP, ICMP, UDP or TCP is wrong.
  case badChecksum
  /// Nobody listens at the port; the sender was told so.
  case closedPort
  /// The host has as many connections as it can hold.
  case connectionTableFull
  /// The host was frozen and more had arrived than its interface queues.
  case frozen

  /// What is written into captures.
  var comment: StaticString {
    switch self {
    case .accepted: "accepted"
    case .otherHardwareAddress: "DROP not this host's hardware address"
    case .otherAddress: "DROP not this host's IP address"
    case .malformed: "DROP malformed"
    case .unsupported: "DROP unsupported"
    case .fragment: "DROP fragment"
    case .badChecksum: "DROP bad checksum"
    case .closedPort: "DROP closed port"
    case .connectionTableFull: "DROP connection table full"
    case .frozen: "DROP host frozen"
    }
  }
}

/// Why a host could not send something.
public enum SendRefusal: Int, Hashable, Sendable, CaseIterable {
  /// The destination is not on the link and there is no gateway.
  case noRoute
  /// Nobody answered for the next hop's address.
  case neighborUnresolved
  /// Too many frames wait for the next hop's address.
  case neighborQueueFull
  /// The simulation has no free frame.
  case framePoolExhausted
}
