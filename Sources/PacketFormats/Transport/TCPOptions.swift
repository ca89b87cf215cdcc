/// The options of a TCP segment (RFC 9293, section 3.2; RFC 7323; RFC 2018).
///
/// A plain value of fixed size, so that a segment costs no allocation. Options without a field
/// here are kept as bytes in ``unknown``. ``OptionIterator`` shows options in the order in which
/// they stand in a segment.
public struct TCPOptions: Hashable, Sendable {
  /// The most that options can take, in bytes: what a data offset of 15 leaves.
  @inlinable public static var maximumByteCount: Int { 40 }

  /// The largest segment its sender wants to get, in bytes without headers (RFC 9293, section
  /// 3.7.1); only on SYN.
  public var maximumSegmentSize: UInt16?
  /// How many bits the window is shifted left by (RFC 7323, section 2.2); only on SYN.
  ///
  /// A receiver takes values above 14 as 14 (RFC 7323, section 2.3).
  public var windowScale: UInt8?
  /// Whether its sender understands selective acknowledgments (RFC 2018, section 2); only on SYN.
  public var isSACKPermitted: Bool
  public var timestamps: Timestamps?
  /// What has arrived beyond a gap (RFC 2018, section 3).
  public var selectiveAcknowledgments: SACKBlocks
  /// Options of other kinds, one after the other as they were found.
  public var unknown: UnknownOptions

  public init(
    maximumSegmentSize: UInt16? = nil, windowScale: UInt8? = nil, isSACKPermitted: Bool = false,
    timestamps: Timestamps? = nil, selectiveAcknowledgments: SACKBlocks = SACKBlocks()
  ) {
    self.maximumSegmentSize = maximumSegmentSize
    self.windowScale = windowScale
    self.isSACKPermitted = isSACKPermitted
    self.timestamps = timestamps
    self.selectiveAcknowledgments = selectiveAcknowledgments
    unknown = UnknownOptions()
  }

  /// The timestamps option (RFC 7323, section 3.2).
  public struct Timestamps: Hashable, Sendable {
    /// TSval: the sender's clock, in ticks of its own length.
    public var value: UInt32
    /// TSecr: the value last heard from the other side.
    public var echoReply: UInt32

    public init(value: UInt32, echoReply: UInt32) {
      self.value = value
      self.echoReply = echoReply
    }
  }

  /// The number that says what an option is (IANA, "TCP Option Kind Numbers").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public static var endOfList: Self { Self(rawValue: 0) }
    @inlinable public static var noOperation: Self { Self(rawValue: 1) }
    @inlinable public static var maximumSegmentSize: Self { Self(rawValue: 2) }
    @inlinable public static var windowScale: Self { Self(rawValue: 3) }
    @inlinable public static var sackPermitted: Self { Self(rawValue: 4) }
    @inlinable public static var selectiveAcknowledgment: Self { Self(rawValue: 5) }
    @inlinable public static var timestamps: Self { Self(rawValue: 8) }
  }
}

