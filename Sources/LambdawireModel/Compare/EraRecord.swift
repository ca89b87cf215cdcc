import LambdaService

/// Collects from a run's events what a comparison tells of it.
package struct EraRecord {
  private var counts = EraResult.InvocationCounts()
  private var failures: [EraResult.Failure] = []
  private var coldStarts: [ColdStart] = []
  private var arrivals: [Int64] = []
  /// Steps of environments that are starting, by name; with starts since the run began.
  private var starting: [String: [ColdStart.Step]] = [:]
  /// Acts that were steps, in the order in which they come.
  private var acts: [String] = []
  /// Environments that there are, by name.
  private var environments: Set<String> = []
  /// Those that work on an invocation.
  private var busy: Set<String> = []
  private var mostEnvironments = 0
  /// Environments that have started, by name.
  private var ready: Set<String> = []
  private var mostReady = 0
  /// Translations that shared interfaces hold now, by identifier.
  private var translations: [String: Int] = [:]
  private var mostTranslations = 0
  /// Identifiers of interfaces that have an address.
  private var interfaces: Set<String> = []
  /// Of all interfaces there have been.
  private var knownInterfaces: Set<String> = []
  /// Of those that were made while an invocation waited.
  private var interfacesOnInvoke: Set<String> = []
  private var use = InterfaceUse()
  /// Of each function in MiB, by name.
  private var memory: [String: Int] = [:]
  /// Executions of each function that are under way, and the most there were at one time; by name.
  private var executions: [String: (now: Int, most: Int)] = [:]
  private var changes: [(time: Int64, by: Int)] = []

  package init() {}

  /// Takes a line into account; lines come in order of time.
  package mutating func add(_ line: EventLine) {
    switch line.event {
    case "control": addControl(line)
    case "network-interface": addStatus(line)
    case "function": memory[line.name] = Int(line.memory)
    case "translation-made": addTranslation(line, 1)
    case "translation-ended": addTranslation(line, -1)
    case "invocation-started": addStart(line)
    case "invocation-finished":
      counts.finished += 1
      if busy.remove(line.environment) != nil { endExecution(of: line.function) }
    case "invocation-failed": addFailure("failed", \.failed, line)
    case "invocation-throttled": addFailure("throttled", \.throttled, line)
    case "invocation-refused": addFailure("refused", \.refused, line)
    default: break
    }
  }

  // MARK: - Invocations

  private mutating func addStart(_ line: EventLine) {
    counts.all += 1
    busy.insert(line.environment)
    if starting[line.environment] == nil { beginExecution(of: line.function) }
    if ready.insert(line.environment).inserted { mostReady = max(mostReady, ready.count) }
    let arrival = line.time - line.elapsed
    arrivals.append(arrival)
    guard let steps = starting.removeValue(forKey: line.environment) else { return }
    let start = ColdStart(
      environment: line.environment, function: line.function, arrival: arrival,
      duration: line.elapsed,
      steps: steps.map {
        ColdStart.Step(act: $0.act, start: max(0, $0.start - arrival), duration: $0.duration)
      })
    coldStarts.append(start)
    if start.steps.contains(where: { $0.act == StartupStep.wait }) {
      note(StartupStep.wait, in: start.steps)
    }
  }

  private mutating func addFailure(
    _ phase: String, _ count: WritableKeyPath<EraResult.InvocationCounts, Int>, _ line: EventLine
  ) {
    counts[keyPath: count] += 1
    if starting.removeValue(forKey: line.environment) != nil {
      environments.remove(line.environment)
      endExecution(of: line.function)
    }
    // One that failed in its handler has been counted when it began.
    if busy.remove(line.environment) == nil {
      counts.all += 1
      arrivals.append(line.time - line.elapsed)
    } else {
      endExecution(of: line.function)
    }
    if let known = failures.firstIndex(where: { $0.phase == phase && $0.reason == line.detail }) {
      failures[known].count += 1
    } else {
      failures.append(EraResult.Failure(phase: phase, reason: line.detail, count: 1))
    }
  }

  private mutating func beginExecution(of function: String) {
    var count = executions[function] ?? (now: 0, most: 0)
    count.now += 1
    count.most = max(count.most, count.now)
    executions[function] = count
  }

  private mutating func endExecution(of function: String) {
    executions[function]?.now -= 1
  }

  // MARK: - Acts

  private mutating func addControl(_ line: EventLine) {
    addInterface(line)
    guard !line.environment.isEmpty else { return }
    if StartupStep.ends(line.act) {
      environments.remove(line.environment)
      ready.remove(line.environment)
      if starting.removeValue(forKey: line.environment) != nil { endExecution(of: line.function) }
      return
    }
    guard let duration = line.duration, StartupStep.isPart(line.act) else { return }
    if environments.insert(line.environment).inserted {
      mostEnvironments = max(mostEnvironments, environments.count)
    }
    if starting[line.environment] == nil { beginExecution(of: line.function) }
    let step = ColdStart.Step(act: line.act, start: line.time, duration: duration)
    starting[line.environment, default: []].append(step)
    note(line.act, in: starting[line.environment] ?? [])
  }

  /// Gives an act its place among the steps, behind those that came before it.
  private mutating func note(_ act: String, in steps: [ColdStart.Step]) {
    guard !acts.contains(act) else { return }
    let before = steps.prefix { $0.act != act }.compactMap { acts.firstIndex(of: $0.act) }
    acts.insert(act, at: (before.max() ?? -1) + 1)
  }

  /// Takes an act on an interface into account.
  private mutating func addInterface(_ line: EventLine) {
    guard !line.resource.isEmpty else { return }
    switch line.act {
    case "CreateAndAttachNetworkInterface", "CreateNetworkInterface":
      appear(line.resource, at: line.time, isNew: true)
      if !line.environment.isEmpty { interfacesOnInvoke.insert(line.resource) }
    case "NetworkInterfaceInUse": appear(line.resource, at: line.time, isNew: false)
    case "DeleteNetworkInterface":
      disappear(line.resource, at: line.time + (line.duration ?? 0))
    default: break
    }
  }

  /// Takes what EC2 says of an interface into account, which has its address from `pending` on.
  private mutating func addStatus(_ line: EventLine) {
    guard line.status != "gone" else { return disappear(line.identifier, at: line.time) }
    appear(line.identifier, at: line.time, isNew: line.status == "pending" || line.time > 0)
  }

  /// An interface has its address from `time` on, unless it has had it before.
  private mutating func appear(_ interface: String, at time: Int64, isNew: Bool) {
    guard knownInterfaces.insert(interface).inserted else { return }
    interfaces.insert(interface)
    if isNew { use.made += 1 } else { use.earlier += 1 }
    changes.append((time, 1))
  }

  private mutating func disappear(_ interface: String, at time: Int64) {
    guard interfaces.remove(interface) != nil else { return }
    changes.append((time, -1))
  }

  private mutating func addTranslation(_ line: EventLine, _ change: Int) {
    // The two translators of a slot are called after the environment, with a slash.
    guard line.translator.hasPrefix("eni-") else { return }
    let count = translations[line.translator, default: 0] + change
    translations[line.translator] = count
    mostTranslations = max(mostTranslations, count)
  }

  // MARK: - Result

  /// What the run came to.
  ///
  /// - Parameters:
  ///   - networking: Its era.
  ///   - duration: Virtual time that passed, in nanoseconds.
  ///   - capacity: Addresses that the functions' subnets have for Lambda.
  ///   - path: What its captures say.
  /// - Returns: All of it, in a form that does not depend on the order of simultaneous events.
  package func result(
    _ networking: Scenario.Networking, duration: Int64, capacity: Int, path: PathMeasurement
  ) -> EraResult {
    var use = use
    use.capacity = capacity
    use.madeOnInvoke = interfacesOnInvoke.count
    use.addresses = Self.levels(changes)
    // A sum: the order in which functions are added up does not matter.
    use.projected = executions.reduce(0) { sum, function in
      sum
        + ControlPlane.projectedInterfaces(
          concurrency: function.value.most, memory: memory[function.key] ?? 0)
    }
    let ordered = coldStarts.sorted {
      ($0.arrival, $0.duration, $0.environment) < ($1.arrival, $1.duration, $1.environment)
    }
    return EraResult(
      networking: networking, duration: duration, invocations: counts,
      failures: failures.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) },
      coldStarts: ordered, steps: summaries(of: ordered), interfaces: use,
      mostEnvironments: mostEnvironments, mostReady: mostReady, mostTranslations: mostTranslations,
      path: path,
      arrivals: arrivals.sorted())
  }

  /// What each step took, of the cold starts that have it.
  private func summaries(of coldStarts: [ColdStart]) -> [EraResult.StepSummary] {
    acts.compactMap { act in
      let times = coldStarts.compactMap { start -> Int64? in
        let parts = start.steps.filter { $0.act == act }
        return parts.isEmpty ? nil : parts.reduce(0) { $0 + $1.duration }
      }
      return SampleSummary(times).map {
        EraResult.StepSummary(act: act, kind: StartupStep.kind(of: act), times: $0)
      }
    }
  }

  /// Changes one after the other, several at one time as one.
  private static func levels(_ changes: [(time: Int64, by: Int)]) -> [InterfaceUse.Level] {
    var levels: [InterfaceUse.Level] = []
    var count = 0
    for change in changes.enumerated().sorted(by: {
      ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
    }) {
      count += change.element.by
      if levels.last?.time == change.element.time { levels.removeLast() }
      levels.append(InterfaceUse.Level(time: change.element.time, count: count))
    }
    return levels
  }
}
