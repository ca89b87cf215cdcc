/// What became of something that a host does of its own accord: the steps of a traffic entry, once.
public struct HostTask: Sendable {
  public enum Phase: String, Sendable {
    case started
    /// Its steps are done.
    case finished
    /// One of its steps failed.
    case failed
  }

  /// Counted from 1 on, over all hosts.
  public var number: Int
  /// The host, as traces and captures call it.
  public var host: String
  public var phase: Phase
  /// What went wrong, or what the last step achieved, in a few words; empty at first.
  public var detail: String
  /// From its beginning to this phase.
  public var elapsed: Duration

  public init(number: Int, host: String, phase: Phase, detail: String, elapsed: Duration) {
    self.number = number
    self.host = host
    self.phase = phase
    self.detail = detail
    self.elapsed = elapsed
  }
}
