/// Keys that let a reader decrypt the packets after it (DSB, draft-ietf-opsawg-pcapng, section 4.7).
public struct DecryptionSecrets: Hashable, Sendable {
  /// The format of the secrets; an open set.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32

    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// Text in the format of `SSLKEYLOGFILE`.
    public static let tlsKeyLog = Kind(rawValue: 0x544c_534b)
    public static let sshKeyLog = Kind(rawValue: 0x5353_484b)
    public static let wireGuardKeyLog = Kind(rawValue: 0x5747_4b4c)
  }

  public var kind: Kind
  public var bytes: [UInt8]
  public var comments: [String]
  public var otherOptions: [PcapngOption]

  public init(
    kind: Kind, bytes: [UInt8], comments: [String] = [], otherOptions: [PcapngOption] = []
  ) {
    self.kind = kind
    self.bytes = bytes
    self.comments = comments
    self.otherOptions = otherOptions
  }

  /// The block as this package writes it.
  var block: BlockBuilder {
    var block = BlockBuilder(.decryptionSecrets)
    block.append(kind.rawValue)
    block.append(UInt32(clamping: bytes.count))
    block.appendPadded(bytes)
    block.appendComments(comments)
    block.append(otherOptions)
    return block
  }
}
