import PacketFormats

/// A segment that has arrived, as far as a connection cares.
struct TCPSegment {
  var sourcePort: UInt16
  var destinationPort: UInt16
  var sequenceNumber: SequenceNumber
  var acknowledgmentNumber: SequenceNumber
  var flags: TCPHeader.Flags
  /// As it stands in the header, not scaled.
  var window: UInt16
  var timestamps: TCPOptions.Timestamps?
  /// Only on a SYN, and only if it has the option.
  var maximumSegmentSize: UInt16?
  var windowScale: UInt8?
  var isSACKPermitted = false
  /// Where the payload starts, counted from the start of the frame.
  var payloadOffset: Int
  var payloadByteCount: Int

  /// How many sequence numbers it takes (RFC 9293, section 3.4: SEG.LEN).
  var length: Int {
    payloadByteCount + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
  }

  /// Reads the segment from `base` to `end`.
  init(parsing bytes: RawSpan, at base: Int, end: Int) throws(HeaderError) {
    let header = try TCPHeader(parsing: bytes, at: base)
    sourcePort = header.sourcePort
    destinationPort = header.destinationPort
    sequenceNumber = SequenceNumber(rawValue: header.sequenceNumber)
    acknowledgmentNumber = SequenceNumber(rawValue: header.acknowledgmentNumber)
    flags = header.flags
    window = header.window
    payloadOffset = base + header.headerByteCount
    payloadByteCount = max(0, end - payloadOffset)
    if header.headerByteCount == 32, bytes[Field<UInt32>(at: 20), at: base] == 0x0101_080a {
      // What nearly every segment of an open connection has (RFC 7323, appendix A).
      timestamps = TCPOptions.Timestamps(
        value: bytes[Field<UInt32>(at: 24), at: base],
        echoReply: bytes[Field<UInt32>(at: 28), at: base])
    } else if header.headerByteCount > TCPHeader.byteCount {
      let options = try TCPOptions(parsing: bytes, of: header, at: base)
      timestamps = options.timestamps
      if flags.contains(.syn) {
        maximumSegmentSize = options.maximumSegmentSize
        windowScale = options.windowScale
        isSACKPermitted = options.isSACKPermitted
      }
    }
  }

  /// Cuts everything off in front of `next` (RFC 9293, section 3.10.7.4: "trim it").
  mutating func trimFront(to next: SequenceNumber) {
    var surplus = next - sequenceNumber
    guard surplus > 0 else { return }
    if flags.contains(.syn) {
      flags.remove(.syn)
      sequenceNumber += 1
      surplus -= 1
    }
    let cut = min(surplus, payloadByteCount)
    payloadOffset += cut
    payloadByteCount -= cut
    sequenceNumber += cut
    if surplus > cut { flags.remove(.fin) }
  }

  /// Cuts everything off from `edge` on.
  mutating func trimBack(to edge: SequenceNumber) {
    let surplus = sequenceNumber + length - edge
    guard surplus > 0 else { return }
    var cut = surplus
    if flags.contains(.fin) {
      flags.remove(.fin)
      cut -= 1
    }
    payloadByteCount -= min(cut, payloadByteCount)
  }
}

/// A segment that is to be sent, except for ports, window and options, which the connection adds
/// when it is built.
struct OutgoingSegment {
  var sequenceNumber: SequenceNumber
  var flags: TCPHeader.Flags
  /// Where the payload starts, counted from the first byte that is not acknowledged.
  var payloadOffset = 0
  var payloadByteCount = 0
  var isRetransmission = false
}
