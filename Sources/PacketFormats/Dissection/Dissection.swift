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
  // Kept within 32 bytes, which are handed back in registers. A larger value goes through memory,
  // and reading back in wide pieces what was just stored in narrow ones takes longer than the
  // whole dissection.
  private var networkStart: Int32
  var networkLimit: Int32
  var capturedLimit: Int32
  var payloadLimit: Int32
  var networkHeader: UInt16
  private var vlan: UInt16
  /// What the frame carries, tags set aside.
  public internal(set) var etherType: EthernetHeader.EtherType
  /// Where this fragment's payload belongs in the whole one, in bytes.
  public internal(set) var fragmentOffset: UInt16
  private var linkHeader: UInt8
  /// The protocol that IP carries; 255, which is reserved, if this is not IP.
  public internal(set) var `protocol`: IPProtocol
  var transportHeader: UInt8
  /// What of the frame this module understands.
  public internal(set) var network: Network
  /// Whether this is a fragment and not the last one.
  public internal(set) var moreFragments: Bool
  /// Whether the destination address is only the next one of several (RFC 8200, section 4.4), so
  /// that transport checksums cannot be verified from it.
  public internal(set) var isSourceRouted: Bool
  var hasTransport: Bool

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
    let bytes = bytes.extracting(first: Self.limit(end, in: bytes))
    try bytes.require(EthernetHeader.byteCount, of: .ethernet, at: base)
    let type = EthernetHeader.EtherType(rawValue: bytes[EthernetHeader.Layout.etherType, at: base])
    self.init(etherType: type, at: base + EthernetHeader.byteCount, end: bytes.byteCount)
    linkHeader = UInt8(EthernetHeader.byteCount)
    if type == .vlan || type == .providerBridging {
      // A copy, so that only it has an address and the original can stay in registers.
      var copy = self
      try copy.readTags(bytes)
      self = copy
    }
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
    let bytes = bytes.extracting(first: Self.limit(end, in: bytes))
    try bytes.require(1, of: .ipv4, at: base)
    let first = bytes[IPv4Header.Layout.versionAndHeaderLength, at: base]
    switch first >> 4 {
    case 4: self.init(etherType: .ipv4, at: base, end: bytes.byteCount)
    case 6: self.init(etherType: .ipv6, at: base, end: bytes.byteCount)
    default: throw .malformed(.ipv4, offset: base, value: UInt64(first))
    }
    try readNetwork(bytes, isQuote: isQuote)
  }

  /// A dissection that has got as far as the frame's payload.
  @inline(__always)
  private init(etherType: EthernetHeader.EtherType, at offset: Int, end: Int) {
    let end = Int32(truncatingIfNeeded: end)
    linkHeader = 0
    networkStart = Int32(truncatingIfNeeded: offset)
    networkLimit = end
    capturedLimit = end
    payloadLimit = end
    networkHeader = 0
    vlan = .max
    self.etherType = etherType
    fragmentOffset = 0
    `protocol` = IPProtocol(rawValue: 255)
    transportHeader = 0
    network = .other
    moreFragments = false
    isSourceRouted = false
    hasTransport = false
  }

  /// Steps over one or two tags, which is what 802.1Q provides for; behind them, a third one is
  /// just a payload.
  private mutating func readTags(_ bytes: RawSpan) throws(HeaderError) {
    for _ in 0..<2 where etherType == .vlan || etherType == .providerBridging {
      let offset = networkOffset
      try bytes.require(VLANTag.byteCount, of: .vlan, at: offset)
      vlan = bytes[VLANTag.Layout.controlInformation, at: offset] & 0xfff
      etherType = EthernetHeader.EtherType(rawValue: bytes[VLANTag.Layout.etherType, at: offset])
      networkStart &+= Int32(truncatingIfNeeded: VLANTag.byteCount)
      linkHeader &+= UInt8(VLANTag.byteCount)
    }
  }

  /// Where reading has to end.
  ///
  /// Offsets are kept in 32 bits, so that what lies behind 2 GiB less the largest packet counts
  /// as not there.
  @inline(__always)
  static func limit(_ end: Int?, in bytes: RawSpan) -> Int {
    max(0, min(end ?? .max, bytes.byteCount, 0x7ffe_0000))
  }
}

extension Dissection {
  /// Where the Ethernet header begins, or `nil` if there is none.
  public var linkOffset: Int? {
    linkHeader == 0 ? nil : Int(networkStart) &- Int(linkHeader)
  }

  /// The virtual LAN of the innermost tag, or `nil` if the frame is untagged.
  public var vlanIdentifier: UInt16? { vlan == .max ? nil : vlan }

  /// Where the frame's payload begins.
  public var networkOffset: Int { Int(networkStart) }

  /// Length of the IP header with options or extension headers, in bytes; 0 if this is not IP.
  public var networkHeaderByteCount: Int { Int(networkHeader) }

  /// Where the IP packet ends by its own account, which may lie behind what was captured.
  ///
  /// For anything but IP it is the same as ``capturedEnd``.
  public var networkEnd: Int { Int(networkLimit) }

  /// Where the captured bytes end.
  public var capturedEnd: Int { Int(capturedLimit) }

  /// Where the transport header begins, or `nil` if this is not IP or a fragment other than the
  /// first.
  public var transportOffset: Int? {
    hasTransport ? Int(networkStart) &+ Int(networkHeader) : nil
  }

  /// Length of the transport header, in bytes; 0 for protocols that this module does not know,
  /// and for a header that a quote cuts short.
  public var transportHeaderByteCount: Int { Int(transportHeader) }

  /// Where the transport's payload ends: by UDP's length or else IP's, and not behind
  /// ``capturedEnd``.
  public var payloadEnd: Int { Int(payloadLimit) }
}

extension Dissection {
  /// Where the payload of the transport header begins; of the network header or the frame, if
  /// there is none.
  public var payloadOffset: Int {
    Int(networkStart) &+ Int(networkHeader) &+ Int(transportHeader)
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
