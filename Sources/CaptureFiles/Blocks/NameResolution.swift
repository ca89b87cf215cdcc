/// Names for addresses (NRB, draft-ietf-opsawg-pcapng, section 4.5).
public struct NameResolution: Hashable, Sendable {
  /// What a name can stand for, as a number in host order.
  public enum Address: Hashable, Sendable {
    case ipv4(UInt32)
    case ipv6(UInt128)
    /// In the low 48 bits.
    case eui48(UInt64)
    case eui64(UInt64)
  }

  /// One address and what it is called.
  public struct Entry: Hashable, Sendable {
    public var address: Address
    public var names: [String]

    public init(_ address: Address, _ names: [String]) {
      self.address = address
      self.names = names
    }

    public init(_ address: Address, _ name: String) {
      self.init(address, [name])
    }
  }

  public var entries: [Entry]
  /// Name of the server that resolved the names (`ns_dnsname`).
  public var serverName: String?
  /// `ns_dnsIP4addr`, in host order.
  public var serverIPv4Address: UInt32?
  /// `ns_dnsIP6addr`, in host order.
  public var serverIPv6Address: UInt128?
  public var comments: [String]
  public var otherOptions: [PcapngOption]
  /// Records of a type we do not know, kept byte for byte.
  public var otherRecords: [PcapngOption]

  public init(
    entries: [Entry], serverName: String? = nil, serverIPv4Address: UInt32? = nil,
    serverIPv6Address: UInt128? = nil, comments: [String] = [],
    otherOptions: [PcapngOption] = [], otherRecords: [PcapngOption] = []
  ) {
    self.entries = entries
    self.serverName = serverName
    self.serverIPv4Address = serverIPv4Address
    self.serverIPv6Address = serverIPv6Address
    self.comments = comments
    self.otherOptions = otherOptions
    self.otherRecords = otherRecords
  }

  enum Code {
    static let ipv4Record: UInt16 = 1
    static let ipv6Record: UInt16 = 2
    static let eui48Record: UInt16 = 3
    static let eui64Record: UInt16 = 4
    static let serverName: UInt16 = 2
    static let serverIPv4Address: UInt16 = 3
    static let serverIPv6Address: UInt16 = 4
  }

  /// The block as this package writes it.
  var block: BlockBuilder {
    var block = BlockBuilder(.nameResolution)
    for entry in entries { Self.append(entry, to: &block) }
    for record in otherRecords { block.appendOption(record.code.rawValue, record.bytes) }
    block.append(0 as UInt32)  // end of records
    block.appendComments(comments)
    block.appendOption(Code.serverName, text: serverName)
    if let serverIPv4Address {
      block.appendOption(Code.serverIPv4Address, BigEndian.bytes(of: serverIPv4Address))
    }
    if let serverIPv6Address {
      block.appendOption(Code.serverIPv6Address, BigEndian.bytes(of: serverIPv6Address))
    }
    block.append(otherOptions)
    return block
  }

  /// Appends `entry`, as several records if its names do not fit into one.
  private static func append(_ entry: Entry, to block: inout BlockBuilder) {
    let (code, address): (UInt16, [UInt8]) =
      switch entry.address {
      case .ipv4(let value): (Code.ipv4Record, BigEndian.bytes(of: value))
      case .ipv6(let value): (Code.ipv6Record, BigEndian.bytes(of: value))
      case .eui48(let value): (Code.eui48Record, Array(BigEndian.bytes(of: value).suffix(6)))
      case .eui64(let value): (Code.eui64Record, BigEndian.bytes(of: value))
      }
    var record = address
    for name in entry.names {
      // A name ends with a zero byte, so it cannot hold one. No DNS name is longer than 255 bytes.
      let bytes = name.utf8.filter { $0 != 0 }.prefix(0x3ff)
      if record.count + bytes.count + 1 > PcapngFormat.longestOption {
        block.appendOption(code, record)
        record = address
      }
      record += bytes
      record.append(0)
    }
    if record.count > address.count { block.appendOption(code, record) }
  }
}
