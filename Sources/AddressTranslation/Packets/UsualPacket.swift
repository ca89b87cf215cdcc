import PacketFormats

/// A TCP or UDP packet as nearly all are: IPv4 without options, and no fragment.
///
/// ``TransportPacket`` reads these and all others; this type takes the shortcuts that make a known
/// flow's packet cheap. Fields are read as wide as they are usually written: a processor that is
/// asked for eight bytes just stored as four and four waits until they are in the cache.
///
/// It is safe, although it checks no single access, because a value only exists inside
/// ``with(_:at:_:)``, which holds the span for itself and begins by checking that both headers are in
/// it, and because it cannot be copied out of there.
@safe struct UsualPacket: ~Copyable {
  /// The first byte of the IPv4 header.
  private let header: UnsafeMutableRawPointer
  /// Length of the TCP or UDP header and what follows it, in bytes; all of it is there.
  private let transportByteCount: Int

  /// Hands the packet whose IPv4 header starts at `offset` to `body`, if it is a usual one.
  ///
  /// A protocol other than TCP and UDP is not refused yet: ``control`` does that.
  ///
  /// - Returns: What `body` returns, or `false` for anything unusual.
  @inline(__always)
  static func with(
    _ bytes: inout MutableRawSpan, at offset: Int, _ body: (borrowing UsualPacket) -> Bool
  ) -> Bool {
    unsafe bytes.withUnsafeMutableBytes { buffer in
      let available = buffer.count &- offset
      guard offset >= 0, available >= HeaderLayout.ipv4ByteCount &+ HeaderLayout.udpByteCount,
        let base = buffer.baseAddress
      else { return false }
      let header = unsafe base + offset
      let start = unsafe UInt64(bigEndian: header.loadUnaligned(as: UInt64.self))
      // Version 4, five words of header, no fragment: one comparison for three fields.
      guard start & 0xff00_0000_0000_3fff == 0x4500_0000_0000_0000 else { return false }
      let totalLength = Int(truncatingIfNeeded: start &>> 32 & 0xffff)
      guard totalLength <= available else { return false }
      return unsafe body(
        UsualPacket(
          header: header, transportByteCount: totalLength &- HeaderLayout.ipv4ByteCount))
    }
  }

  @unsafe @inline(__always)
  private init(header: UnsafeMutableRawPointer, transportByteCount: Int) {
    unsafe self.header = header
    self.transportByteCount = transportByteCount
  }

  var timeToLive: UInt8 {
    @inline(__always) get { unsafe header.load(fromByteOffset: 8, as: UInt8.self) }
  }

  var protocolNumber: UInt8 {
    @inline(__always) get { unsafe header.load(fromByteOffset: 9, as: UInt8.self) }
  }

  /// The flow, as seen from the end that sent the packet.
  var outboundKey: FlowKey {
    @inline(__always) get {
      FlowKey(
        protocolNumber: protocolNumber, localAddress: self[HeaderLayout.source],
        localPort: transport(HeaderLayout.sourcePort),
        remoteAddress: self[HeaderLayout.destination],
        remotePort: transport(HeaderLayout.destinationPort))
    }
  }

  /// The flow, as seen from the end that the packet is meant for.
  var inboundKey: FlowKey {
    @inline(__always) get {
      FlowKey(
        protocolNumber: protocolNumber, localAddress: self[HeaderLayout.destination],
        localPort: transport(HeaderLayout.destinationPort),
        remoteAddress: self[HeaderLayout.source],
        remotePort: transport(HeaderLayout.sourcePort))
    }
  }

  /// Length of the packet with its header, in bytes.
  var totalLength: Int { transportByteCount &+ HeaderLayout.ipv4ByteCount }

  /// TCP's control bits, none for UDP, or `nil` if the packet is neither or if its TCP or UDP
  /// header contradicts the packet's length or itself.
  var control: ControlBits? {
    @inline(__always) get {
      if protocolNumber == HeaderLayout.tcp {
        guard transportByteCount >= HeaderLayout.tcpByteCount else { return nil }
        // The data offset counts words of four bytes in its upper four bits.
        let dataOffset = Int(transport(HeaderLayout.dataOffset) &>> 4) &* 4
        guard dataOffset >= HeaderLayout.tcpByteCount, dataOffset <= transportByteCount else {
          return nil
        }
        return ControlBits(rawValue: transport(HeaderLayout.controlBits))
      }
      guard protocolNumber == HeaderLayout.udp else { return nil }
      let length = Int(transport(HeaderLayout.udpLength))
      guard length >= HeaderLayout.udpByteCount, length <= transportByteCount else { return nil }
      return []
    }
  }

