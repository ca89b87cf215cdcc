/// What a packet shows of checksums that a translator must treat with care.
struct ChecksumMarks: OptionSet {
  let rawValue: UInt8

  /// It is a UDP datagram over IPv4 whose checksum field was captured.
  static let hasUDPField = ChecksumMarks(rawValue: 1)
  /// Its sender made no UDP checksum (RFC 768).
  static let lacksUDPChecksum = ChecksumMarks(rawValue: 2)
  /// It is an ICMP error that quotes an IPv4 header.
  static let quotesHeader = ChecksumMarks(rawValue: 4)
  /// The checksum in that header is right.
  static let quoteIsRight = ChecksumMarks(rawValue: 8)
}
