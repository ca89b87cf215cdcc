/// What would become of a packet and of its answer.
public struct PathAnalysis: Hashable, Sendable {
  /// The steps of the packet, in the order in which it comes to them; if it is stopped, the last one
  /// stops it.
  public let forward: [PathStep]
  /// The steps of the answer; empty if the packet does not arrive.
  public let back: [PathStep]
  /// Changes after which packet and answer pass, in the order in which they are found to be needed: often
  /// a single one, and none if no change known here helps.
  public let remedies: [Remedy]

  /// Which way the path is blocked.
  public enum Way: UInt8, Hashable, Sendable {
    case forward
    case back
  }

  /// Whether the packet arrives and its answer comes back.
  public var isReachable: Bool { blockedWay == nil }

  /// Which way something is stopped; `nil` if nothing is.
  public var blockedWay: Way? {
    if forward.last?.verdict == .reject { return .forward }
    return back.last?.verdict == .reject ? .back : nil
  }

  /// The component that stops the packet or its answer.
  public var culprit: PathStep? {
    switch blockedWay {
    case .forward: forward.last
    case .back: back.last
    case nil: nil
    }
  }
}
