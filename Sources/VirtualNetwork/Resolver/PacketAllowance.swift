package import SimulatedTime

/// How many packets something takes in a second, and how many of them are used up.
///
/// AWS documents the number for the resolver and not how seconds are counted. Assumed: an allowance
/// that is full at the beginning, and comes back evenly, so that as many as fit into a second may
/// come at once.
package struct PacketAllowance {
  private static let second: Int64 = 1_000_000_000

  /// What a packet uses up, in nanoseconds.
  private let cost: Int64
  /// What is used up, in nanoseconds, at `time`.
  private var used: Int64 = 0
  private var time: Int64 = 0

  /// An allowance that nothing was taken from.
  ///
  /// - Precondition: `packetsPerSecond` is 1 to 1,000,000,000.
  package init(packetsPerSecond: Int) {
    precondition((1...Int(Self.second)).contains(packetsPerSecond), "packets per second")
    cost = Self.second / Int64(packetsPerSecond)
  }

  /// Takes a packet off the allowance, if there is one left.
  ///
  /// - Parameter now: Not before that of the call before.
  /// - Returns: whether there was one.
  package mutating func take(at now: Instant) -> Bool {
    used = max(0, used - (now.nanoseconds - time))
    time = now.nanoseconds
    guard used + cost <= Self.second else { return false }
    used += cost
    return true
  }
}
