/// An ICMP header (RFC 792): type, code, checksum and four bytes that each type uses its own way.
///
/// An error's payload begins with the packet it is about, which stands ``byteCount`` bytes after
/// the header; ``Dissection/init(quoted:at:end:)`` reads it.
public struct ICMPv4Header: Hashable, Sendable {
  /// Header length, in bytes.
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

  /// What a message is about (IANA, "ICMP Parameters").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct MessageType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    @inlinable public static var echoReply: Self { Self(rawValue: 0) }
    @inlinable public static var destinationUnreachable: Self { Self(rawValue: 3) }
    @inlinable public static var redirect: Self { Self(rawValue: 5) }
    @inlinable public static var echoRequest: Self { Self(rawValue: 8) }
    @inlinable public static var timeExceeded: Self { Self(rawValue: 11) }
    @inlinable public static var parameterProblem: Self { Self(rawValue: 12) }

    /// Whether the payload is the packet that caused the message (RFC 1122, section 3.2.2).
    public var isError: Bool {
      // Source quench, 4, is deprecated (RFC 6633), but still an error about a packet.
      switch rawValue {
      case 3, 4, 5, 11, 12: true
      default: false
      }
    }
  }

  /// Codes of `destinationUnreachable` (RFC 792; RFC 1812, section 5.2.7.1).
  public enum UnreachableCode {
    @inlinable public static var network: UInt8 { 0 }
    @inlinable public static var host: UInt8 { 1 }
    @inlinable public static var `protocol`: UInt8 { 2 }
    @inlinable public static var port: UInt8 { 3 }
    @inlinable public static var fragmentationNeeded: UInt8 { 4 }
    @inlinable public static var administrativelyProhibited: UInt8 { 13 }
  }

  /// Codes of `timeExceeded` (RFC 792).
  public enum TimeExceededCode {
    @inlinable public static var timeToLive: UInt8 { 0 }
    @inlinable public static var reassembly: UInt8 { 1 }
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
    /// Of an error with extensions: the quoted packet, in units of 4 bytes (RFC 4884, section 4).
    @inlinable public static var quoteLength: Field<UInt8> { Field(at: 5) }
    /// Of a "fragmentation needed", in bytes (RFC 1191, section 4).
    @inlinable public static var nextHopMTU: Field<UInt16> { Field(at: 6) }
  }
}

extension ICMPv4Header {
  /// A request for an echo (RFC 792, "Echo or Echo Reply Message").
  public static func echoRequest(identifier: UInt16, sequenceNumber: UInt16) -> Self {
    Self(type: .echoRequest, parameter: UInt32(identifier) << 16 | UInt32(sequenceNumber))
  }

  /// The answer to a request with the same numbers.
  public static func echoReply(identifier: UInt16, sequenceNumber: UInt16) -> Self {
    Self(type: .echoReply, parameter: UInt32(identifier) << 16 | UInt32(sequenceNumber))
  }

  /// A "fragmentation needed" that says what the next link can carry, in bytes (RFC 1191,
  /// section 4).
  public static func fragmentationNeeded(nextHopMTU: UInt16) -> Self {
    Self(
      type: .destinationUnreachable, code: UnreachableCode.fragmentationNeeded,
      parameter: UInt32(nextHopMTU))
  }

  /// Which conversation an echo belongs to, or `nil` if this is no echo.
  public var identifier: UInt16? { isEcho ? UInt16(truncatingIfNeeded: parameter >> 16) : nil }

  /// Which echo of its conversation this is, or `nil` if this is no echo.
  public var sequenceNumber: UInt16? { isEcho ? UInt16(truncatingIfNeeded: parameter) : nil }

  /// What the next link can carry, in bytes (RFC 1191, section 4).
  ///
  /// - Returns: `nil` if this is no "fragmentation needed"; 0 if its sender predates RFC 1191.
  public var nextHopMTU: UInt16? {
    type == .destinationUnreachable && code == UnreachableCode.fragmentationNeeded
      ? UInt16(truncatingIfNeeded: parameter) : nil
  }

  private var isEcho: Bool { type == .echoRequest || type == .echoReply }

  /// Reads the header that starts at `base`.
  ///
  /// The checksum is not verified.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .icmpv4, at: base)
    type = MessageType(rawValue: bytes[Layout.type, at: base])
    code = bytes[Layout.code, at: base]
    parameter = bytes[Layout.parameter, at: base]
  }

  /// The checksum that these fields and `payload` call for; there is no pseudo header (RFC 792).
  public func checksum(payload: RawSpan) -> UInt16 {
    var sum = InternetChecksum()
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
