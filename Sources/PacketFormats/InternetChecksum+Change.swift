extension InternetChecksum {
  /// What happens to a checksum when covered data changes (RFC 1624, equation 3).
  public struct Change: Sendable {
    private var sum: UInt64

    public init(from old: UInt32, to new: UInt32) {
      sum = UInt64(~old) &+ UInt64(new)
    }

    /// A change of 16 bits that stand at an even offset.
    public init(from old: UInt16, to new: UInt16) {
      sum = UInt64(~old) &+ UInt64(new)
    }

    /// A change of a whole IPv6 address.
    public init(from old: IPv6Address, to new: IPv6Address) {
      self.init(from: old.high, to: new.high)
      self = and(Change(from: old.low, to: new.low))
    }

    init(from old: UInt64, to new: UInt64) {
      self.init(
        from: UInt32(truncatingIfNeeded: old &>> 32), to: UInt32(truncatingIfNeeded: new &>> 32))
      self = and(
        from: UInt32(truncatingIfNeeded: old), to: UInt32(truncatingIfNeeded: new))
    }

    /// This change together with another.
    public func and(from old: UInt16, to new: UInt16) -> Change {
      and(Change(from: old, to: new))
    }

    /// This change together with another.
    public func and(from old: UInt32, to new: UInt32) -> Change {
      and(Change(from: old, to: new))
    }

    /// This change together with another.
    public func and(_ other: Change) -> Change {
      var both = self
      both.sum &+= other.sum
      return both
    }

    /// The checksum that replaces `checksum`.
    public func applied(to checksum: UInt16) -> UInt16 {
      ~InternetChecksum.fold(sum &+ UInt64(~checksum))
    }

    /// The checksum that replaces `checksum` in a UDP header.
    ///
    /// Zero says that the sender made none, and stays; a sum that comes out as zero is sent as
    /// its other representation (RFC 768; RFC 3022, section 4.1).
    public func appliedToUDP(_ checksum: UInt16) -> UInt16 {
      guard checksum != 0 else { return 0 }
      let changed = applied(to: checksum)
      return changed == 0 ? 0xffff : changed
    }
  }
}
