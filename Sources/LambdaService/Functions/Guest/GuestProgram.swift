public import EndpointStack
public import EventSimulation
import PacketFormats
import SimulatedTime

/// What runs in an execution environment: the steps of one invocation after the other.
///
/// A class, because the frontend hands it work and the guest's host runs it; neither happens for a
/// packet.
public final class GuestProgram: HostProgram {
  /// What the frontend is woken with when an invocation is over.
  let doneToken: UInt64
  let frontend: NodeID<FunctionFrontend>
  /// What the guest is woken with to take up an invocation, to be frozen, and to go on after a
  /// pause; the rest of a token is the number of the invocation that is meant.
  enum Wake: UInt64 {
    case begin
    case freeze
    case resume

    func token(_ invocation: Int) -> UInt64 { rawValue << 48 | UInt64(invocation) }
  }

  /// The number of the invocation under way; none has the number 0.
  private var invocation = 0
  /// What the step under way is doing, if it is an exchange.
  private var exchange: ExchangeID?
  private var steps: [GuestStep] = []
  private var nextStep = 0
  private var addresses: [String: IPAddress] = [:]
  /// How the invocation ended: a failure in words, or `nil`.
  private(set) var failure: String?
  /// What the last step achieved, in words.
  private(set) var achievement = ""

  init(doneToken: UInt64, frontend: NodeID<FunctionFrontend>) {
    self.doneToken = doneToken
    self.frontend = frontend
  }

  /// Gives the program an invocation; waking the guest begins it.
  ///
  /// - Parameters:
  ///   - steps: What it does.
  ///   - invocation: Its number.
  func prepare(_ steps: [GuestStep], invocation: Int) {
    self.steps = steps
    self.invocation = invocation
    exchange = nil
    nextStep = 0
    failure = nil
    achievement = ""
  }

  /// Lets go of the invocation under way; nothing that was begun for it is taken up again.
  func abandon() {
    invocation = 0
    exchange = nil
  }

  public func wake(_ token: UInt64, on host: inout Host, in network: inout Network) {
    // What is about an invocation that was given up is of no interest any more.
    guard Int(token & 0xffff_ffff_ffff) == invocation else { return }
    switch Wake(rawValue: token >> 48) {
    case .begin:
      host.thaw(in: &network)
      beginNextStep(on: &host, in: &network)
    case .resume: beginNextStep(on: &host, in: &network)
    case .freeze: host.freeze()
    case nil: break
    }
  }

  private func beginNextStep(on host: inout Host, in network: inout Network) {
    guard nextStep < steps.count else {
      network.wake(frontend, at: network.now, token: doneToken)
      return
    }
    let step = steps[nextStep]
    nextStep += 1
    switch step {
    case .resolve(_, let lookup):
      exchange = host.begin(.resolve(lookup), in: &network)
    case .wait(let duration):
      host.wakeProgram(
        at: network.now.advanced(by: duration), token: Wake.resume.token(invocation), in: &network)
    case .exchange(let name, let exchange):
      self.exchange = host.begin(
        addresses[name].map(exchange.redirected) ?? exchange, in: &network)
    }
  }

  public func exchange(
    _ id: ExchangeID, endedWith outcome: ExchangeOutcome, on host: inout Host,
    in network: inout Network
  ) {
    guard id == exchange else { return }
    if let reason = outcome.failure {
      failure = "\(reason)"
      nextStep = steps.count
    } else {
      achievement = outcome.result.summary
      if case .addresses(let found) = outcome.result, let address = found.first,
        case .resolve(let name, _) = steps[nextStep - 1]
      {
        addresses[name] = address
      }
    }
    beginNextStep(on: &host, in: &network)
  }
}

extension ExchangeResult {
  /// What was achieved, in a few words.
  var summary: String {
    switch self {
    case .addresses(let addresses): "\(addresses.map(\.description).joined(separator: " "))"
    case .rows(let count, let byteCount): "\(count) rows, \(byteCount) bytes"
    case .datagramsSent(let count): "\(count) datagrams"
    case .answers(let count): count == 1 ? "1 answer" : "\(count) answers"
    case .transferred(let byteCount): "\(byteCount) bytes"
    case .echoes(let sent, let received, _): "\(received) of \(sent) echo replies"
    case .responses(let count, let status, let byteCount):
      "\(count == 1 ? "1 response" : "\(count) responses"), status \(status), \(byteCount) bytes"
    case .route(let hops): hops.count == 1 ? "1 hop" : "\(hops.count) hops"
    case .failed(let failure): "\(failure)"
    }
  }
}
