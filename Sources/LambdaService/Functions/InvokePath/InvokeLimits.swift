/// How many environments there may be, and for how long.
public struct InvokeLimits: Hashable, Sendable {
  /// Environments that a function may start at once when it has not started any for a while.
  public var scalingBurst: Int
  /// How long it takes until it may start as many again; the allowance is refilled continuously.
  public var scalingInterval: Duration
  /// After how long without an invocation an environment is reclaimed.
  public var idleLimit: Duration
  /// How long an environment lives; one that works is ended after its invocation.
  public var life: Distribution
  /// MicroVMs that each worker keeps booted for environments to come.
  public var bootedPool: Int

  public init(
    scalingBurst: Int, scalingInterval: Duration, idleLimit: Duration, life: Distribution,
    bootedPool: Int
  ) {
    self.scalingBurst = scalingBurst
    self.scalingInterval = scalingInterval
    self.idleLimit = idleLimit
    self.life = life
    self.bootedPool = bootedPool
  }
}
