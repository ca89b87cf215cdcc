/// What can be said about a checksum.
public enum ChecksumVerdict: Hashable, Sendable {
  case good
  case bad(found: UInt16, expected: UInt16)
  /// The sender made none: UDP with a checksum of zero (RFC 768), or a header without one.
  case absent
  /// The bytes at hand do not decide it.
  case notCheckable(Obstacle)

  /// Why a checksum cannot be checked.
  public enum Obstacle: Hashable, Sendable {
    /// The checksum covers a packet of which this is a part.
    case fragment
    /// Not all bytes that it covers were captured.
    case truncated
    /// The final destination, which it covers, stands in a source route.
    case sourceRoute
    /// Nothing here that this module knows a checksum of.
    case unknownProtocol
  }
}
