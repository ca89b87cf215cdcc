/// What a section of a pcapng file says about itself (SHB, draft-ietf-opsawg-pcapng, section 4.1).
public struct SectionHeader: Hashable, Sendable {
  /// The machine that captured (`shb_hardware`).
  public var hardware: String?
  /// The operating system that captured (`shb_os`).
  public var operatingSystem: String?
  /// The program that wrote the section (`shb_userappl`).
  public var application: String?
  public var comments: [String]
  /// Length of the section without this header, in bytes, or `nil` if the file does not say.
  ///
  /// Only a reader sets it: a writer cannot know the length in advance and says −1.
  public internal(set) var byteCount: UInt64?
  /// Whether the section's numbers are big-endian, which only a reader sets.
  public internal(set) var isBigEndian = false
  public var otherOptions: [PcapngOption]

  public init(
    hardware: String? = nil, operatingSystem: String? = nil, application: String? = nil,
    comments: [String] = [], otherOptions: [PcapngOption] = []
  ) {
    self.hardware = hardware
    self.operatingSystem = operatingSystem
    self.application = application
    self.comments = comments
    self.otherOptions = otherOptions
  }

  enum Code {
    static let hardware: UInt16 = 2
    static let operatingSystem: UInt16 = 3
    static let application: UInt16 = 4
  }

  /// The block as this package writes it.
  var block: BlockBuilder {
    var block = BlockBuilder(.sectionHeader)
    block.append(PcapngFormat.byteOrderMagic)
    block.append(1 as UInt16)  // version 1.0: readers refuse a higher minor number
    block.append(0 as UInt16)
    block.append(UInt64.max)  // −1: unknown
    block.appendComments(comments)
    block.appendOption(Code.hardware, text: hardware)
    block.appendOption(Code.operatingSystem, text: operatingSystem)
    block.appendOption(Code.application, text: application)
    block.append(otherOptions)
    return block
  }
}
