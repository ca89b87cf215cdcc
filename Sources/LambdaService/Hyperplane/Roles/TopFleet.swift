/// The packet processors of all cells, each with its flow cache, and who sends through which.
///
/// As long as nothing has ever gone wrong, every Top knows each flow that hashes to it: the flow's
/// first packet had it looked up, and the answer was put into the caches of both directions
/// (assumed; only that the Top caches it is reported). So nothing is kept at all until then, and
/// no packet pays for a cache that would always hit. ``beginRemembering(_:)`` fills the caches
/// with what they would hold.
package struct TopFleet: Sendable {
  /// What became of a packet that reached the fleet.
  package enum Passage: Hashable, Sendable {
    /// The Top knows the flow.
    case known(top: Int)
    /// The Top must have it looked up.
    case unknown(top: Int)
    /// It went to a Top that is dead, which nobody has noticed yet.
    case lost(top: Int)
    /// No Top of the hand is left.
    case noTop
  }

  private enum Health { case alive, deadUnnoticed, outOfService }

  private var rings: [TopRing] = []
  private var health: [Health]
  private var caches: [FlowCache]
  /// Whether caches are kept, because a Top has failed at some time.
  package private(set) var remembers = false

  package init(topCount: Int) {
    health = Array(repeating: .alive, count: topCount)
    caches = Array(repeating: FlowCache(), count: topCount)
  }

  /// Adds a customer's hand and returns its number.
  package mutating func add(_ ring: TopRing) -> Int {
    rings.append(ring)
    return rings.count - 1
  }

  package func ring(_ number: Int) -> TopRing { rings[number] }

  /// Fills the caches with the flows that exist: for each direction of each its ring and its
  /// fingerprint.
  package mutating func beginRemembering(_ flows: [(ring: Int, fingerprint: UInt64)]) {
    guard !remembers else { return }
    remembers = true
    for flow in flows { learn(flow.fingerprint, ring: flow.ring) }
  }

  /// Puts a flow that was looked up into the cache of the Top that its tuple leads to.
  package mutating func learn(_ fingerprint: UInt64, ring: Int) {
    guard remembers, let top = rings[ring].top(for: fingerprint), health[top] == .alive else {
      return
    }
    caches[top].insert(fingerprint)
  }

  /// Forgets a flow that is over.
  package mutating func forget(_ fingerprint: UInt64, ring: Int) {
    guard remembers else { return }
    // It may have moved from one Top to another and back.
    for top in rings[ring].hand { caches[top].remove(fingerprint) }
  }

  /// What a packet of a tuple meets; ``learn(_:ring:)`` if the Top then has its flow looked up.
  package func passage(for fingerprint: UInt64, ring: Int) -> Passage {
    guard let top = rings[ring].top(for: fingerprint) else { return .noTop }
    guard health[top] == .alive else { return .lost(top: top) }
    return !remembers || caches[top].contains(fingerprint) ? .known(top: top) : .unknown(top: top)
  }

  /// How many flows the cache of a Top holds.
  package func flowCount(of top: Int) -> Int { caches[top].count }

  // MARK: - Faults

  /// Kills a Top: what it knew is gone, and what is sent to it is lost until that is noticed.
  ///
  /// - Precondition: caches are kept.
  package mutating func fail(_ top: Int) {
    precondition(remembers, "a Top cannot fail before the fleet remembers its flows")
    caches[top].removeAll()
    if health[top] == .alive { health[top] = .deadUnnoticed }
  }

  /// Takes a dead Top out of service, so that its flows go through others.
  ///
  /// - Returns: whether it was dead and in service.
  package mutating func notice(_ top: Int) -> Bool {
    guard health[top] == .deadUnnoticed else { return false }
    health[top] = .outOfService
    for ring in rings.indices { rings[ring].set(top, inService: false) }
    return true
  }

  /// Puts a new node with an empty cache in the place of a dead one.
  package mutating func repair(_ top: Int) {
    health[top] = .alive
    for ring in rings.indices { rings[ring].set(top, inService: true) }
  }
}
