/// An NTP packet without extensions (RFC 5905, section 7.3).
public struct NTPHeader: Hashable, Sendable {
  /// Length, in bytes.
  @inlinable public static var byteCount: Int { 48 }

  /// Whether a second is about to be added or left out, 0 to 3.
  public var leapIndicator: UInt8
  /// The version, 0 to 7; 4 today.
  public var version: UInt8
  public var mode: Mode
  /// Distance from a clock that others are set by; 1 is next to one, 0 says nothing.
  public var stratum: UInt8
  /// The longest time between packets, as a power of two of seconds.
  public var poll: Int8
  /// How exact the clock is, as a power of two of seconds.
  public var precision: Int8
  /// Round trip to the clock at the root, in units of 2⁻¹⁶ s.
  public var rootDelay: UInt32
  /// How wrong the clock may be, in units of 2⁻¹⁶ s.
  public var rootDispersion: UInt32
  /// Which clock it is set by.
  public var referenceIdentifier: UInt32
  /// When it was last set.
  public var referenceTime: NTPTimestamp
  /// When the client sent what this answers.
  public var originTime: NTPTimestamp
  /// When that arrived at the server.
  public var receiveTime: NTPTimestamp
  /// When this packet was sent.
  public var transmitTime: NTPTimestamp

  /// What a packet is.
  ///
  /// The set is closed: three bits.
  public enum Mode: UInt8, Hashable, Sendable, CaseIterable {
    case reserved
    case symmetricActive
    case symmetricPassive
    case client
    case server
    case broadcast
    case control
    case privateUse
  }

  public init(
    leapIndicator: UInt8 = 0, version: UInt8 = 4, mode: Mode, stratum: UInt8 = 0, poll: Int8 = 6,
    precision: Int8 = -20, rootDelay: UInt32 = 0, rootDispersion: UInt32 = 0,
    referenceIdentifier: UInt32 = 0, referenceTime: NTPTimestamp = NTPTimestamp(rawValue: 0),
    originTime: NTPTimestamp = NTPTimestamp(rawValue: 0),
    receiveTime: NTPTimestamp = NTPTimestamp(rawValue: 0),
    transmitTime: NTPTimestamp = NTPTimestamp(rawValue: 0)
  ) {
    self.leapIndicator = leapIndicator
    self.version = version
    self.mode = mode
    self.stratum = stratum
    self.poll = poll
    self.precision = precision
    self.rootDelay = rootDelay
    self.rootDispersion = rootDispersion
    self.referenceIdentifier = referenceIdentifier
    self.referenceTime = referenceTime
    self.originTime = originTime
    self.receiveTime = receiveTime
    self.transmitTime = transmitTime
  }

  public enum Layout {
    /// Two bits of leap indicator, three of version, three of mode.
    @inlinable public static var leapVersionAndMode: Field<UInt8> { Field(at: 0) }
    @inlinable public static var stratum: Field<UInt8> { Field(at: 1) }
    @inlinable public static var poll: Field<Int8> { Field(at: 2) }
    @inlinable public static var precision: Field<Int8> { Field(at: 3) }
    @inlinable public static var rootDelay: Field<UInt32> { Field(at: 4) }
    @inlinable public static var rootDispersion: Field<UInt32> { Field(at: 8) }
    @inlinable public static var referenceIdentifier: Field<UInt32> { Field(at: 12) }
    @inlinable public static var referenceTime: Field<UInt64> { Field(at: 16) }
    @inlinable public static var originTime: Field<UInt64> { Field(at: 24) }
    @inlinable public static var receiveTime: Field<UInt64> { Field(at: 32) }
    @inlinable public static var transmitTime: Field<UInt64> { Field(at: 40) }
  }
}

extension NTPHeader {
  /// Reads the packet that starts at `base`.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .ntp, at: base)
    let first = bytes[Layout.leapVersionAndMode, at: base]
    leapIndicator = first >> 6
    version = first >> 3 & 7
    mode = Mode(rawValue: first & 7) ?? .reserved
    stratum = bytes[Layout.stratum, at: base]
    poll = bytes[Layout.poll, at: base]
    precision = bytes[Layout.precision, at: base]
    rootDelay = bytes[Layout.rootDelay, at: base]
    rootDispersion = bytes[Layout.rootDispersion, at: base]
    referenceIdentifier = bytes[Layout.referenceIdentifier, at: base]
    referenceTime = NTPTimestamp(rawValue: bytes[Layout.referenceTime, at: base])
    originTime = NTPTimestamp(rawValue: bytes[Layout.originTime, at: base])
    receiveTime = NTPTimestamp(rawValue: bytes[Layout.receiveTime, at: base])
    transmitTime = NTPTimestamp(rawValue: bytes[Layout.transmitTime, at: base])
  }

  /// Writes the packet to `bytes`, starting at `base`.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on, and each field is in
  ///   its range.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(leapIndicator < 4 && version < 8)
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.leapVersionAndMode, at: base] = leapIndicator << 6 | version << 3 | mode.rawValue
    bytes[Layout.stratum, at: base] = stratum
    bytes[Layout.poll, at: base] = poll
    bytes[Layout.precision, at: base] = precision
    bytes[Layout.rootDelay, at: base] = rootDelay
    bytes[Layout.rootDispersion, at: base] = rootDispersion
    bytes[Layout.referenceIdentifier, at: base] = referenceIdentifier
    bytes[Layout.referenceTime, at: base] = referenceTime.rawValue
    bytes[Layout.originTime, at: base] = originTime.rawValue
    bytes[Layout.receiveTime, at: base] = receiveTime.rawValue
    bytes[Layout.transmitTime, at: base] = transmitTime.rawValue
  }
}