extension TCPOptions {
  /// Reads the options of `header`, which starts at `base`.
  public init(
    parsing bytes: RawSpan, of header: TCPHeader, at base: Int = 0
  ) throws(HeaderError) {
    self.init()
    guard header.headerByteCount > TCPHeader.byteCount else { return }
    var iterator = OptionIterator(tcp: header, at: base)
    while let option = try iterator.next(in: bytes) {
      switch Kind(rawValue: option.kind) {
      case .maximumSegmentSize:
        try option.requireByteCount(4, in: .tcpOption)
        maximumSegmentSize = bytes[Field<UInt16>(at: 2), at: option.offset]
      case .windowScale:
        try option.requireByteCount(3, in: .tcpOption)
        windowScale = bytes[Field<UInt8>(at: 2), at: option.offset]
      case .sackPermitted:
        try option.requireByteCount(2, in: .tcpOption)
        isSACKPermitted = true
      case .timestamps:
        try option.requireByteCount(10, in: .tcpOption)
        timestamps = Timestamps(
          value: bytes[Field<UInt32>(at: 2), at: option.offset],
          echoReply: bytes[Field<UInt32>(at: 6), at: option.offset])
      case .selectiveAcknowledgment:
        guard option.dataByteCount >= 8, option.dataByteCount % 8 == 0 else {
          throw .malformed(
            .tcpOption, offset: option.offset + 1, value: UInt64(option.byteCount))
        }
        selectiveAcknowledgments = SACKBlocks()
        var offset = option.dataOffset
        while offset < option.offset + option.byteCount {
          selectiveAcknowledgments.append(
            SACKBlocks.Block(
              leftEdge: bytes[Field<UInt32>(at: 0), at: offset],
              rightEdge: bytes[Field<UInt32>(at: 4), at: offset]))
          offset += 8
        }
      default:
        unknown.append(bytes, from: option.offset, byteCount: option.byteCount)
      }
    }
  }

  /// What ``write(to:at:)`` writes, in bytes; a multiple of 4.
  ///
  /// Larger than ``maximumByteCount`` if the options do not fit into one segment.
  public var byteCount: Int {
    var count = 0
    if maximumSegmentSize != nil { count += 4 }
    if timestamps != nil { count += 12 } else if isSACKPermitted { count += 4 }
    if windowScale != nil { count += 4 }
    if selectiveAcknowledgments.count > 0 { count += 4 + 8 * selectiveAcknowledgments.count }
    return count + (unknown.byteCount + 3) / 4 * 4
  }

  /// Calls `body` with the options as 32-bit words, in the order and with the padding that Linux
  /// uses (`tcp_options_write` in net/ipv4/tcp_output.c).
  @inline(__always)
  private func forEachWord(_ body: (UInt32) -> Void) {
    if let maximumSegmentSize { body(0x0204_0000 | UInt32(maximumSegmentSize)) }
    if let timestamps {
      body(isSACKPermitted ? 0x0402_080a : 0x0101_080a)
      body(timestamps.value)
      body(timestamps.echoReply)
    } else if isSACKPermitted {
      body(0x0101_0402)
    }
    if let windowScale { body(0x0103_0300 | UInt32(windowScale)) }
    let blocks = selectiveAcknowledgments
    if blocks.count > 0 {
      body(0x0101_0500 | UInt32(2 + 8 * blocks.count))
      for i in 0..<blocks.count {
        body(blocks[i].leftEdge)
        body(blocks[i].rightEdge)
      }
    }
    var i = 0
    while i < unknown.byteCount {
      body(unknown.word(at: i))
      i += 4
    }
  }

  /// Adds what ``write(to:at:)`` writes.
  func add(to sum: inout InternetChecksum) {
    forEachWord { word in sum.add(word) }
  }

  /// Writes the options to `bytes`, starting at `base`, padded to a multiple of 4 bytes.
  ///
  /// The order is that of Linux: on a SYN the maximum segment size, SACK permitted and timestamps
  /// in one group, then the window scale; else timestamps, then selective acknowledgments.
  ///
  /// - Precondition: ``byteCount`` is at most ``maximumByteCount``, and `bytes` holds as many
  ///   bytes from `base` on.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(byteCount <= Self.maximumByteCount, "the options take more than 40 bytes")
    precondition(base >= 0 && bytes.byteCount >= base + byteCount)
    var offset = base
    forEachWord { word in
      bytes[Field<UInt32>(at: 0), at: offset] = word
      offset += 4
    }
  }
}

extension OptionIterator.Option {
  /// Checks the length of an option that has only one.
  func requireByteCount(
    _ expected: Int, in layer: HeaderError.Layer
  ) throws(HeaderError) {
    guard byteCount == expected else {
      throw .malformed(layer, offset: offset + 1, value: UInt64(byteCount))
    }
  }
}
