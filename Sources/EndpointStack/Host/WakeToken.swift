/// What a host asks to be reminded of.
///
/// The top bit tells a host's own reminders from those of its ``HostProgram``.
struct WakeToken {
  /// Who is to be woken.
  enum Kind: UInt8 {
    /// A neighbour that has not answered.
    case neighbor
    /// A TCP connection.
    case connection
    /// Exchanges, one kind each.
    case lookup
    case query
    case train
    case upload
    case ping
    case request
    /// A frame that was to leave later.
    case release
    /// A server's session that has been thinking.
    case session
    /// A connection of an upload that is to be written to again.
    case write
    /// An upload that is to open its next connection.
    case flow
    /// A connection that may have been silent for too long.
    case keepAlive
    case trace
    case fetch
    case forward
    /// A name server's connection that has been thinking.
    case nameStream
    /// A packet whose fragments may not all come any more.
    case reassembly
    /// The host is cut off from its network, or joined to it again.
    case cutOff
    case rejoin
    /// The host is gone, and with it everything it knew.
    case switchOff
    /// The host is given an address; the rest of the token is the address.
    case address
  }

  static let ownBit: UInt64 = 1 << 63

  var rawValue: UInt64

  init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  init(_ kind: Kind, _ id: RecordID) {
    rawValue =
      Self.ownBit | UInt64(kind.rawValue) << 56 | UInt64(id.generation) << 32 | UInt64(id.index)
  }

  var kind: Kind? { Kind(rawValue: UInt8(truncatingIfNeeded: rawValue >> 56) & 0x7f) }

  var id: RecordID {
    RecordID(
      index: UInt32(truncatingIfNeeded: rawValue),
      generation: UInt32(truncatingIfNeeded: rawValue >> 32) & RecordID.generationMask)
  }
}
