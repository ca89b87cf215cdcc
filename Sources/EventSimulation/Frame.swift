/// A frame in flight.
///
/// A frame has one owner at a time. Its owner ends by sending it or by dropping it; forgetting
/// to do either traps, so a frame cannot leak and cannot be delivered twice.
public struct Frame: ~Copyable {
  /// The pool slot that holds the bytes.
  @usableFromInline let slot: UInt32
  /// Where in the slot the first byte stands; the room before it is for encapsulation.
  @usableFromInline var start: UInt16
  @usableFromInline var storedByteCount: UInt16

  init(slot: UInt32, start: UInt16, byteCount: UInt16) {
    self.slot = slot
    self.start = start
    storedByteCount = byteCount
  }

  /// Length on the wire without preamble and frame check sequence, in bytes.
  @inlinable
  public var byteCount: Int { Int(storedByteCount) }

  deinit {
    Self.reportLeak()
  }

  private static func reportLeak() {
    preconditionFailure("a frame was neither sent nor dropped")
  }

  /// Ends ownership, when the queue or the pool takes the slot over.
  consuming func relinquish() -> Token {
    let token = Token(slot: slot, start: start, byteCount: storedByteCount)
    discard self
    return token
  }

  /// What the event queue keeps of a frame between sending and arrival.
  struct Token {
    var slot: UInt32
    var start: UInt16
    var byteCount: UInt16
  }

  init(_ token: Token) {
    self.init(slot: token.slot, start: token.start, byteCount: token.byteCount)
  }
}

/// The number a packet gets when it is first sent and keeps through translation and tunnels.
///
/// It is written as `epb_packetid`, so that `frame.packet_id == 42` shows one packet at each of
/// its hops. A retransmission is a new packet. Numbers begin at 1.
public struct PacketID: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }
}
