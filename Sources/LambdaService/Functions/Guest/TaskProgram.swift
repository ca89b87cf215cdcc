package import EndpointStack
package import EventSimulation
import PacketFormats
import SimulatedTime

/// What a host does of its own accord: the steps of tasks, several at once if they come so fast.
///
/// A class, because the frontend hands it work and the host runs it; neither happens for a packet.
package final class TaskProgram: HostProgram {
  /// A task that is over.
  struct Result {
    var number: Int
    var began: Instant
    /// How it ended: a failure in words, or `nil`.
    var failure: String?
    /// What the last step achieved, in words.
    var achievement: String
  }

  private struct Run {
    let number: Int
    let steps: [GuestStep]
    var began = Instant.start
    var nextStep = 0
    var exchange: ExchangeID?
    var addresses: [String: IPAddress] = [:]
    var achievement = ""
  }

  /// What the host is woken with to begin what waits, and to go on after a pause; the rest of a token
  /// is the place of the task.
  private enum Wake: UInt64 {
    case begin = 1
    case resume

    func token(_ place: Int) -> UInt64 { rawValue << 48 | UInt64(place) }
  }

  /// What wakes the host to begin the tasks that wait.
  static let beginToken = Wake.begin.token(0)

  /// The host's name.
  let name: String
  /// What the frontend is woken with when a task is over.
  private let doneToken: UInt64
  private let frontend: NodeID<FunctionFrontend>
  private var waiting: [Run] = []
  /// Tasks under way; `nil` where one is over.
  private var runs: [Run?] = []
  private var results: [Result] = []

  init(name: String, doneToken: UInt64, frontend: NodeID<FunctionFrontend>) {
    self.name = name
    self.doneToken = doneToken
    self.frontend = frontend
  }

  /// Gives the program a task; waking the host begins it.
  func prepare(_ steps: [GuestStep], number: Int) {
    waiting.append(Run(number: number, steps: steps))
  }

  /// The tasks that are over since this was last asked, in the order in which they ended.
  func takeResults() -> [Result] {
    defer { results.removeAll(keepingCapacity: true) }
    return results
  }

  package func wake(_ token: UInt64, on host: inout Host, in network: inout Network) {
    let place = Int(token & 0xffff_ffff_ffff)
    switch Wake(rawValue: token >> 48) {
    case .begin:
      let starting = waiting
      waiting.removeAll(keepingCapacity: true)
      for var run in starting {
        run.began = network.now
        let place = runs.firstIndex { $0 == nil } ?? runs.count
        if place == runs.count { runs.append(run) } else { runs[place] = run }
        beginNextStep(of: place, on: &host, in: &network)
      }
    case .resume: beginNextStep(of: place, on: &host, in: &network)
    case nil: break
    }
  }

  private func beginNextStep(of place: Int, on host: inout Host, in network: inout Network) {
    guard var run = runs[place] else { return }
    guard run.nextStep < run.steps.count else {
      end(place, nil, in: &network)
      return
    }
    let step = run.steps[run.nextStep]
    run.nextStep += 1
    switch step {
    case .resolve(_, let lookup): run.exchange = host.begin(.resolve(lookup), in: &network)
    case .wait(let duration):
      run.exchange = nil
      host.wakeProgram(
        at: network.now.advanced(by: duration), token: Wake.resume.token(place), in: &network)
    case .exchange(let name, let exchange):
      run.exchange = host.begin(
        run.addresses[name].map(exchange.redirected) ?? exchange, in: &network)
    }
    runs[place] = run
  }

  package func exchange(
    _ id: ExchangeID, endedWith outcome: ExchangeOutcome, on host: inout Host,
    in network: inout Network
  ) {
    guard let place = runs.firstIndex(where: { $0?.exchange == id }), var run = runs[place] else {
      return
    }
    run.exchange = nil
    if let reason = outcome.failure {
      runs[place] = run
      end(place, "\(reason)", in: &network)
      return
    }
    run.achievement = outcome.result.summary
    if case .addresses(let found) = outcome.result, let address = found.first,
      case .resolve(let name, _) = run.steps[run.nextStep - 1]
    {
      run.addresses[name] = address
    }
    runs[place] = run
    beginNextStep(of: place, on: &host, in: &network)
  }

  private func end(_ place: Int, _ failure: String?, in network: inout Network) {
    guard let run = runs[place] else { return }
    runs[place] = nil
    results.append(
      Result(
        number: run.number, began: run.began, failure: failure, achievement: run.achievement))
    network.wake(frontend, at: network.now, token: doneToken)
  }
}
