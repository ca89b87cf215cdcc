/// What a translator decided about a packet that it had its owner keep.
public struct Release: Hashable, Sendable {
  /// The number that came with ``Verdict/held(_:)``; it is free for another packet now.
  public var number: UInt32
  public var decision: Decision

  public init(number: UInt32, decision: Decision) {
    self.number = number
    self.decision = decision
  }

  public enum Decision: Hashable, Sendable {
    /// The packet is to be handed to the translator again, which knows now what to do with it.
    case submitAgain
    /// The packet must go no further, and nobody is told.
    case drop(DropReason)
    /// The packet must go no further, and its sender is owed an ICMP error.
    case refuse(DropReason, ICMPAnswer)
  }
}
