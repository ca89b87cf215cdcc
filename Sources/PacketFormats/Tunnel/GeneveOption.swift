/// The header of one Geneve option; its data stands behind it (RFC 8926, section 3.5).
public struct GeneveOption: Hashable, Sendable {
  /// Length of an option without data, in bytes.
  @inlinable public static var byteCount: Int { 4 }

  /// Who defines ``type``.
  public var optionClass: OptionClass
  /// The upper bit says that the option is critical.
  public var type: UInt8
  /// Length of the data, in bytes: 0 to 124 and a multiple of 4.
  public var dataByteCount: Int

  public init(optionClass: OptionClass, type: UInt8, dataByteCount: Int) {
    self.optionClass = optionClass
    self.type = type
    self.dataByteCount = dataByteCount
  }

  /// Whether an end point that does not know the option must drop the packet.
  public var isCritical: Bool { type & 0x80 != 0 }

  /// A name space of option types (IANA, "Geneve Option Class").
  ///
  /// The set is open: a value without a name here still round-trips.
  public struct OptionClass: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }
    /// Registered to Amazon.com, and used by Gateway Load Balancer.
    @inlinable public static var amazon: Self { Self(rawValue: 0x0108) }
    /// The first class for experiments (RFC 8926, section 7); the model's own options use it.
    @inlinable public static var firstExperimental: Self { Self(rawValue: 0xff00) }
  }

  public enum Layout {
    @inlinable public static var optionClass: Field<UInt16> { Field(at: 0) }
    @inlinable public static var type: Field<UInt8> { Field(at: 2) }
    @inlinable public static var reservedAndLength: Field<UInt8> { Field(at: 3) }
  }
}

extension GeneveOption {
  /// Reads the option that starts at `base`; its data must be there.
  public init(parsing bytes: RawSpan, at base: Int = 0) throws(HeaderError) {
    try bytes.require(Self.byteCount, of: .geneveOption, at: base)
    optionClass = OptionClass(rawValue: bytes[Layout.optionClass, at: base])
    type = bytes[Layout.type, at: base]
    dataByteCount = Int(bytes[Layout.reservedAndLength, at: base] & 0x1f) * 4
    try bytes.require(Self.byteCount + dataByteCount, of: .geneveOption, at: base)
  }

  /// Writes the first ``byteCount`` bytes of the option to `bytes`, starting at `base`.
  ///
  /// - Precondition: `bytes` holds at least ``byteCount`` bytes from `base` on, and
  ///   ``dataByteCount`` is in its range.
  public func write(to bytes: inout MutableRawSpan, at base: Int) {
    precondition(
      dataByteCount & 3 == 0 && dataByteCount >= 0 && dataByteCount <= 124,
      "a Geneve option takes 0 to 124 bytes of data")
    precondition(base >= 0 && bytes.byteCount >= base + Self.byteCount)
    bytes[Layout.optionClass, at: base] = optionClass.rawValue
    bytes[Layout.type, at: base] = type
    bytes[Layout.reservedAndLength, at: base] = UInt8(truncatingIfNeeded: dataByteCount &>> 2)
  }
}
