/// Where the headers of a frame stand, found in one pass and without allocation.
///
/// Translators, filters and captures all need the same few offsets. A dissection finds them once;
/// fields are then read, and rewritten in place, through the `Layout` of each header:
///
/// ```swift
/// let frame = try Dissection(ethernet: bytes)
/// if frame.protocol == .tcp, let tcp = frame.transportOffset {
///   let port = bytes[TCPHeader.Layout.destinationPort, at: tcp]
/// }
/// ```
///
/// Offsets count from the first byte of the span. Checksums are not verified here; see
/// ``InternetChecksum/verifyTransport(of:in:)``.
public struct Dissection: Hashable, Sendable {
  /// Where the Ethernet header begins, or `nil` if there is none.
  public internal(set) var linkOffset: Int?
  /// The virtual LAN of the innermost tag, or `nil` if the frame is untagged.
  public internal(set) var vlanIdentifier: UInt16?
  /// What the frame carries, tags set aside.
  public internal(set) var etherType: EthernetHeader.EtherType
  /// What of it this module understands.
  public internal(set) var network: Network
  /// Where the frame's payload begins.
  public internal(set) var networkOffset: Int
  /// Length of the IP header with options or extension headers, in bytes; 0 if this is not IP.
  public internal(set) var networkHeaderByteCount: Int
  /// Where the IP packet ends by its own account, which may lie behind what was captured.
  ///
  /// For anything but IP it is the same as ``capturedEnd``.
  public internal(set) var networkEnd: Int
  /// Where the captured bytes end.
  public internal(set) var capturedEnd: Int
  /// The protocol that IP carries; 255, which is reserved, if this is not IP.
  public internal(set) var `protocol`: IPProtocol
  /// Where this fragment's payload belongs in the whole one, in bytes.
  public internal(set) var fragmentOffset: UInt16
  /// Whether this is a fragment and not the last one.
  public internal(set) var moreFragments: Bool
  /// Whether the destination address is only the next one of several (RFC 8200, section 4.4), so
  /// that transport checksums cannot be verified from it.
  public internal(set) var isSourceRouted: Bool
  /// Where the transport header begins, or `nil` if this is not IP or a fragment other than the
  /// first.
  public internal(set) var transportOffset: Int?
  /// Length of the transport header, in bytes; 0 for protocols that this module does not know,
  /// and for a header that a quote cuts short.
  public internal(set) var transportHeaderByteCount: Int
  /// Where the transport's payload ends: by UDP's length or else IP's, and not behind
  /// ``capturedEnd``.
  public internal(set) var payloadEnd: Int

  /// Network layers that this module understands.
  public enum Network: Hashable, Sendable {
    case ipv4
    case ipv6
    case arp
    case other
  }

  /// Reads the frame whose Ethernet header starts at `base` and that ends at `end`, or where the
  /// span does.
  public init(
    ethernet bytes: RawSpan, at base: Int = 0, end: Int? = nil
  ) throws(HeaderError) {
    let end = min(end ?? bytes.byteCount, bytes.byteCount)
    try Self.require(EthernetHeader.byteCount, of: .ethernet, at: base, end: end)
    var type = EthernetHeader.EtherType(rawValue: bytes[EthernetHeader.Layout.etherType, at: base])
    var offset = base + EthernetHeader.byteCount
    var identifier: UInt16?
    // Two tags are what 802.1Q provides for; behind them, a third one is just a payload.
    var tags = 0
    while type == .vlan || type == .providerBridging, tags < 2 {
      try Self.require(VLANTag.byteCount, of: .vlan, at: offset, end: end)
      identifier = bytes[VLANTag.Layout.controlInformation, at: offset] & 0xfff
      type = EthernetHeader.EtherType(rawValue: bytes[VLANTag.Layout.etherType, at: offset])
      offset += VLANTag.byteCount
      tags += 1
    }
    self.init(etherType: type, at: offset, end: end)
    linkOffset = base
    vlanIdentifier = identifier
    try readNetwork(bytes, isQuote: false)
  }

  /// Reads the IP packet that starts at `base` and ends at `end` at the latest, or where the span
  /// does.
  public init(network bytes: RawSpan, at base: Int = 0, end: Int? = nil) throws(HeaderError) {
    try self.init(network: bytes, at: base, end: end, isQuote: false)
  }

  /// Reads the beginning of an IP packet that an ICMP error quotes.
  ///
  /// A quote may end anywhere behind the IP header, so that a transport header which is cut short
  /// is no error; ``hasPorts`` tells whether enough of it is there.
  public init(quoted bytes: RawSpan, at base: Int, end: Int? = nil) throws(HeaderError) {
    try self.init(network: bytes, at: base, end: end, isQuote: true)
  }

  private init(
    network bytes: RawSpan, at base: Int, end: Int?, isQuote: Bool
  ) throws(HeaderError) {
    let end = min(end ?? bytes.byteCount, bytes.byteCount)
    try Self.require(1, of: .ipv4, at: base, end: end)
    let first = bytes[IPv4Header.Layout.versionAndHeaderLength, at: base]
    switch first >> 4 {
    case 4: self.init(etherType: .ipv4, at: base, end: end)
    case 6: self.init(etherType: .ipv6, at: base, end: end)
    default: throw .malformed(.ipv4, offset: base, value: UInt64(first))
    }
    try readNetwork(bytes, isQuote: isQuote)
  }

  /// A dissection that has got as far as the frame's payload.
  private init(etherType: EthernetHeader.EtherType, at offset: Int, end: Int) {
    self.etherType = etherType
    network = .other
    networkOffset = offset
    networkHeaderByteCount = 0
    networkEnd = end
    capturedEnd = end
    `protocol` = IPProtocol(rawValue: 255)
    fragmentOffset = 0
    moreFragments = false
    isSourceRouted = false
    transportHeaderByteCount = 0
    payloadEnd = end
  }
}

extension Dissection {
  /// Where the payload of the transport header begins; of the network header or the frame, if
  /// there is none.
  public var payloadOffset: Int {
    (transportOffset ?? networkOffset + networkHeaderByteCount) + transportHeaderByteCount
  }

  /// Length of the payload as far as it was captured, in bytes.
  public var payloadByteCount: Int { max(0, payloadEnd - payloadOffset) }

  /// Length of the IP packet by its own account, in bytes.
  public var networkByteCount: Int { networkEnd - networkOffset }

  /// Whether bytes are missing at the end of the IP packet.
  public var isTruncated: Bool { networkEnd > capturedEnd }

  /// Whether this is a part of a packet and not all of it.
  public var isFragment: Bool { moreFragments || fragmentOffset != 0 }

  /// Whether this is TCP or UDP and both port numbers are there to be read.
  public var hasPorts: Bool {
    guard let transportOffset, `protocol` == .tcp || `protocol` == .udp else { return false }
    return min(networkEnd, capturedEnd) - transportOffset >= 4
  }

  static func require(
    _ count: Int, of layer: HeaderError.Layer, at base: Int, end: Int
  ) throws(HeaderError) {
    guard base >= 0, end >= count, base <= end - count else {
      throw .truncated(
        layer, offset: base, needed: count, available: base < 0 ? 0 : max(0, end - base))
    }
  }
}
