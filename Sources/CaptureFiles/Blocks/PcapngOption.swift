/// An option of a pcapng block, as it stands in the file (draft-ietf-opsawg-pcapng, section 3.5).
public struct PcapngOption: Hashable, Sendable {
  /// What an option means, which depends on the block except for the ones all blocks share.
  public struct Code: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16

    public init(rawValue: UInt16) {
      self.rawValue = rawValue
    }

    public static let endOfOptions = Code(rawValue: 0)
    public static let comment = Code(rawValue: 1)
    /// Custom text that may be copied to another file, after an enterprise number.
    public static let copyableCustomText = Code(rawValue: 2988)
    public static let copyableCustomBytes = Code(rawValue: 2989)
    public static let privateCustomText = Code(rawValue: 19372)
    public static let privateCustomBytes = Code(rawValue: 19373)
  }

  public var code: Code
  /// The value without padding, byte for byte, in the byte order of the section it came from.
  ///
  /// At most 65,535 bytes can be written; what is beyond is cut off.
  public var bytes: [UInt8]

  public init(code: Code, bytes: [UInt8]) {
    self.code = code
    self.bytes = bytes
  }
}
