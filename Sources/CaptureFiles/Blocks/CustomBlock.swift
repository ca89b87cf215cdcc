/// A block whose meaning belongs to an enterprise (draft-ietf-opsawg-pcapng, section 4.8).
///
/// A run of the simulator writes none: tshark counts each as a frame, and editcap then refuses to
/// convert the file to classic pcap (observability-formats §5.2).
public struct CustomBlock: Hashable, Sendable {
  /// IANA private enterprise number; 32473 is set aside for examples (RFC 5612).
  public var enterpriseNumber: UInt32
  /// Whether programs that do not know the block may copy it to another file.
  public var isCopyable: Bool
  /// Everything after the enterprise number, options included; padded to a multiple of four when
  /// written.
  public var bytes: [UInt8]

  public init(enterpriseNumber: UInt32, isCopyable: Bool = true, bytes: [UInt8]) {
    self.enterpriseNumber = enterpriseNumber
    self.isCopyable = isCopyable
    self.bytes = bytes
  }

  /// The block as this package writes it.
  var block: BlockBuilder {
    var block = BlockBuilder(isCopyable ? .copyableCustom : .privateCustom)
    block.append(enterpriseNumber)
    block.appendPadded(bytes)
    return block
  }
}
