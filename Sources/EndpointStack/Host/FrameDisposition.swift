/// What became of a frame that arrived at a host.
///
/// Every frame gets exactly one, so the counts of all of them add up to the frames received. All but
/// ``accepted`` are drops, and reported as such (`Network.takeDrops()`). Accepted is also what a
/// protocol takes in and has no use for: copies of text, segments outside the window, resets and
/// acknowledgments of connections that are over.
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
  /// Part of a packet that could not be put together: the others did not come in time, it contradicts
  /// them, or there is no room for more.
  case fragment
  /// The checksum of IP, ICMP, UDP or TCP is wrong.
  case badChecksum
  /// Nobody listens at the port; the sender was told so.
  case closedPort
  /// Text for a connection that does not exist, at a port where new ones may begin; the sender was
  /// told so.
  case unknownConnection
  /// The host has as many connections as it can hold.
  case connectionTableFull
  /// Text beyond a gap, of which the connection keeps no more.
  case outOfOrderQueueFull
  /// The host was frozen and more had arrived than its interface queues.
  case frozen
  /// The network around the host has failed.
  case cutOff
}

/// Why a host could not send something.
///
/// A packet that exists when it is refused is a drop, and reported as such. Where the program that
/// asks can be told at once, none is made.
public enum SendRefusal: Int, Hashable, Sendable, CaseIterable {
  /// The destination is not on the link and there is no gateway.
  case noRoute
  /// Nobody answered for the next hop's address.
  case neighborUnresolved
  /// Too many frames wait for the next hop's address.
  case neighborQueueFull
  /// The simulation has no free frame.
  case framePoolExhausted
  /// The network around the host has failed.
  case cutOff
}
