import EventSimulation
import PacketFormats

/// The splitting of an IPv4 packet into fragments (RFC 791, section 3.2).
struct Fragmentation {
  /// Length of the Ethernet and IPv4 headers, in bytes.
  private let headerByteCount: Int
  /// Where the packet ends in its frame.
  private let end: Int
  /// How much of the packet a fragment carries: a multiple of 8 bytes.
  private let step: Int
  private var position: Int

  /// Prepares to split a packet.
  ///
  /// - Parameters:
  ///   - packet: A packet that may be split and is longer than `mtu`.
  ///   - mtu: How long fragments may be with their header, in bytes.
  init(of packet: FramePacket, mtu: Int) {
    headerByteCount = packet.transport
    end = EthernetHeader.byteCount + packet.byteCount
    step = (mtu - (packet.transport - EthernetHeader.byteCount)) & ~7
    position = packet.transport
  }

  /// The next fragment.
  ///
  /// - Parameters:
  ///   - frame: The frame that the packet was read from.
  ///   - network: Where frames are.
  ///   - place: Who splits it, if there is no frame free.
  /// - Returns: `nil` when there are no more.
  mutating func next(
    of frame: borrowing Frame, _ network: inout Network, at place: String
  ) -> Frame? {
    guard position < end, step > 0 else { return nil }
    let start = position
    let length = min(step, end - start)
    position += length
    let byteCount = headerByteCount + length
    guard let made = network.frames.makeFrame(byteCount: byteCount) else {
      network.reportUnmadeFrame(at: place)
      position = end
      return nil
    }
    network.frames.copyBytes(0..<headerByteCount, of: frame, to: made, at: 0)
    network.frames.copyBytes(start..<start + length, of: frame, to: made, at: headerByteCount)
    let carried = start - headerByteCount
    let isLast = position == end
    network.frames.withBytes(of: made) {
      Self.writeHeader(in: &$0, byteCount: byteCount, carried: carried, isLast: isLast)
    }
    return made
  }

  /// Makes the header of a whole packet, or of a fragment, that of a fragment of it.
  private static func writeHeader(
    in bytes: inout MutableRawSpan, byteCount: Int, carried: Int, isLast: Bool
  ) {
    let base = EthernetHeader.byteCount
    let old = bytes[IPv4Header.Layout.flagsAndFragmentOffset, at: base]
    let more = isLast ? old & 0x2000 : 0x2000
    bytes[IPv4Header.Layout.totalLength, at: base] = UInt16(byteCount - base)
    bytes[IPv4Header.Layout.flagsAndFragmentOffset, at: base] =
      more | (old & 0x1fff) &+ UInt16(carried / 8)
    bytes[IPv4Header.Layout.checksum, at: base] = 0
    let length = Int(bytes[IPv4Header.Layout.versionAndHeaderLength, at: base] & 0xf) * 4
    var sum = InternetChecksum()
    sum.add(bytes.bytes, in: base..<base + length)
    bytes[IPv4Header.Layout.checksum, at: base] = sum.value
  }
}
