import CaptureFiles
import PacketFormats

/// An IPv4 packet as a capture holds it, read no further than needed to decide where it goes.
struct CapturedPacket {
  /// Where its header starts in the frame.
  let offset: Int
  /// Source in the upper half, destination in the lower.
  let addresses: UInt64
  /// Length of the packet as its header says, in bytes.
  let totalLength: Int
  /// Where the transport header starts in the frame.
  let transport: Int
  let protocolNumber: UInt8
  let isFragment: Bool
  /// Whether it is a fragment other than the first.
  let isLaterFragment: Bool
  /// How much of the frame the capture holds, in bytes.
  let capturedByteCount: Int
  /// Whether the capture lost the packet's end.
  let isCut: Bool

  /// Reads the header at `offset`.
  ///
  /// - Returns: `nil` if the frame ends before the header does.
  @inline(__always)
  init?(_ bytes: RawSpan, at offset: Int, of record: PacketRecord) {
    guard bytes.byteCount >= offset + 20 else { return nil }
    self.offset = offset
    addresses = bytes[Field<UInt64>(at: 12), at: offset]
    totalLength = Int(bytes[Field<UInt16>(at: 2), at: offset])
    protocolNumber = bytes[Field<UInt8>(at: 9), at: offset]
    transport = offset + Int(bytes[Field<UInt8>(at: 0), at: offset] & 0xf) * 4
    let fragment = bytes[Field<UInt16>(at: 6), at: offset]
    isFragment = fragment & 0x3fff != 0
    isLaterFragment = fragment & 0x1fff != 0
    capturedByteCount = bytes.byteCount
    isCut =
      offset + totalLength > bytes.byteCount && record.originalByteCount > bytes.byteCount
  }

  /// Whether the capture holds what a translator has to see and to change.
  func isReadable(_ bytes: RawSpan) -> Bool {
    guard isCut else { return true }
    guard !isLaterFragment else { return capturedByteCount >= transport }
    switch protocolNumber {
    case 6: return capturedByteCount >= transport + 20
    case 17: return capturedByteCount >= transport + 8
    case 1:
      // The checksum of an ICMP error is verified, over all of it (RFC 5508, REQ-3).
      guard capturedByteCount >= transport + 8 else { return false }
      return ![3, 11, 12].contains(bytes[Field<UInt8>(at: 0), at: transport])
    default: return capturedByteCount >= transport
    }
  }

  /// Whether it is an ICMP query or a reply to one, which has an identifier (RFC 5508, section 7).
  func isQuery(_ bytes: RawSpan) -> Bool {
    guard protocolNumber == 1, !isLaterFragment, capturedByteCount >= transport + 8 else {
      return false
    }
    switch bytes[Field<UInt8>(at: 0), at: transport] {
    case 0, 8, 13...18: return true
    default: return false
    }
  }

  /// Length of the frame as far as the translator must be able to go, in bytes.
  var frameByteCount: Int { isCut ? offset + totalLength : capturedByteCount }

  /// Whether ports stand at the start of the transport header.
  var hasPorts: Bool {
    (protocolNumber == 6 || protocolNumber == 17) && !isLaterFragment
      && capturedByteCount >= transport + 4
  }
}
