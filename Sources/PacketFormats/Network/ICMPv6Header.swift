/// An ICMPv6 header (RFC 4443, section 2.1): type, code, checksum and four bytes that each type
/// uses its own way.
///
/// An error's payload is the packet it is about, which stands ``byteCount`` bytes after the
/// header; ``Dissection/init(quoted:at:end:)`` reads it.
public struct ICMPv6Header: Hashable, Sendable {
  /// Header length with the four bytes that depend on the type, in bytes.
  @inlinable public static var byteCount: Int { 8 }

  public var type: MessageType
  /// What exactly happened; see ``UnreachableCode``.
  public var code: UInt8
  /// The last four bytes, whose meaning depends on the type.
  public var parameter: UInt32

  public init(type: MessageType, code: UInt8 = 0, parameter: UInt32 = 0) {
    self.type = type
    self.code = code
    self.parameter = parameter
  }

  /// What a message is about (IANA, "ICMPv6 Parameters").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct MessageType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public static var destinationUnreachable: Self { Self(rawValue: 1) }
    @inlinable public static var packetTooBig: Self { Self(rawValue: 2) }
    @inlinable public static var timeExceeded: Self { Self(rawValue: 3) }
    @inlinable public static var parameterProblem: Self { Self(rawValue: 4) }
    @inlinable public static var echoRequest: Self { Self(rawValue: 128) }
    @inlinable public static var echoReply: Self { Self(rawValue: 129) }
    @inlinable public static var routerSolicitation: Self { Self(rawValue: 133) }
    @inlinable public static var routerAdvertisement: Self { Self(rawValue: 134) }
    @inlinable public static var neighborSolicitation: Self { Self(rawValue: 135) }
    @inlinable public static var neighborAdvertisement: Self { Self(rawValue: 136) }

    /// Whether the payload is the packet that caused the message (RFC 4443, section 2.1).
    ///
    /// Every type below 128 is an error, but how those without a name here are laid out is not
    /// known.
    public var isError: Bool { rawValue >= 1 && rawValue <= 4 }
  }

  /// Codes of `destinationUnreachable` (RFC 4443, section 3.1).
  public enum UnreachableCode {
    @inlinable public static var noRoute: UInt8 { 0 }
    @inlinable public static var administrativelyProhibited: UInt8 { 1 }
    @inlinable public static var address: UInt8 { 3 }
    @inlinable public static var port: UInt8 { 4 }
  }

  public enum Layout {
    @inlinable public static var type: Field<UInt8> { Field(at: 0) }
    @inlinable public static var code: Field<UInt8> { Field(at: 1) }
    @inlinable public static var checksum: Field<UInt16> { Field(at: 2) }
    @inlinable public static var parameter: Field<UInt32> { Field(at: 4) }
    /// Of an echo request or reply.
    @inlinable public static var identifier: Field<UInt16> { Field(at: 4) }
    /// Of an echo request or reply.
    @inlinable public static var sequenceNumber: Field<UInt16> { Field(at: 6) }
    /// Of an error with extensions: the quoted packet, in units of 8 bytes (RFC 4884, section 4).
    @inlinable public static var quoteLength: Field<UInt8> { Field(at: 4) }
    /// Of a "packet too big", in bytes (RFC 4443, section 3.2).
    @inlinable public static var nextHopMTU: Field<UInt32> { Field(at: 4) }
  }
}

extension ICMPv6Header {
  /// A request for an echo (RFC 4443, section 4.1).
  public static func echoRequest(identifier: UInt16, sequenceNumber: UInt16) -> Self {
    Self(type: .echoRequest, parameter: UInt32(identifier) << 16 | UInt32(sequenceNumber))
  }

  /// The answer to a request with the same numbers (RFC 4443, section 4.2).
  public static func echoReply(identifier: UInt16, sequenceNumber: UInt16) -> Self {
    Self(type: .echoReply, parameter: UInt32(identifier) << 16 | UInt32(sequenceNumber))
  }

  /// A message that says what the next link can carry, in bytes (RFC 4443, section 3.2).
  public static func packetTooBig(nextHopMTU: UInt32) -> Self {
    Self(type: .packetTooBig, parameter: nextHopMTU)
  }

  /// Which conversation an echo belongs to, or `nil` if this is no echo.
  public var identifier: UInt16? { isEcho ? UInt16(truncatingIfNeeded: parameter >> 16) : nil }

  /// Which echo of its conversation this is, or `nil` if this is no echo.
  public var sequenceNumber: UInt16? { isEcho ? UInt16(truncatingIfNeeded: parameter) : nil }

  /// What the next link can carry, in bytes, or `nil` if this is no "packet too big".
  public var nextHopMTU: UInt32? { type == .packetTooBig ? parameter : nil }

  private var isEcho: Bool { type == .echoRequest || type == .echoReply }

  /// Reads the header that starts at `base`.
  ///
  /// The checksum is not verified.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .icmpv6, at: base)
    type = MessageType(rawValue: bytes[Layout.type, at: base])
    code = bytes[Layout.code, at: base]
    parameter = bytes[Layout.parameter, at: base]
  }

  /// The checksum that these fields and `payload` call for, pseudo header included (RFC 4443,
  /// section 2.3).
  public func checksum(
    source: IPv6Address, destination: IPv6Address, payload: RawSpan
  ) -> UInt16 {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .icmpv6,
      length: Self.byteCount &+ payload.byteCount)
    sum.add(UInt16(type.rawValue) << 8 | UInt16(code))
    sum.add(parameter)
    sum.add(payload)
    return sum.value
  }

  /// Writes the header to `bytes`, starting at `base`, with the given checksum.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on.
  public func write(to bytes: inout MutableRawSpan, at base: Int, checksum: UInt16) {
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.type, at: base] = type.rawValue
    bytes[Layout.code, at: base] = code
    bytes[Layout.checksum, at: base] = checksum
    bytes[Layout.parameter, at: base] = parameter
  }
}
