/// The kind of a pcapng block (draft-ietf-opsawg-pcapng, section 4).
public struct PcapngBlockType: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// SHB, whose number reads the same in both byte orders.
  public static let sectionHeader = PcapngBlockType(rawValue: 0x0a0d_0d0a)
  /// IDB.
  public static let interfaceDescription = PcapngBlockType(rawValue: 1)
  /// The obsolete Packet Block.
  public static let obsoletePacket = PcapngBlockType(rawValue: 2)
  /// SPB.
  public static let simplePacket = PcapngBlockType(rawValue: 3)
  /// NRB.
  public static let nameResolution = PcapngBlockType(rawValue: 4)
  /// ISB.
  public static let interfaceStatistics = PcapngBlockType(rawValue: 5)
  /// EPB.
  public static let enhancedPacket = PcapngBlockType(rawValue: 6)
  /// DSB.
  public static let decryptionSecrets = PcapngBlockType(rawValue: 0xa)
  /// A custom block that may be copied to another file.
  public static let copyableCustom = PcapngBlockType(rawValue: 0xbad)
  public static let privateCustom = PcapngBlockType(rawValue: 0x4000_0bad)

  /// Whether a block of this type holds a packet.
  public var isPacket: Bool {
    self == .enhancedPacket || self == .simplePacket || self == .obsoletePacket
  }
}
