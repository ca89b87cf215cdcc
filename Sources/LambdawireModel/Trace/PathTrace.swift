import EventSimulation
import LambdaService

/// The way of the first packet from a function to a host, and of its answer: hop by hop, what was
/// decided, why, and what became of the headers.
///
/// ```swift
/// let scenario = try Scenario(contentsOf: "Captures/first-query/scenario.yaml")
/// let trace = try PathTrace(of: scenario, from: "orders", to: "postgres:5432")
/// for hop in trace.request?.hops ?? [] {
///   print(hop.point, hop.headers, hop.decisions.map(\.reason))
/// }
/// ```
///
/// A trace is a run: the scenario's world with one connection instead of its traffic, captured, and
/// read back from the capture. So it shows what a capture would show, and nothing that it would not.
public struct PathTrace: Hashable, Sendable, Encodable {
  /// What the scenario is called.
  public var scenario: String
  public var seed: UInt64
  /// As of when rules and routes are judged, in a run of the scenario; `nil` if nothing changes them.
  public var configuration: String?
  /// The execution environment that the packet came from.
  public var environment: String
  /// How its function reaches the VPC.
  public var networking: String
  /// `tcp` or `udp`.
  public var transport: String
  /// Name of the host.
  public var host: String
  /// Address and port of the host.
  public var destination: String
  /// What listens there.
  public var service: String
  /// The first packet; `nil` if the function never got as far as sending one.
  public var request: TraceJourney?
  /// The first packet that the host sent back, if any.
  public var answer: TraceJourney?
  /// Which way is blocked: `forward` or `back`; `nil` if neither is.
  public var blockedWay: String?
  /// What blocks it, with its rule in words.
  public var culprit: Reachability.Component?
  /// Changes after which packet and answer pass: often a single one.
  public var remedies: [String] = []
  /// Why there is no request or no answer, as far as one can tell.
  public var note: String?
  /// What the trace leaves out.
  public var scope =
    "the packet travels alone: the scenario's own traffic is left out, so ports and sequence "
    + "numbers differ from those in a run's captures"
  /// The largest random addition to each delay, as it would be written in a scenario.
  public var jitter: String
}

extension PathTrace {
  /// Follows the first packet of a connection.
  ///
  /// - Parameters:
  ///   - scenario: The world to send it through; its traffic is left out.
  ///   - name: What the scenario is called.
  ///   - caller: A function, whose first environment sends, or an environment such as `orders-2`.
  ///   - target: `HOST:PORT`; the host by its name, domain name or address.
  ///   - transport: TCP or UDP.
  ///   - time: As of when, counted from the start of the run: rules and routes that events have
  ///     changed until then are judged as changed.
  ///   - networking: An era instead of the functions' own.
  /// - Throws: ``ModelError`` if something of the path does not exist; ``OutputError`` or
  ///   `CaptureFileError` if there is no room for the captures.
  public init(
    of scenario: Scenario, named name: String = "scenario", from caller: String,
    to target: String, transport: Scenario.Transport = .tcp, at time: Duration = .zero,
    networking: Scenario.Networking? = nil
  ) throws {
    let configuration = scenario.changesVPCs ? time.inSeconds : nil
    let scenario = scenario.configured(at: time)
    let plans = try WorldPlan.plans(of: scenario, networking: networking)
    let path = try TracedPath(plans, from: caller, to: target, transport: transport)
    let folder = try ScratchFolder()
    var names = TapLayout.names(of: plans.map { TapLayout($0, scenario.settings) })
      .filter { $0 != "guest" }
    names.append("guest:\(path.environment.name)")
    let run = Run(
      path.scenario(from: scenario), name: name,
      options: RunOptions(
        networking: networking, files: .merged, annotations: .all, taps: names))
    let summary = try run.execute(in: "\(folder.path)/run")
    var reader = TraceReader(path, settings: scenario.settings, drops: summary.drops)
    try reader.read("\(folder.path)/run/all.pcapng")

    self.init(
      scenario: name, seed: scenario.seed, configuration: configuration,
      environment: path.environment.name,
      networking: path.era.rawValue, transport: transport.rawValue, host: path.host.name,
      destination: path.destination, service: path.service.kind.rawValue,
      request: reader.request.journey, answer: reader.answer.journey,
      jitter: TraceDelay(setting: "latency-jitter", of: scenario.settings).value)
    note = Self.note(request: request, answer: answer, path, summary)
    let judgement = try Reachability(
      of: scenario, named: name,
      query: ReachQuery(
        from: path.environment.name, to: path.destination, protocol: transport.rawValue),
      networking: networking)
    blockedWay = judgement.blockedWay
    culprit = judgement.culprit
    remedies = judgement.remedies
  }

  private static func note(
    request: TraceJourney?, answer: TraceJourney?, _ path: TracedPath, _ summary: RunSummary
  ) -> String? {
    guard let request else {
      let counts = summary.invocations
      let reasons = counts.failures.map(\.reason).joined(separator: ", ")
      return "nothing was sent: \(counts.all) invocations, of which \(counts.failed) failed"
        + (reasons.isEmpty ? ", " : " (\(reasons)), ")
        + "\(counts.throttled) were throttled and \(counts.refused) refused"
    }
    guard answer == nil else { return nil }
    let failure = summary.invocations.failures.first.map { "; the invocation failed: \($0.reason)" }
    guard request.outcome == .delivered else {
      return "no answer: the request did not arrive" + (failure ?? "")
    }
    if path.service.kind == .udpSink {
      return "no answer: the service takes datagrams and never answers (RFC 863)"
    }
    return "no answer was seen" + (failure ?? "")
  }
}
