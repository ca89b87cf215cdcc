package import EventSimulation
package import SimulatedTime

/// A part of Hyperplane in one availability zone, with a fixed capacity of its own (lambda-vpc
/// §6.1, reported).
package struct Cell {
  /// What a cell is built for.
  package struct Capacity: Hashable, Sendable {
    /// Connections at a time (2018: "hundreds of millions", reported).
    package var connections: Int
    /// Connections that may begin in a second (2018: "tens of millions of transactions", reported).
    package var connectionsPerSecond: Int

    package init(connections: Int, connectionsPerSecond: Int) {
      self.connections = connections
      self.connectionsPerSecond = connectionsPerSecond
    }
  }

  /// Why a cell takes no more connections.
  package enum Refusal: Hashable, Sendable { case connections, rate }

  /// What becomes of a packet in a cell that is not well.
  package enum Weather: Hashable, Sendable {
    case delayed(Duration)
    case lost
  }

  package let zone: String
  private let capacity: Capacity
  package private(set) var connections = 0
  /// The second that ``begunInSecond`` counts.
  private var second: Int64 = -1
  private var begunInSecond = 0

  /// Since when and how much the cell loses and delays; nothing if it is well.
  private var lossPerMillion = 0
  private var delay = Duration.zero
  /// When the last packet that was delayed leaves, so that none overtakes it.
  private var lastExit = Instant.start
  private var random: RandomStream

  package init(zone: String, capacity: Capacity, random: RandomStream) {
    self.zone = zone
    self.capacity = capacity
    self.random = random
  }

  // MARK: - Capacity

  /// Why a connection cannot begin now, or `nil` if one can.
  package func refusal(at now: Instant) -> Refusal? {
    if connections >= capacity.connections { return .connections }
    if begunInSecond >= capacity.connectionsPerSecond, now.nanoseconds / 1_000_000_000 == second {
      return .rate
    }
    return nil
  }

  /// Counts a connection that begins.
  package mutating func begin(at now: Instant) {
    connections += 1
    let current = now.nanoseconds / 1_000_000_000
    begunInSecond = current == second ? begunInSecond + 1 : 1
    second = current
  }

  /// Counts a connection that is over.
  package mutating func end() { connections -= 1 }

  // MARK: - Brownout

  /// Whether packets are lost or delayed, or may still be in the order of those that were.
  package func isUnwell(at now: Instant) -> Bool {
    lossPerMillion > 0 || delay > .zero || now < lastExit
  }

  /// Has the cell lose and delay packets from now on.
  ///
  /// - Parameters:
  ///   - lossPerMillion: How many of a million packets are lost, each independently.
  ///   - delay: How much longer the others take.
  package mutating func degrade(lossPerMillion: Int, delay: Duration) {
    self.lossPerMillion = lossPerMillion
    self.delay = delay
  }

  /// Decides about a packet that would leave at `exit` if the cell were well.
  package mutating func weather(for exit: Instant) -> Weather {
    if lossPerMillion > 0, random.next(below: 1_000_000) < UInt64(lossPerMillion) { return .lost }
    let leaving = max(exit.advanced(by: delay), lastExit)
    lastExit = leaving
    return .delayed(exit.duration(to: leaving))
  }
}
