import PacketFormats
import TestSupport
import Testing

@Suite struct OptionTests {
  private func parsed(_ segment: [UInt8]) throws -> TCPOptions {
    let header = try unsafe TCPHeader(parsing: segment.span.bytes)
    return try unsafe TCPOptions(parsing: segment.span.bytes, of: header)
  }

  /// A TCP header with these option bytes, which must be a multiple of 4.
  private func segment(_ options: [UInt8]) -> [UInt8] {
    let header = TCPHeader(
      sourcePort: 1, destinationPort: 2, sequenceNumber: 3, flags: .syn,
      headerByteCount: 20 + options.count)
    return written(20) { header.write(to: &$0, at: 0, checksum: 0) } + options
  }

  @Test func `A SYN has its options in Linux's order`() throws {
    let bytes = Sample.tcp([], flags: .syn, options: Sample.synOptions)
    #expect(
      bytes[20...] == [
        2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 0, 1, 3, 3, 7,
      ])
    #expect(try parsed(bytes) == Sample.synOptions)
  }

  @Test func `Other segments pad timestamps and acknowledgments in front`() throws {
    let bytes = Sample.tcp([], options: Sample.sackOptions)
    #expect(bytes[20..<24] == [1, 1, 8, 10] && bytes[32..<36] == [1, 1, 5, 18])
    let read = try parsed(bytes)
    #expect(read == Sample.sackOptions)
    #expect(read.selectiveAcknowledgments.count == 2)
    #expect(read.selectiveAcknowledgments[1].rightEdge == 400)
  }

  @Test(arguments: 0..<300)
  func `Options that fit read back, and their length is what is written`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var options = TCPOptions()
    if Bool.random(using: &random) {
      options.maximumSegmentSize = .random(in: 0 ... .max, using: &random)
    }
    if Bool.random(using: &random) { options.windowScale = .random(in: 0 ... .max, using: &random) }
    options.isSACKPermitted = Bool.random(using: &random)
    if Bool.random(using: &random) {
      options.timestamps = TCPOptions.Timestamps(
        value: .random(in: 0 ... .max, using: &random),
        echoReply: .random(in: 0 ... .max, using: &random))
    }
    while options.byteCount <= 28, options.selectiveAcknowledgments.count < 4,
      Bool.random(using: &random)
    {
      options.selectiveAcknowledgments.append(
        TCPOptions.SACKBlocks.Block(
          leftEdge: .random(in: 0 ... .max, using: &random),
          rightEdge: .random(in: 0 ... .max, using: &random)))
    }
    while options.byteCount <= 32, Bool.random(using: &random) {
      let unknown: [UInt8] = [253, 4, UInt8.random(in: 0 ... .max, using: &random), 1]
      unsafe options.unknown.append(unknown.span.bytes, from: 0, byteCount: 4)
    }
    guard options.byteCount <= TCPOptions.maximumByteCount else { return }
    let bytes = Sample.tcp(Sample.payload, options: options)
    #expect(bytes.count == 20 + options.byteCount + Sample.payload.count)
    #expect(try parsed(bytes) == options)
    // The sum of the words is the sum of the bytes.
    let packet = Sample.ethernet(.ipv4, Sample.ipv4(.tcp, bytes))
    let frame = try unsafe Dissection(ethernet: packet.span.bytes)
    #expect(unsafe InternetChecksum.verifyTransport(of: frame, in: packet.span.bytes) == .good)
  }

  @Test func `Unknown options are kept, others found in any order`() throws {
    let read = try parsed(
      segment([3, 3, 7, 254, 5, 0xab, 0xcd, 0xef, 1, 2, 4, 5, 0xb4, 0, 99, 99]))
    #expect(read.windowScale == 7 && read.maximumSegmentSize == 1460)
    #expect(read.unknown.byteCount == 5 && read.unknown[2] == 0xab)
    #expect(try parsed(Sample.tcp([], options: read)) == read)
  }

  @Test(
    arguments: [
      ([2, 3, 0, 0], HeaderError.malformed(.tcpOption, offset: 21, value: 3)),
      ([3, 2, 0, 0], .malformed(.tcpOption, offset: 21, value: 2)),
      ([1, 8, 0, 0], .malformed(.tcpOption, offset: 22, value: 0)),
      ([1, 8, 1, 0], .malformed(.tcpOption, offset: 22, value: 1)),
      ([1, 1, 1, 8], .malformed(.tcpOption, offset: 23, value: 8)),
      ([1, 1, 8, 10], .malformed(.tcpOption, offset: 23, value: 10)),
      ([5, 4, 0, 0], .malformed(.tcpOption, offset: 21, value: 4)),
      ([5, 2, 0, 0], .malformed(.tcpOption, offset: 21, value: 2)),
    ] as [([UInt8], HeaderError)])
  func `A broken TCP option is found at its own offset`(options: [UInt8], error: HeaderError) {
    #expect(throws: error) { try parsed(segment(options)) }
  }

  @Test func `IPv4 options are walked where they stand`() throws {
    let bytes = Sample.ipv4(.udp, [], options: [1, 148, 4, 0, 0, 7, 3, 4, 0, 9, 9, 9])
    let header = try unsafe IPv4Header(parsing: bytes.span.bytes)
    #expect(header.headerByteCount == 32 && header.payloadByteCount == 0)
    var iterator = OptionIterator(ipv4: header)
    let alert = try unsafe iterator.next(in: bytes.span.bytes)
    #expect(alert?.kind == 148 && alert?.offset == 21 && alert?.byteCount == 4)
    #expect(alert?.dataOffset == 23 && alert?.dataByteCount == 2)
    let route = try unsafe iterator.next(in: bytes.span.bytes)
    #expect(route?.kind == 7 && route?.offset == 25 && route?.byteCount == 3)
    #expect(try unsafe iterator.next(in: bytes.span.bytes) == nil)
    #expect(try unsafe iterator.next(in: bytes.span.bytes) == nil)
    #expect(referenceChecksum(bytes) == 0)
  }

  @Test func `Geneve options are walked where they stand`() throws {
    let bytes = Sample.geneve([1, 2], options: Sample.gatewayOptions)
    let header = try unsafe GeneveHeader(parsing: bytes.span.bytes)
    #expect(header.headerByteCount == 8 + 32)
    var iterator = GeneveOptionIterator(header)
    var found: [GeneveOptionIterator.Element] = []
    while let element = try unsafe iterator.next(in: bytes.span.bytes) { found.append(element) }
    #expect(found.map(\.option) == Sample.gatewayOptions.map(\.0))
    #expect(found.map(\.dataOffset) == [12, 24, 36])
    #expect(found.map(\.option.isCritical) == [false, false, true])
  }

  @Test func `A Geneve option that leaves the header is malformed`() throws {
    var bytes = Sample.geneve([UInt8](repeating: 0, count: 64), options: Sample.gatewayOptions)
    bytes[8 + 12 + 12 + 3] = 2
    let header = try unsafe GeneveHeader(parsing: bytes.span.bytes)
    var iterator = GeneveOptionIterator(header)
    _ = try unsafe iterator.next(in: bytes.span.bytes)
    _ = try unsafe iterator.next(in: bytes.span.bytes)
    #expect(throws: HeaderError.malformed(.geneveOption, offset: 35, value: 2)) {
      try unsafe iterator.next(in: bytes.span.bytes)
    }
  }
}
