/// A protocol and two ends, packed the way they stand in a packet.
///
/// *Local* is the end on the translator's side of a look-up: the inside end for packets on their
/// way out, the outside end for packets on their way in. Look-ups that leave part of an end open
/// have zeros there.
struct FlowKey: Equatable, BitwiseCopyable {
  /// Local address in the upper half, remote address in the lower.
  var addresses: UInt64
  /// Local port in the upper half, remote port in the lower.
  var ports: UInt32
  var protocolNumber: UInt8

  @inline(__always)
  init(addresses: UInt64, ports: UInt32, protocolNumber: UInt8) {
    self.addresses = addresses
    self.ports = ports
    self.protocolNumber = protocolNumber
  }

  @inline(__always)
  init(
    protocolNumber: UInt8, localAddress: UInt32, localPort: UInt16, remoteAddress: UInt32 = 0,
    remotePort: UInt16 = 0
  ) {
    addresses = UInt64(localAddress) &<< 32 | UInt64(remoteAddress)
    ports = UInt32(localPort) &<< 16 | UInt32(remotePort)
    self.protocolNumber = protocolNumber
  }

  var localAddress: UInt32 { UInt32(truncatingIfNeeded: addresses &>> 32) }
  var remoteAddress: UInt32 { UInt32(truncatingIfNeeded: addresses) }
  var localPort: UInt16 { UInt16(truncatingIfNeeded: ports &>> 16) }
  var remotePort: UInt16 { UInt16(truncatingIfNeeded: ports) }

  /// A hash that is the same in every run, unlike the standard library's.
  ///
  /// One full multiplication folded in half (the mixing step of the public-domain "wyhash"); its
  /// upper bits are the better ones.
  @inline(__always)
  var tag: UInt32 {
    let a = addresses ^ 0x9e37_79b9_7f4a_7c15
    let b = (UInt64(ports) &<< 8 | UInt64(protocolNumber)) ^ 0xd6e8_feb8_6659_fd93
    let product = a.multipliedFullWidth(by: b)
    return UInt32(truncatingIfNeeded: (product.high ^ product.low) &>> 32)
  }
}
