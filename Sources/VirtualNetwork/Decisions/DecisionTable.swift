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

  /// Which packets of a flow a decision is about: an incoming packet from the same subnet meets no
  /// network ACL, one from elsewhere does.
  enum Origins: Equatable {
    case all
    case within(SubnetIndex)
    case outside(SubnetIndex)

    @inline(__always)
    func include(_ subnet: SubnetIndex?) -> Bool {
      switch self {
      case .all: true
      case .within(let own): subnet == own
      case .outside(let own): subnet != own
      }
    }
  }

  /// What a packet of a remembered flow needs to know: 40 bytes that stay in the cache.
  struct Outcome {
    let decision: FlowDecision
    /// Whether a connection begins with a packet so judged, if it is one that can begin one.
    let tracks: Bool
    /// For which packets the decision holds, by where they come from.
    let origins: Origins
    let generation: UInt32
    /// The decision that let the connection through in the first place.
    let origin: DecisionIndex
  }

  /// The outcome at `index`, unless the configuration has changed since.
  @inline(__always)
  func current(_ index: DecisionIndex) -> Outcome? {
    let outcome = outcomes[index.position]
    return outcome.generation == generation ? outcome : nil
  }

  /// The decision that let a connection through in the first place, through any number of changes.
  func origin(of index: DecisionIndex) -> DecisionIndex { outcomes[index.position].origin }

  func find(_ shape: DecisionShape) -> DecisionIndex? { known[shape] }

  mutating func add(
    _ decision: Decision, _ shape: DecisionShape, origins: Origins
  ) -> DecisionIndex {
    precondition(decisions.count < FlowEntry.decisionLimit, "too many decisions")
    let index = DecisionIndex(decisions.count)
    let origin = shape.connection ?? index
    decisions.append(decision)
    outcomes.append(
      Outcome(
        decision: FlowDecision(
          verdict: decision.verdict, isSlowPath: false, nextHop: decision.nextHop, decision: index),
        tracks: shape.tracks, origins: origins, generation: generation, origin: origin))
    known[shape] = index
    return index
  }

  /// Makes all decisions past ones; their texts stay.
  mutating func beginGeneration() {
    generation += 1
    known.removeAll(keepingCapacity: true)
  }
}
