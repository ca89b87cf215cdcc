/// Where a block stands in a pcapng file, and what it is.
public struct PcapngBlock: Hashable, Sendable {
  public var type: PcapngBlockType
  /// Length with header and trailer, in bytes.
  public var byteCount: Int
  /// Offset of the block's first byte in the file, in bytes.
  public var fileOffset: UInt64
  /// Byte order of the section that the block belongs to.
  public var isBigEndian: Bool

  public init(type: PcapngBlockType, byteCount: Int, fileOffset: UInt64, isBigEndian: Bool) {
    self.type = type
    self.byteCount = byteCount
    self.fileOffset = fileOffset
    self.isBigEndian = isBigEndian
  }
}
