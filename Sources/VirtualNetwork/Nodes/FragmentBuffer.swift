import EventSimulation
import PacketFormats

/// Room in which a node keeps an IPv4 packet while it splits it (RFC 791, section 3.2); made once.
struct FragmentBuffer {
  private var bytes: [UInt8] = []
  /// Length of the Ethernet and IPv4 headers of the packet, in bytes.
  private var headerByteCount = 0
  private var byteCount = 0
  /// How much of the packet a fragment carries: a multiple of 8 bytes.
  private var step = 0
  private var position = 0

  /// Takes over a packet to split it.
  ///
  /// - Parameters:
  ///   - frame: A frame with an IPv4 packet that may be split and is longer than `mtu`.
  ///   - packet: The same, as it was read.
  ///   - mtu: How long fragments may be with their header, in bytes.
  ///   - network: Where frames are.
  mutating func load(
    _ frame: consuming Frame, _ packet: FramePacket, mtu: Int, _ network: inout Network
  ) {
    let count = EthernetHeader.byteCount + packet.byteCount
    while bytes.count < count { bytes.append(0) }
    var storage = bytes.mutableSpan
    var copy = unsafe storage.mutableBytes
    network.frames.withContents(of: frame) {
      copy.copyBytes(from: $0.extracting(0..<count), at: 0)
    }
    network.frames.discard(frame)
    headerByteCount = packet.transport
    byteCount = count
    step = (mtu - (packet.transport - EthernetHeader.byteCount)) & ~7
    position = packet.transport
  }

  /// The next fragment.
  ///
  /// - Returns: `nil` when there are no more, or no frame is free.
  mutating func next(_ network: inout Network, at place: String) -> Frame? {
    guard position < byteCount, step > 0 else { return nil }
    let length = min(step, byteCount - position)
    guard let frame = network.frames.makeFrame(byteCount: headerByteCount + length) else {
      network.reportUnmadeFrame(at: place)
      position = byteCount
      return nil
    }
    let start = position
    position += length
    let isLast = position == byteCount
    let headerByteCount = headerByteCount
    let whole = unsafe bytes.span.bytes
    network.frames.withBytes(of: frame) { target in
      target.copyBytes(from: whole.extracting(0..<headerByteCount), at: 0)
      target.copyBytes(from: whole.extracting(start..<start + length), at: headerByteCount)
      Self.writeHeader(
        in: &target, byteCount: headerByteCount + length, carried: start - headerByteCount,
        isLast: isLast)
    }
    return frame
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
