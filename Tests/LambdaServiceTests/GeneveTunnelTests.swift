import EventSimulation
import LambdaService
import PacketFormats
import Testing

@Suite struct GeneveTunnelTests {
  private let worker = GeneveTunnel(
    local: IPv4Address(rawValue: 0x0a40_0001),
    localLinkLayerAddress: MACAddress(0x0200_0000_0001))
  private let hyperplane = GeneveTunnel(
    local: IPv4Address(rawValue: 0x0a40_ff01),
    localLinkLayerAddress: MACAddress(0x0200_0000_00ff))

  /// The bytes that go through the tunnel.
  private let inner = (0..<90).map { UInt8($0) }

  private func bytes(of frame: borrowing Frame, in pool: borrowing FramePool) -> [UInt8] {
    pool.withContents(of: frame) { contents in
      (0..<contents.byteCount).map { contents[Field<UInt8>(at: 0), at: $0] }
    }
  }

  /// What `body` makes of a frame in the tunnel.
  private func withTunnelled<Result>(
    _ pool: inout FramePool, networkIdentifier: UInt32 = 4711, entropy: UInt32 = 0xdead_beef,
    _ body: (inout Frame, inout FramePool) throws -> Result
  ) throws -> Result {
    let made = pool.makeFrame(byteCount: inner.count)
    guard var frame = made else { preconditionFailure("the pool is empty") }
    pool.withBytes(of: frame) { contents in
      for (offset, byte) in inner.enumerated() {
        contents.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
      }
    }
    worker.encapsulate(
      &frame, to: hyperplane.local, at: hyperplane.localLinkLayerAddress,
      networkIdentifier: networkIdentifier, entropy: entropy, in: &pool)
    do {
      let result = try body(&frame, &pool)
      pool.discard(frame)
      return result
    } catch {
      pool.discard(frame)
      throw error
    }
  }

  @Test(arguments: [0, 1, 4711, 0xff_ffff] as [UInt32])
  func `What goes in comes out, with the number of its network`(identifier: UInt32) throws {
    var pool = FramePool(capacity: 4)
    try withTunnelled(&pool, networkIdentifier: identifier) { frame, pool in
      let byteCount = frame.byteCount
      #expect(byteCount == inner.count + GeneveTunnel.overhead)
      let arrival = hyperplane.decapsulate(&frame, in: &pool)
      #expect(arrival?.networkIdentifier == identifier)
      #expect(arrival?.remote == worker.local)
      #expect(bytes(of: frame, in: pool) == inner)
    }
  }

  @Test func `The outer headers are complete and parse`() throws {
    var pool = FramePool(capacity: 4)
    try withTunnelled(&pool) { frame, pool in
      try pool.withContents(of: frame) { contents in
        let ethernet = try EthernetHeader(parsing: contents, at: 0)
        #expect(ethernet.source == worker.localLinkLayerAddress)
        #expect(ethernet.destination == hyperplane.localLinkLayerAddress)
        let ip = try IPv4Header(parsing: contents, at: 14)
        #expect(ip.source == worker.local)
        #expect(ip.destination == hyperplane.local)
        #expect(Int(ip.totalLength) == contents.byteCount - 14)
        #expect(contents[IPv4Header.Layout.checksum, at: 14] == ip.checksum)
        let udp = try UDPHeader(parsing: contents, at: 34)
        #expect(udp.destinationPort == 6081)
        #expect(Int(udp.length) == contents.byteCount - 34)
        let geneve = try GeneveHeader(parsing: contents, at: 42)
        #expect(geneve.virtualNetworkIdentifier == 4711)
      }
    }
  }

  @Test(arguments: [0, 1, 0x3fff, 0x4000, .max] as [UInt32])
  func `The outer source port is a dynamic one that depends on the flow`(entropy: UInt32) throws {
    var pool = FramePool(capacity: 4)
    let port = try withTunnelled(&pool, entropy: entropy) { frame, pool in
      pool.withContents(of: frame) { $0[UDPHeader.Layout.sourcePort, at: 34] }
    }
    // RFC 8926, section 3.3; the range is that of RFC 6335, section 6.
    #expect(port == 49_152 + UInt16(entropy & 0x3fff))
  }

  /// One byte of the outer headers, and what it must not be.
  @Test(
    arguments: [
      (12, 0x86), (14, 0x46), (14, 0x60), (23, 6), (30, 0), (33, 0), (36, 0), (37, 0xc2),
      (42, 0x01),
      (42, 0x40), (44, 0x08),
    ] as [(Int, UInt8)])
  func `A frame that is not for this end of a tunnel stays as it is`(
    offset: Int, value: UInt8
  ) throws {
    var pool = FramePool(capacity: 4)
    try withTunnelled(&pool) { frame, pool in
      pool.withBytes(of: frame) {
        $0.storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
      }
      let before = bytes(of: frame, in: pool)
      let arrival = hyperplane.decapsulate(&frame, in: &pool)
      #expect(arrival == nil)
      #expect(bytes(of: frame, in: pool) == before)
    }
  }

  @Test func `A frame of any length is taken or left, and never read beyond its end`() throws {
    for byteCount in 0...(GeneveTunnel.overhead + 14) {
      var pool = FramePool(capacity: 4)
      let whole = try withTunnelled(&pool) { frame, pool in bytes(of: frame, in: pool) }
      let made = pool.makeFrame(byteCount: byteCount)
      guard var frame = made else { preconditionFailure("the pool is empty") }
      pool.withBytes(of: frame) { contents in
        for offset in 0..<byteCount {
          contents.storeBytes(of: whole[offset], toByteOffset: offset, as: UInt8.self)
        }
      }
      let arrival = hyperplane.decapsulate(&frame, in: &pool)
      let left = frame.byteCount
      // An Ethernet header must be inside.
      let isLongEnough = byteCount >= GeneveTunnel.overhead + 14
      #expect((arrival != nil) == isLongEnough, "\(byteCount)")
      #expect(left == (isLongEnough ? byteCount - GeneveTunnel.overhead : byteCount))
      pool.discard(frame)
    }
  }
}
