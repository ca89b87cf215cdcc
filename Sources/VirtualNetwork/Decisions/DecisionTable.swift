/// The decisions made so far, and the few bytes of each that the hot path reads.
struct DecisionTable: ~Copyable {
  /// The decisions in words; `nil` until somebody asks or the configuration changes.
  private var worded: [Decision?] = []
  private var shapes: [DecisionShape] = []
  /// Which decisions of this generation are not in words yet.
  private var unworded: [Int] = []
  private var outcomes: [Outcome] = []
  /// The decisions of this generation.
  ///
  /// Only ever asked for one shape, never walked: its order changes with every run.
  private var known: [DecisionShape: DecisionIndex] = [:]
  /// Those asked for last: new flows of one kind meet the same few decisions on their way, and to
  /// compare shapes costs less than to hash one.
  private var recent: [DecisionIndex] = []
  private var nextRecent = 0

  private static let recentCount = 8
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

  /// How many decisions there are.
  var count: Int { shapes.count }

  /// The decision at `index`, put into words if it is not yet, of which `network` then is the
  /// configuration.
  func decision(
    _ index: DecisionIndex, in network: VirtualPrivateCloud, inFull: Bool
  ) -> Decision {
    if let known = worded[index.position] { return known }
    let shape = shapes[index.position]
    let reasons = network.reasons(for: shape, inFull: inFull) {
      decision($0, in: network, inFull: inFull)
    }
    return Decision(
      verdict: shape.verdict, direction: shape.direction, place: shape.place,
      nextHop: shape.nextHop, reasons: reasons, generation: outcomes[index.position].generation)
  }

  /// Puts into words what is not yet, because the configuration is about to change.
  mutating func word(in network: VirtualPrivateCloud, inFull: Bool) {
    for place in unworded {
      worded[place] = decision(DecisionIndex(place), in: network, inFull: inFull)
    }
    unworded.removeAll(keepingCapacity: true)
  }

  mutating func find(_ shape: DecisionShape) -> DecisionIndex? {
    for index in recent where shapes[index.position] == shape { return index }
    guard let index = known[shape] else { return nil }
    if recent.count < Self.recentCount {
      recent.append(index)
    } else {
      recent[nextRecent] = index
      nextRecent = (nextRecent + 1) % Self.recentCount
    }
    return index
  }

  /// Adds a decision of a new shape.
  ///
  /// - Parameters:
  ///   - shape: The decision.
  ///   - origins: For which packets it holds.
  ///   - words: The decision in words. Rejections have them from the beginning, because every packet
  ///     that is dropped quotes them; most acceptances are never quoted.
  /// - Returns: Its place.
  mutating func add(_ shape: DecisionShape, origins: Origins, words: Decision?) -> DecisionIndex {
    precondition(shapes.count < FlowEntry.decisionLimit, "too many decisions")
    let index = DecisionIndex(shapes.count)
    shapes.append(shape)
    worded.append(words)
    if words == nil { unworded.append(index.position) }
    outcomes.append(
      Outcome(
        decision: FlowDecision(
          verdict: shape.verdict, isSlowPath: false, nextHop: shape.nextHop, decision: index),
        tracks: shape.tracks, origins: origins, generation: generation,
        origin: shape.connection ?? index))
    known[shape] = index
    return index
  }

  /// Makes all decisions past ones; their texts stay.
  mutating func beginGeneration() {
    generation += 1
    known.removeAll(keepingCapacity: true)
    recent.removeAll(keepingCapacity: true)
    nextRecent = 0
  }
}
