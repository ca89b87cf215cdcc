import LambdawireModel

/// The events of a run that never was.
struct HandMadeRun {
  private var record = EraRecord()

  static let millisecond: Int64 = 1_000_000

  /// Takes a line; times are milliseconds.
  mutating func add(
    _ event: String, at time: Int64, act: String = "", environment: String = "",
    resource: String = "", identifier: String = "", status: String = "", translator: String = "",
    detail: String = "", duration: Int64? = nil,
    elapsed: Int64 = 0
  ) {
    var line = EventLine()
    line.time = time * Self.millisecond
    line.event = event
    line.act = act
    line.function = "orders"
    line.environment = environment
    line.resource = resource
    line.translator = translator
    line.identifier = identifier
    line.status = status
    line.detail = detail
    line.duration = duration.map { $0 * Self.millisecond }
    line.elapsed = elapsed * Self.millisecond
    record.add(line)
  }

  /// Says how much memory the function has, in MiB.
  mutating func addFunction(memory: Int64) {
    var line = EventLine()
    line.event = "function"
    line.name = "orders"
    line.memory = memory
    record.add(line)
  }

  /// Starts an environment, one step after the other, and has it finish an invocation.
  mutating func coldStart(
    _ environment: String, at arrival: Int64,
    _ steps: [(act: String, resource: String, duration: Int64)]
  ) {
    var time = arrival
    for step in steps {
      add(
        "control", at: time, act: step.act, environment: environment, resource: step.resource,
        duration: step.duration)
      time += step.duration
    }
    add("invocation-started", at: time, environment: environment, elapsed: time - arrival)
    add("invocation-finished", at: time + 1, environment: environment, elapsed: time + 1 - arrival)
  }

  func result(_ networking: Scenario.Networking, capacity: Int = 251) -> EraResult {
    record.result(
      networking, duration: 60_000 * Self.millisecond, capacity: capacity, path: PathMeasurement())
  }
}
