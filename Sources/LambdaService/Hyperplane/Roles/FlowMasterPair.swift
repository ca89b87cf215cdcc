package import SimulatedTime

/// Two Flow Masters that keep the flows of the customers dealt to them: what the primary writes
/// down the secondary has as well (chain replication; lambda-vpc §6.1, reported).
///
/// The flows themselves stand in the translator of each shared interface; this value says whether
/// anybody answers for them.
package struct FlowMasterPair: Hashable, Sendable {
  package enum Member: String, Hashable, Sendable, CaseIterable {
    case primary
    case secondary
  }

  private var isAlive = [true, true]
  /// Until when questions are lost, because nobody has noticed yet that they go to a dead node.
  private var unanswered = Instant.start

  package init() {}

  private static func place(of member: Member) -> Int { member == .primary ? 0 : 1 }

  /// Whether a question asked at `now` is answered.
  package func answers(at now: Instant) -> Bool { now >= unanswered }

  /// Which of the two answers, once it does.
  package var answering: Member { isAlive[0] ? .primary : .secondary }

  /// Kills one of the two.
  ///
  /// - Parameters:
  ///   - member: Which.
  ///   - now: When.
  ///   - detection: After how long its work is given to the other or, if that is dead as well, to
  ///     a new pair.
  /// - Returns: whether the flows are lost with it, because it was the last that had them.
  package mutating func fail(_ member: Member, at now: Instant, detection: Duration) -> Bool {
    let wasAnswering = answering == member
    guard isAlive[Self.place(of: member)] else { return false }
    isAlive[Self.place(of: member)] = false
    if wasAnswering { unanswered = max(unanswered, now.advanced(by: detection)) }
    guard !isAlive.contains(true) else { return false }
    // A new pair, which knows nothing.
    isAlive = [true, true]
    return true
  }

  /// Puts a node that has caught up with the other one in the place of a dead one.
  package mutating func repair(_ member: Member) {
    isAlive[Self.place(of: member)] = true
  }
}
