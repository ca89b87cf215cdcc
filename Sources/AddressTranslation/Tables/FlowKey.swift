import PacketFormats

/// A protocol and two ends, packed into two words.
///
/// *Local* is the end on the translator's side of a look-up: the inside end for packets on their
/// way out, the outside end for packets on their way in. Look-ups that leave part of an end open
/// have zeros there.
struct FlowKey: Equatable, BitwiseCopyable {
  /// The local address, and above it the local port.
  private(set) var local: UInt64
  /// The remote address, above it the remote port, and above that the protocol.
  private(set) var remote: UInt64

  /// The key of nothing.
  static var blank: FlowKey { FlowKey(protocolNumber: 0, localAddress: 0, localPort: 0) }

  @inline(__always)
  init(local: UInt64, remote: UInt64) {
    self.local = local
    self.remote = remote
  }

  @inline(__always)
  init(
    protocolNumber: UInt8, localAddress: UInt32, localPort: UInt16, remoteAddress: UInt32 = 0,
    remotePort: UInt16 = 0
  ) {
    local = UInt64(localPort) &<< 32 | UInt64(localAddress)
    remote = UInt64(protocolNumber) &<< 48 | UInt64(remotePort) &<< 32 | UInt64(remoteAddress)
  }

  var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: remote &>> 48) }
  var localAddress: UInt32 { UInt32(truncatingIfNeeded: local) }
  var remoteAddress: UInt32 { UInt32(truncatingIfNeeded: remote) }
  var remotePort: UInt16 { UInt16(truncatingIfNeeded: remote &>> 32) }
  var localPort: UInt16 {
    get { UInt16(truncatingIfNeeded: local &>> 32) }
    set { local = local & 0xffff_ffff | UInt64(newValue) &<< 32 }
  }

  /// The same with another local port.
  func withLocalPort(_ port: UInt16) -> FlowKey {
    var key = self
    key.localPort = port
    return key
  }

  /// Leaves the remote port open.
  mutating func openRemotePort() {
    remote &= 0x00ff_0000_ffff_ffff
  }

  /// Leaves the whole remote end open.
  mutating func openRemote() {
    remote &= 0x00ff_0000_0000_0000
  }

  /// A hash for the tables, the same in every run, unlike the standard library's.
  ///
  /// One full multiplication folded in half (the mixing step of the public-domain "wyhash"); its
  /// upper bits are the better ones.
  @inline(__always)
  var tag: UInt32 { Self.mix(local, remote) }

  /// A hash for choosing among outside addresses.
  ///
  /// It is not the one for the tables, so that the way they keep their keys has no bearing on what
  /// captures show.
  var spread: UInt32 {
    Self.mix(
      UInt64(localAddress) << 32 | UInt64(remoteAddress),
      UInt64(localPort) << 24 | UInt64(remotePort) << 8 | UInt64(protocolNumber))
  }

  /// Which of `count` nodes keeps a flow, by what packets that come back show of it.
  ///
  /// A hash of its own, for the same reason as ``spread``.
  func stateNode(of count: Int) -> Int {
    let hash = Self.mix(remote ^ 0xa076_1d64_78bd_642f, local ^ 0xe703_7ed1_a0b4_28db)
    return Int((UInt64(hash) &* UInt64(count)) >> 32)
  }

  @inline(__always)
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt32 {
    let product = (a ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: b ^ 0xd6e8_feb8_6659_fd93)
    return UInt32(truncatingIfNeeded: (product.high ^ product.low) &>> 32)
  }
}

extension FlowKey {
  /// The flow as packets on their way out show it.
  init(_ flow: Flow) {
    self.init(
      protocolNumber: flow.protocol.rawValue, localAddress: flow.inside.address.rawValue,
      localPort: flow.inside.port, remoteAddress: flow.remote.address.rawValue,
      remotePort: flow.remote.port)
  }
}

extension TransportAddress {
  init(localOf key: FlowKey) {
    self.init(IPv4Address(rawValue: key.localAddress), key.localPort)
  }

  init(remoteOf key: FlowKey) {
    self.init(IPv4Address(rawValue: key.remoteAddress), key.remotePort)
  }
}
