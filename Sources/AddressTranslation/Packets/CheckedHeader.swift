import PacketFormats

/// An IPv4 header that fits into its span and contains itself.
struct CheckedHeader {
  /// Length of the header with its options, in bytes.
  let byteCount: Int
  /// Length of the packet with its header, in bytes.
  let totalLength: Int
  /// Flags and fragment offset as they stand in the header.
  private let fragmentWord: UInt16
  /// Hops left in the upper byte, the protocol's number in the lower: one word of the header.
  let timeToLiveAndProtocol: UInt16

  /// Checks the lengths in the IPv4 header that starts at `offset` against each other and the
  /// span.
  @inline(__always)
  init(of bytes: RawSpan, at offset: Int) throws(Refusal) {
    guard offset >= 0, offset <= bytes.byteCount - HeaderLayout.ipv4ByteCount else {
      throw Refusal(reason: .malformed)
    }
    let first = bytes[HeaderLayout.versionAndHeaderLength, at: offset]
    byteCount = Int(first & 0xf) * 4
    totalLength = Int(bytes[HeaderLayout.totalLength, at: offset])
    guard first &>> 4 == 4, byteCount >= HeaderLayout.ipv4ByteCount, byteCount <= totalLength,
      totalLength <= bytes.byteCount - offset
    else { throw Refusal(reason: .malformed) }
    fragmentWord = bytes[HeaderLayout.flagsAndFragmentOffset, at: offset]
    timeToLiveAndProtocol = bytes[HeaderLayout.timeToLiveAndProtocol, at: offset]
  }

  var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: timeToLiveAndProtocol) }
  var timeToLive: UInt8 { UInt8(truncatingIfNeeded: timeToLiveAndProtocol &>> 8) }
  var mustNotBeFragmented: Bool { fragmentWord & 0x4000 != 0 }
  /// Whether this is part of a packet: more follows, or it is not the beginning.
  var isFragment: Bool { fragmentWord & 0x3fff != 0 }
  /// Where this part stands in the packet, in units of eight bytes.
  var fragmentOffset: UInt16 { fragmentWord & 0x1fff }
}

/// Why a packet cannot be translated.
struct Refusal: Error {
  let reason: DropReason
}