  var isTCP: Bool {
    @inline(__always) get { protocolNumber == HeaderLayout.tcp }
  }

  /// Source address in the upper half, destination address in the lower.
  var addresses: UInt64 { self[HeaderLayout.addresses] }

  /// Source port in the upper half, destination port in the lower.
  var ports: UInt32 { transport(HeaderLayout.ports) }

  /// What follows the headers of a TCP segment, in bytes, and its two numbers.
  ///
  /// They mean nothing unless ``control`` found the header to be right.
  var segment: (payloadByteCount: Int, sequenceNumber: UInt32, acknowledgmentNumber: UInt32) {
    @inline(__always) get {
      (
        transportByteCount &- Int(transport(HeaderLayout.dataOffset) &>> 4) &* 4,
        transport(HeaderLayout.sequenceNumber), transport(HeaderLayout.acknowledgmentNumber)
      )
    }
  }

  /// The sequence number after a TCP segment with neither SYN nor FIN.
  ///
  /// It means nothing unless ``control`` found the header to be right.
  var sequenceEnd: UInt32 {
    @inline(__always) get {
      let (payloadByteCount, sequenceNumber, _) = segment
      return sequenceNumber &+ UInt32(truncatingIfNeeded: payloadByteCount)
    }
  }

  /// Does what ``Rewriting`` does.
  ///
  /// - Parameters:
  ///   - rewriting: Which end to replace.
  ///   - old: The address and port that stand there.
  ///   - new: The address and port to put in.
  ///   - decrement: How many hops to take off; no more than there are.
  @inline(__always)
  func apply(
    _ rewriting: Rewriting, replacing old: (address: UInt32, port: UInt16),
    by new: (address: UInt32, port: UInt16), decrement: UInt8
  ) {
    let hops = timeToLive
    unsafe header.storeBytes(of: hops &- decrement, toByteOffset: 8, as: UInt8.self)
    set(rewriting.address, new.address)
    setTransport(rewriting.port, new.port)
    // At most 0x2ffff, so that neither sum below exceeds 32 bits.
    let wide = UInt64(~old.address) &+ UInt64(new.address)
    let change = UInt32(truncatingIfNeeded: wide & 0xffff &+ wide &>> 16)
    // Hops are the upper half of their word, so that its change is the same for all packets.
    let hopChange = 0xffff &- UInt32(decrement) &<< 8
    let headerChecksum = self[HeaderLayout.ipv4Checksum]
    set(HeaderLayout.ipv4Checksum, ~Self.fold(change &+ hopChange &+ UInt32(~headerChecksum)))
    let isTCP = isTCP
    let field = isTCP ? HeaderLayout.tcpChecksum : HeaderLayout.udpChecksum
    let checksum = transport(field)
    // RFC 768: zero says that there is no checksum, and a sum of zero is sent as 0xffff.
    guard isTCP || checksum != 0 else { return }
    let whole = change &+ UInt32(~old.port) &+ UInt32(new.port)
    let changed = ~Self.fold(whole &+ UInt32(~checksum))
    setTransport(field, changed == 0 && !isTCP ? 0xffff : changed)
  }

  /// The one's complement sum of the two halves of `sum` (RFC 1071).
  ///
  /// It is not above 2^20; a sum that is not zero stays so (RFC 1624, section 3).
  @inline(__always)
  private static func fold(_ sum: UInt32) -> UInt16 {
    let once = sum & 0xffff &+ sum &>> 16
    return UInt16(truncatingIfNeeded: once &+ once &>> 16)
  }

  // MARK: Access

  private subscript<Value>(field: Field<Value>) -> Value {
    @inline(__always) get {
      unsafe Value(
        bigEndian: header.loadUnaligned(fromByteOffset: field.offset, as: Value.self))
    }
  }

  @inline(__always)
  private func transport<Value>(_ field: Field<Value>) -> Value {
    self[Field(at: HeaderLayout.ipv4ByteCount &+ field.offset)]
  }

  @inline(__always)
  private func set<Value>(_ field: Field<Value>, _ value: Value) {
    unsafe header.storeBytes(of: value.bigEndian, toByteOffset: field.offset, as: Value.self)
  }

  @inline(__always)
  private func setTransport<Value>(_ field: Field<Value>, _ value: Value) {
    set(Field(at: HeaderLayout.ipv4ByteCount &+ field.offset), value)
  }
}
