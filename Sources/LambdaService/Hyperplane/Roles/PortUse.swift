/// How many ports of an interface are taken, for each protocol, since each has a range of its own.
package struct PortUse: Hashable, Sendable {
  /// Ports that there are, for each protocol.
  package let capacity: Int
  /// How many are taken when another interface is wanted.
  package let threshold: Int
  package private(set) var tcp = 0
  package private(set) var udp = 0
  /// The most that were ever taken of one protocol.
  package private(set) var most = 0
  /// Whether the threshold has been passed, and not come back below since.
  package private(set) var isAboveThreshold = false

  /// Nothing taken.
  ///
  /// - Parameters:
  ///   - capacity: Ports of each protocol; at least 1.
  ///   - thresholdPerMillion: Which share of them is too much, in millionths.
  package init(capacity: Int, thresholdPerMillion: Int) {
    self.capacity = capacity
    threshold = max(1, (capacity * thresholdPerMillion + 999_999) / 1_000_000)
  }

  /// Ports taken of the protocol that has most.
  package var taken: Int { max(tcp, udp) }

  /// Counts a port that was taken.
  ///
  /// - Returns: whether that passes the threshold.
  package mutating func take(isTCP: Bool) -> Bool {
    if isTCP { tcp += 1 } else { udp += 1 }
    most = max(most, taken)
    guard taken >= threshold, !isAboveThreshold else { return false }
    isAboveThreshold = true
    return true
  }

  /// Counts a port that was given back.
  package mutating func release(isTCP: Bool) {
    if isTCP { tcp -= 1 } else { udp -= 1 }
    if taken < threshold { isAboveThreshold = false }
  }

  /// Counts that all ports were given back at once.
  package mutating func releaseAll() {
    tcp = 0
    udp = 0
    isAboveThreshold = false
  }
}
