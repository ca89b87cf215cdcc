/// What the first bytes of a captured packet are: a LINKTYPE number (draft-ietf-opsawg-pcaplinktype).
///
/// An open set: a number without a name here survives being read and written.
public struct LinkType: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static let ethernet = LinkType(rawValue: 1)
  /// An IPv4 or IPv6 packet without a link layer.
  public static let rawIP = LinkType(rawValue: 101)
  public static let linuxCooked = LinkType(rawValue: 113)
  public static let ipv4 = LinkType(rawValue: 228)
  public static let ipv6 = LinkType(rawValue: 229)
  public static let wiresharkUpperPDU = LinkType(rawValue: 252)
  public static let linuxCooked2 = LinkType(rawValue: 276)
}

extension LinkType {
  /// The numbers for which libpcap's in-memory name (DLT) differs from the one in files.
  ///
  /// Most numbers are the same in both lists; these are Linux's exceptions (pcap/dlt.h).
  private static let exceptions: [(file: UInt16, memory: Int32)] = [
    (100, 11), (101, 12), (106, 19),
  ]

  /// The number that libpcap's functions take.
  var dataLinkType: Int32 {
    for exception in Self.exceptions where exception.file == rawValue { return exception.memory }
    return Int32(rawValue)
  }

  /// The link type for a number that libpcap's functions return.
  init(dataLinkType: Int32) {
    for exception in Self.exceptions where exception.memory == dataLinkType {
      self.init(rawValue: exception.file)
      return
    }
    self.init(rawValue: UInt16(truncatingIfNeeded: dataLinkType))
  }
}
