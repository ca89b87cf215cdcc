public import SimulatedTime

/// Something that the control planes did, in the order in which it happened.
public struct Occurrence: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// A network interface has changed: everything there is to know of it, as it is now.
    ///
    /// ``InterfaceRecord/Status/pending`` gives it an address, and
    /// ``InterfaceRecord/Status/gone`` takes that away.
    case networkInterface(InterfaceRecord)
    /// One that was to be added to others of its VPC cannot be had.
    case notAdded(interface: String, vpc: String, InvokeError)
    /// A function has changed: everything there is to know of it, as it is now.
    case function(Int, FunctionRecord)
    /// A function exists no more; `version` says that only a version of it does not.
    case functionDeleted(Int, FunctionRecord)
    /// A step on the way of an environment to an interface of its own has begun; it takes that long.
    case step(environment: Int, EnvironmentStep, resource: String, Duration)
    /// An environment has the interface of its own that it asked for.
    case attached(environment: Int, InterfaceRecord)
    /// An environment cannot have one, and its invocation fails.
    case notAttached(environment: Int, InvokeError)
    /// An API was called.
    case call(TrailRecord)
  }

  /// What an environment waits for on the way to an interface of its own.
  public enum EnvironmentStep: String, Hashable, Sendable, CaseIterable {
    /// EC2 refused because of too many requests, and it is tried again after a while.
    case backOff = "BackOff"
    case create = "CreateNetworkInterface"
    case attach = "AttachNetworkInterface"
  }

  public var time: Instant
  public var kind: Kind

  public init(time: Instant, kind: Kind) {
    self.time = time
    self.kind = kind
  }
}

extension Occurrence {
  /// What the run's record says of it.
  ///
  /// - Returns: `nil` for what the frontend writes down: the steps and results of an environment, and
  ///   interfaces that cannot be added.
  public var runEvent: RunEvent? {
    let kind: RunEvent.Kind
    switch self.kind {
    case .networkInterface(let interface): kind = .networkInterface(interface)
    case .function(_, let function): kind = .function(function)
    case .functionDeleted(_, let function): kind = .functionDeleted(function)
    case .call(let record): kind = .call(record)
    case .step, .attached, .notAttached, .notAdded: return nil
    }
    return RunEvent(time: time, kind: kind)
  }
}
