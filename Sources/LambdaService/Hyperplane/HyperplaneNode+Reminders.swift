package import PacketFormats

/// What Hyperplane is woken for, by itself and by others.
extension HyperplaneNode {
  /// What the node is woken for; the rest of a token is a number.
  enum Reminder: UInt64 {
    /// A translation of an interface may end.
    case expiry
    /// Something breaks, or is mended.
    case fault
    /// Traffic is led around a Top that has died.
    case notice
    /// An interface has been made and has an address.
    case opening
    /// An interface is taken away.
    case closing
    /// An interface that was asked for cannot be had.
    case refusal
    /// A translation of an interface's IPv6 address may end.
    case ipv6Expiry

    func token(_ number: Int) -> UInt64 { rawValue << 48 | UInt64(number) }
  }

  /// What the node is woken with when a shared interface that was planned is in use at `address`.
  package static func openingToken(_ number: Int, at address: IPv4Address) -> UInt64 {
    precondition(number < 1 << 16, "more shared interfaces than a token can tell apart")
    return Reminder.opening.token(number << 32 | Int(address.rawValue))
  }

  /// What the node is woken with when a shared interface is taken away.
  package static func closingToken(_ number: Int) -> UInt64 { Reminder.closing.token(number) }

  /// What the node is woken with when a shared interface that it asked for cannot be had.
  package static func refusalToken(_ number: Int) -> UInt64 { Reminder.refusal.token(number) }
}
