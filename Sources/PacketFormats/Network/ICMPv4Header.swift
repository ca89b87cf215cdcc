/// An ICMP header (RFC 792): type, code, checksum and four bytes that each type uses its own way.
///
/// An error's payload begins with the packet it is about, which stands ``byteCount`` bytes after
/// the header; ``Dissection/init(quoted:at:end:)`` reads it.
public struct ICMPv4Header: Hashable, Sendable {
  /// Header length, in bytes.
  public static let byteCount = 8

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
    public static let echoReply = Self(rawValue: 0)
    public static let destinationUnreachable = Self(rawValue: 3)
    public static let redirect = Self(rawValue: 5)
    public static let echoRequest = Self(rawValue: 8)
    public static let timeExceeded = Self(rawValue: 11)
    public static let parameterProblem = Self(rawValue: 12)

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
    public static let network: UInt8 = 0
    public static let host: UInt8 = 1
    public static let `protocol`: UInt8 = 2
    public static let port: UInt8 = 3
    public static let fragmentationNeeded: UInt8 = 4
    public static let administrativelyProhibited: UInt8 = 13
  }

  /// Codes of `timeExceeded` (RFC 792).
  public enum TimeExceededCode {
    public static let timeToLive: UInt8 = 0
    public static let reassembly: UInt8 = 1
  }

  public enum Layout {
    public static let type = Field<UInt8>(at: 0)
    public static let code = Field<UInt8>(at: 1)
    public static let checksum = Field<UInt16>(at: 2)
    public static let parameter = Field<UInt32>(at: 4)
    /// Of an echo request or reply.
    public static let identifier = Field<UInt16>(at: 4)
    /// Of an echo request or reply.
    public static let sequenceNumber = Field<UInt16>(at: 6)
    /// Of an error with extensions: the quoted packet, in units of 4 bytes (RFC 4884, section 4).
    public static let quoteLength = Field<UInt8>(at: 5)
    /// Of a "fragmentation needed", in bytes (RFC 1191, section 4).
    public static let nextHopMTU = Field<UInt16>(at: 6)
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
