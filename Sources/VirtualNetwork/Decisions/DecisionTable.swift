/// The decisions made so far, and the few bytes of each that the hot path reads.
struct DecisionTable: ~Copyable {
  private(set) var decisions: [Decision] = []
  private var outcomes: [Outcome] = []
  /// The decisions of this generation.
  ///
  /// Only ever asked for one shape, never walked: its order changes with every run.
  private var known: [DecisionShape: DecisionIndex] = [:]
  /// The state of the configuration, counted from 1.
  private(set) var generation: UInt32 = 1

  /// What a packet of a remembered flow needs to know: 24 bytes that stay in the cache.
  private struct Outcome {
    let decision: FlowDecision
    let generation: UInt32
    /// The decision that let the connection through in the first place.
    let origin: DecisionIndex
  }

  /// The outcome at `index`, unless the configuration has changed since.
  @inline(__always)
  func current(_ index: DecisionIndex) -> FlowDecision? {
    let outcome = outcomes[index.position]
    return outcome.generation == generation ? outcome.decision : nil
  }

  /// The decision that let a connection through in the first place, through any number of changes.
  func origin(of index: DecisionIndex) -> DecisionIndex { outcomes[index.position].origin }

  func find(_ shape: DecisionShape) -> DecisionIndex? { known[shape] }

  mutating func add(_ decision: Decision, _ shape: DecisionShape) -> DecisionIndex {
    precondition(decisions.count < FlowEntry.decisionLimit, "too many decisions")
    let index = DecisionIndex(decisions.count)
    let origin = if case .tracked(let since) = shape.filter { since } else { index }
    decisions.append(decision)
    outcomes.append(
      Outcome(
        decision: FlowDecision(
          verdict: decision.verdict, isSlowPath: false, nextHop: decision.nextHop, decision: index),
        generation: generation, origin: origin))
    known[shape] = index
    return index
  }

  /// Makes all decisions past ones; their texts stay.
  mutating func beginGeneration() {
    generation += 1
    known.removeAll(keepingCapacity: true)
  }
}
