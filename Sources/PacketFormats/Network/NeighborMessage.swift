/// A neighbour solicitation or advertisement, ICMPv6 header included (RFC 4861, sections 4.3 and
/// 4.4).
public struct NeighborMessage: Hashable, Sendable {
  /// Length without options, in bytes.
  @inlinable public static var minimumByteCount: Int { 24 }

  public var kind: Kind
  /// The address that is asked for or answered for; never multicast.
  public var target: IPv6Address
  /// The asker's address in a solicitation, the target's in an advertisement, if it is given.
  public var linkLayerAddress: MACAddress?

  public init(kind: Kind, target: IPv6Address, linkLayerAddress: MACAddress? = nil) {
    self.kind = kind
    self.target = target
    self.linkLayerAddress = linkLayerAddress
  }

  /// Which of the two messages this is.
  public enum Kind: Hashable, Sendable {
    case solicitation
    /// From a router or not; an answer or sent unasked; replacing what is cached or not.
    case advertisement(isRouter: Bool, isSolicited: Bool, overrides: Bool)
  }

  /// Length of the message, in bytes.
  public var byteCount: Int { Self.minimumByteCount + (linkLayerAddress == nil ? 0 : 8) }

  /// Where the fields behind ``ICMPv6Header`` stand, counted from the start of that header.
  ///
  /// The target is 128 bits wide and the link-layer address 48, so each is split in two.
  public enum Layout {
    @inlinable public static var flags: Field<UInt8> { Field(at: 4) }
    @inlinable public static var targetHigh: Field<UInt64> { Field(at: 8) }
    @inlinable public static var targetLow: Field<UInt64> { Field(at: 16) }
  }

  /// Fields of an option, counted from its start (RFC 4861, section 4.6.1).
  public enum OptionLayout {
    @inlinable public static var type: Field<UInt8> { Field(at: 0) }
    /// In units of 8 bytes.
    @inlinable public static var length: Field<UInt8> { Field(at: 1) }
    @inlinable public static var linkLayerAddressHigh: Field<UInt16> { Field(at: 2) }
    @inlinable public static var linkLayerAddressLow: Field<UInt32> { Field(at: 4) }
  }
}

extension NeighborMessage {
  /// Reads the message whose ICMPv6 header starts at `base` and that ends at `end`, or where the
  /// span does.
  ///
  /// The checksum is not verified here, and it is for the caller to check that the hop limit is
  /// 255 (RFC 4861, section 7.1).
  public init(
    parsing bytes: RawSpan, at base: Int = 0, end: Int? = nil
  ) throws(HeaderError) {
    try bytes.require(Self.minimumByteCount, of: .neighborDiscovery, at: base)
    let end = min(end ?? bytes.byteCount, bytes.byteCount)
    guard end - base >= Self.minimumByteCount else {
      throw .truncated(
        .neighborDiscovery, offset: base, needed: Self.minimumByteCount,
        available: max(0, end - base))
    }
    let type = ICMPv6Header.MessageType(rawValue: bytes[ICMPv6Header.Layout.type, at: base])
    let flags = bytes[Layout.flags, at: base]
    let wanted: UInt8
    switch type {
    case .neighborSolicitation:
      kind = .solicitation
      wanted = 1
    case .neighborAdvertisement:
      kind = .advertisement(
        isRouter: flags & 0x80 != 0, isSolicited: flags & 0x40 != 0, overrides: flags & 0x20 != 0)
      wanted = 2
    default: throw .unsupported(.neighborDiscovery, offset: base, value: UInt64(type.rawValue))
    }
    let code = bytes[ICMPv6Header.Layout.code, at: base]
    guard code == 0 else {
      throw .malformed(.neighborDiscovery, offset: base + 1, value: UInt64(code))
    }
    target = IPv6Address(
      high: bytes[Layout.targetHigh, at: base], low: bytes[Layout.targetLow, at: base])
    guard !target.isMulticast else {
      throw .malformed(
        .neighborDiscovery, offset: base + Layout.targetHigh.offset, value: target.high)
    }
    var offset = base + Self.minimumByteCount
    while offset < end {
      try bytes.require(2, of: .neighborDiscovery, at: offset)
      let length = Int(bytes[OptionLayout.length, at: offset]) * 8
      // "Nodes MUST silently discard an ND packet that contains an option with length zero."
      guard length > 0 else {
        throw .malformed(.neighborDiscovery, offset: offset + 1, value: 0)
      }
      guard length <= end - offset else {
        throw .truncated(
          .neighborDiscovery, offset: offset, needed: length, available: end - offset)
      }
      if bytes[OptionLayout.type, at: offset] == wanted {
        linkLayerAddress = MACAddress(
          UInt64(bytes[OptionLayout.linkLayerAddressHigh, at: offset]) << 32
            | UInt64(bytes[OptionLayout.linkLayerAddressLow, at: offset]))
      }
      offset += length
    }
  }

  /// Writes the message, checksum included, to `bytes`, starting at `base`.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on.
  public func write(
    to bytes: inout MutableRawSpan, at base: Int, source: IPv6Address, destination: IPv6Address
  ) {
    precondition(base >= 0 && bytes.byteCount >= base + byteCount)
    var header = ICMPv6Header(type: .neighborSolicitation)
    if case .advertisement(let isRouter, let isSolicited, let overrides) = kind {
      header.type = .neighborAdvertisement
      header.parameter =
        (isRouter ? 0x8000_0000 : 0) | (isSolicited ? 0x4000_0000 : 0)
        | (overrides ? 0x2000_0000 : 0)
    }
    bytes[Layout.targetHigh, at: base] = target.high
    bytes[Layout.targetLow, at: base] = target.low
    if let linkLayerAddress {
      let option = base + Self.minimumByteCount
      bytes[OptionLayout.type, at: option] = kind == .solicitation ? 1 : 2
      bytes[OptionLayout.length, at: option] = 1
      bytes[OptionLayout.linkLayerAddressHigh, at: option] = UInt16(
        truncatingIfNeeded: linkLayerAddress.rawValue &>> 32)
      bytes[OptionLayout.linkLayerAddressLow, at: option] = UInt32(
        truncatingIfNeeded: linkLayerAddress.rawValue)
    }
    let payload = base + ICMPv6Header.byteCount..<base + byteCount
    let checksum = header.checksum(
      source: source, destination: destination, payload: bytes.bytes.extracting(payload))
    header.write(to: &bytes, at: base, checksum: checksum)
  }
}
