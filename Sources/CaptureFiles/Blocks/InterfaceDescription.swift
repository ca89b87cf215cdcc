/// A place where packets were captured (IDB, draft-ietf-opsawg-pcapng, section 4.2).
///
/// Addresses are plain numbers in host order, so that this module needs to know no protocol.
public struct InterfaceDescription: Hashable, Sendable {
  /// An IPv4 address of the interface, and its network mask.
  public struct IPv4Assignment: Hashable, Sendable {
    public var address: UInt32
    public var mask: UInt32

    public init(address: UInt32, mask: UInt32) {
      self.address = address
      self.mask = mask
    }
  }

  /// An IPv6 address of the interface, and the length of its prefix in bits.
  public struct IPv6Assignment: Hashable, Sendable {
    public var address: UInt128
    public var prefixLength: UInt8

    public init(address: UInt128, prefixLength: UInt8) {
      self.address = address
      self.prefixLength = prefixLength
    }
  }

  /// `if_name`, such as `worker-1:geneve`.
  public var name: String?
  /// `if_description`: what is captured here, in words.
  public var description: String?
  public var linkType: LinkType
  public var ipv4Assignments: [IPv4Assignment]
  public var ipv6Assignments: [IPv6Assignment]
  /// The EUI-48 address, in the low 48 bits.
  public var macAddress: UInt64?
  /// The EUI-64 address.
  public var eui64Address: UInt64?
  /// `if_speed`, in bits per second.
  public var speed: UInt64?
  /// `if_txspeed`, in bits per second.
  public var transmitSpeed: UInt64?
  /// `if_rxspeed`, in bits per second.
  public var receiveSpeed: UInt64?
  /// `if_filter`, in libpcap's language.
  public var filter: String?
  /// `if_os`: the operating system of the machine the interface belongs to.
  public var operatingSystem: String?
  /// `if_hardware`.
  public var hardware: String?
  /// `if_fcslen`: length of the frame check sequence at the end of each packet, in bytes.
  public var frameCheckSequenceByteCount: UInt8?
  /// `if_tsoffset`: what to add to every time in the file, in seconds.
  ///
  /// Times in this module's interface are always complete; reader and writer do the arithmetic.
  public var timeOffset: Int64
  public var comments: [String]
  public var otherOptions: [PcapngOption]
  /// `if_tsresol`, which only a reader sets: we write nanoseconds.
  public internal(set) var timestampResolution: TimestampResolution = .nanoseconds
  /// The longest that a captured packet can be, in bytes, or 0 for no limit.
  ///
  /// Only a reader sets it.
  public internal(set) var snapshotLength = UInt32(PcapngFormat.snapshotLength)
  /// Index into ``CaptureReader/sections``, which only a reader sets.
  public internal(set) var section = 0

  public init(
    name: String? = nil, description: String? = nil, linkType: LinkType = .ethernet,
    ipv4Assignments: [IPv4Assignment] = [], ipv6Assignments: [IPv6Assignment] = [],
    macAddress: UInt64? = nil, eui64Address: UInt64? = nil, speed: UInt64? = nil,
    transmitSpeed: UInt64? = nil, receiveSpeed: UInt64? = nil, filter: String? = nil,
    operatingSystem: String? = nil, hardware: String? = nil,
    frameCheckSequenceByteCount: UInt8? = nil, timeOffset: Int64 = 0, comments: [String] = [],
    otherOptions: [PcapngOption] = []
  ) {
    self.name = name
    self.description = description
    self.linkType = linkType
    self.ipv4Assignments = ipv4Assignments
    self.ipv6Assignments = ipv6Assignments
    self.macAddress = macAddress
    self.eui64Address = eui64Address
    self.speed = speed
    self.transmitSpeed = transmitSpeed
    self.receiveSpeed = receiveSpeed
    self.filter = filter
    self.operatingSystem = operatingSystem
    self.hardware = hardware
    self.frameCheckSequenceByteCount = frameCheckSequenceByteCount
    self.timeOffset = timeOffset
    self.comments = comments
    self.otherOptions = otherOptions
  }

  enum Code {
    static let name: UInt16 = 2
    static let description: UInt16 = 3
    static let ipv4Address: UInt16 = 4
    static let ipv6Address: UInt16 = 5
    static let macAddress: UInt16 = 6
    static let eui64Address: UInt16 = 7
    static let speed: UInt16 = 8
    static let timestampResolution: UInt16 = 9
    static let filter: UInt16 = 11
    static let operatingSystem: UInt16 = 12
    static let frameCheckSequenceLength: UInt16 = 13
    static let timeOffset: UInt16 = 14
    static let hardware: UInt16 = 15
    static let transmitSpeed: UInt16 = 16
    static let receiveSpeed: UInt16 = 17
  }

  /// The block as this package writes it: always nanoseconds, always the same snapshot length.
  var block: BlockBuilder {
    var block = BlockBuilder(.interfaceDescription)
    block.append(linkType.rawValue)
    block.append(0 as UInt16)
    block.append(UInt32(PcapngFormat.snapshotLength))
    block.appendComments(comments)
    block.appendOption(Code.name, text: name)
    block.appendOption(Code.description, text: description)
    // Addresses stand in network order whatever the section's byte order is.
    for assignment in ipv4Assignments {
      block.appendOption(
        Code.ipv4Address,
        BigEndian.bytes(of: assignment.address) + BigEndian.bytes(of: assignment.mask))
    }
    for assignment in ipv6Assignments {
      block.appendOption(
        Code.ipv6Address, BigEndian.bytes(of: assignment.address) + [assignment.prefixLength])
    }
    if let macAddress {
      block.appendOption(Code.macAddress, Array(BigEndian.bytes(of: macAddress).suffix(6)))
    }
    if let eui64Address {
      block.appendOption(Code.eui64Address, BigEndian.bytes(of: eui64Address))
    }
    block.appendOption(Code.speed, number: speed)
    block.appendOption(
      Code.timestampResolution, [TimestampResolution.nanoseconds.rawValue])
    if let filter {
      block.appendOption(Code.filter, [0] + Array(filter.utf8))  // 0: a libpcap expression
    }
    block.appendOption(Code.operatingSystem, text: operatingSystem)
    if let frameCheckSequenceByteCount {
      block.appendOption(Code.frameCheckSequenceLength, [frameCheckSequenceByteCount])
    }
    if timeOffset != 0 {
      block.appendOption(Code.timeOffset, number: UInt64(bitPattern: timeOffset))
    }
    block.appendOption(Code.hardware, text: hardware)
    block.appendOption(Code.transmitSpeed, number: transmitSpeed)
    block.appendOption(Code.receiveSpeed, number: receiveSpeed)
    block.append(otherOptions)
    return block
  }
}
