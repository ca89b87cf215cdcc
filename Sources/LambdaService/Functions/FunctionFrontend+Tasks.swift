package import EndpointStack
package import EventSimulation
package import SimulatedTime

/// What hosts do of their own accord.
///
/// The frontend has nothing to do with it in AWS; here it keeps the time of everything that a scenario
/// begins, and knows when all of it is done.
extension FunctionFrontend {
  /// A host that does something.
  struct TaskHost {
    let host: NodeID<Host>
    let program: TaskProgram
  }

  /// A traffic entry that is being worked off.
  struct TaskState {
    /// The number of the host among those that do something.
    let host: Int
    let steps: [GuestStep]
    var arrivals: ArrivalProcess
    /// How many tasks begin when the frontend is woken next.
    var pending = 0
  }

  /// What hosts have done so far.
  package struct TaskCounts: Hashable, Sendable {
    package var all = 0
    package var finished = 0
    package var failed = 0
    /// Why they failed and how often, in the order of the first of each kind.
    package var failures: [Failure] = []

    package struct Failure: Hashable, Sendable {
      package var reason: String
      package var count: Int
    }

    var areAllOver: Bool { all == finished + failed }
  }

  /// Makes the program of a host that is to do something, for the host to have.
  ///
  /// - Parameters:
  ///   - host: The host.
  ///   - name: What records call it.
  ///   - frontend: This node.
  /// - Returns: The number of the host, which ``addTasks(on:_:first:end:limit:steps:)`` takes, and its
  ///   program.
  package mutating func addTaskHost(
    _ host: NodeID<Host>, named name: String, _ frontend: NodeID<FunctionFrontend>
  ) -> (number: Int, program: TaskProgram) {
    let number = taskHosts.count
    let program = TaskProgram(
      name: name, doneToken: Reminder.taskDone.token(number), frontend: frontend)
    taskHosts.append(TaskHost(host: host, program: program))
    return (number, program)
  }

  /// Adds tasks of a host.
  ///
  /// - Parameters:
  ///   - host: The number of the host.
  ///   - arrivals: When they begin.
  ///   - first: Before which none begins.
  ///   - end: At and after which none begins.
  ///   - limit: Most tasks.
  ///   - steps: What each of them does.
  package mutating func addTasks(
    on host: Int, _ arrivals: Arrivals, first: Instant, end: Instant, limit: Int,
    steps: [GuestStep]
  ) {
    tasks.append(
      TaskState(
        host: host, steps: steps,
        arrivals: ArrivalProcess(
          arrivals, first: first, end: end, limit: limit,
          random: RandomStream(seed: seed, name: "task/\(tasks.count)\(streamSuffix)"))))
  }

  /// The reminders of the first tasks.
  mutating func initialTaskReminders() -> [(time: Instant, token: UInt64)] {
    var reminders: [(time: Instant, token: UInt64)] = []
    for number in tasks.indices {
      guard let time = drawTask(number) else { continue }
      openTasks += 1
      reminders.append((time, Reminder.task.token(number)))
    }
    return reminders
  }

  mutating func beginTasks(_ number: Int, _ network: inout Network) {
    let host = taskHosts[tasks[number].host]
    for _ in 0..<tasks[number].pending {
      taskCounts.all += 1
      host.program.prepare(tasks[number].steps, number: taskCounts.all)
      report(
        HostTask(
          number: taskCounts.all, host: host.program.name, phase: .started, detail: "",
          elapsed: .zero), at: network.now)
    }
    network.wake(host.host, at: network.now, token: TaskProgram.beginToken)
    if let time = drawTask(number) {
      network.wake(at: time, token: Reminder.task.token(number))
    } else {
      openTasks -= 1
    }
  }

  mutating func endTasks(on number: Int, _ network: inout Network) {
    let program = taskHosts[number].program
    for result in program.takeResults() {
      if let failure = result.failure {
        taskCounts.failed += 1
        if let known = taskCounts.failures.firstIndex(where: { $0.reason == failure }) {
          taskCounts.failures[known].count += 1
        } else {
          taskCounts.failures.append(TaskCounts.Failure(reason: failure, count: 1))
        }
      } else {
        taskCounts.finished += 1
      }
      report(
        HostTask(
          number: result.number, host: program.name,
          phase: result.failure == nil ? .finished : .failed,
          detail: result.failure ?? result.achievement,
          elapsed: result.began.duration(to: network.now)), at: network.now)
    }
  }

  private func report(_ task: HostTask, at time: Instant) { record.report(.task(task), at: time) }

  /// When the next tasks of an entry begin, or `nil` if there are none.
  private mutating func drawTask(_ number: Int) -> Instant? {
    guard let (time, count) = tasks[number].arrivals.next() else { return nil }
    tasks[number].pending = count
    return time
  }
}
