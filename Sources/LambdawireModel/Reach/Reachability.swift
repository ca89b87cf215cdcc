import PacketFormats
import VirtualNetwork

/// Whether a packet of a scenario would get there and its answer back, and what decides that.
///
/// No time is simulated: rules, routes and gateways are asked in the order in which the packet would come
/// to them, as they are configured when the run begins, or at another time that is asked for.
public struct Reachability: Hashable, Sendable, Encodable {
  /// A component on the way, and what it did with the packet.
  public struct Component: Hashable, Sendable, Encodable {
    /// What it is, such as `security-group`.
    public let kind: String
    public let name: String
    /// Its identifier, such as `sg-…`; `nil` for what is no resource.
    public let identifier: String?
    /// The VPC that it belongs to; `nil` outside.
    public let vpc: String?
    /// `accept` or `reject`.
    public let verdict: String
    /// AWS's explanation code, or one that begins with `ACCEPT_`.
    public let code: String
    public let sentence: String
    /// The addresses of the packet as it came to it.
    public let source: String
    public let destination: String
  }

  public let scenario: String
  /// As of when rules and routes are judged, in a run of the scenario; `nil` if nothing changes them.
  public let configuration: String?
  /// The ends as they were asked for.
  public let from: String
  public let to: String
  /// By name, or by number if it has none.
  public let `protocol`: String
  /// `nil` for protocols without ports.
  public let port: UInt16?
  public let isReachable: Bool
  /// `forward` or `back`; `nil` if nothing is blocked.
  public let blockedWay: String?
  /// What stops the packet or its answer.
  public let culprit: Component?
  public let forward: [Component]
  /// Empty if the packet does not arrive.
  public let back: [Component]
  /// Changes after which both pass: often a single one.
  public let remedies: [String]

  /// Answers a question about a scenario.
  ///
  /// - Parameters:
  ///   - scenario: The scenario.
  ///   - name: What it is called.
  ///   - query: Who asks whom.
  ///   - time: As of when, counted from the start of the run: rules and routes that events have
  ///     changed until then are judged as changed.
  ///   - networking: An era for all functions instead of their own.
  /// - Throws: ``ModelError`` if an end is nobody, or the scenario cannot be run.
  public init(
    of scenario: Scenario, named name: String, query: ReachQuery, at time: Duration = .zero,
    networking: Scenario.Networking? = nil
  ) throws(ModelError) {
    configuration = scenario.changesVPCs ? time.inSeconds : nil
    let scenario = scenario.configured(at: time)
    let plans = try WorldPlan.plans(of: scenario, networking: networking)
    let cloud = try CloudNetwork(plans, scenario)
    let ends = ReachEnds(plans, scenario, cloud)
    let source = try ends.end(query.from, as: .source)
    let destination = try ends.end(query.to, as: .destination)
    var analysis: PathAnalysis?
    var refusal: Component?
    do throws(CloudNetworkError) {
      analysis = try cloud.analyze(
        PathQuery(
          query.protocol, from: source.end, to: destination.end,
          destinationPort: query.destinationPort ?? destination.port ?? 0,
          family: query.family))
    } catch {
      // A packet to such an address would be dropped, as one to any other that nobody has.
      guard case .unknownAddress(let address) = error, "\(address)" == query.to else {
        throw .unanswerable("\(error)")
      }
      refusal = Component(missing: address, askedBy: query.from)
    }
    var forward = analysis?.forward.map(Component.init) ?? [refusal].compactMap(\.self)
    var back = analysis?.back.map(Component.init) ?? []
    // What Lambda itself does not carry never comes to the VPC, or never comes further.
    if refusal == nil, source.isLambda, !Self.lambdaCarries(query.protocol),
      let first = forward.first
    {
      refusal = Component.refusing(
        "Hyperplane translates TCP and UDP only (A-10)", like: first)
      (forward, back) = ([refusal].compactMap(\.self), [])
    } else if destination.isLambda, analysis?.isReachable == true, let last = forward.last {
      refusal = Component.refusing(
        "nothing that a function did not begin is carried to it (A-12)", like: last)
      forward.append(contentsOf: [refusal].compactMap(\.self))
      back = []
    }
    self.scenario = name
    from = query.from
    to = query.to
    self.protocol = ReachQuery.name(of: query.protocol)
    port = query.hasPorts ? query.destinationPort ?? destination.port : nil
    self.forward = forward
    self.back = back
    if let refusal {
      isReachable = false
      blockedWay = "forward"
      culprit = refusal
      remedies = []
    } else {
      isReachable = analysis?.isReachable ?? false
      blockedWay = analysis?.blockedWay.map { $0 == .forward ? "forward" : "back" }
      culprit = analysis?.culprit.map(Component.init)
      remedies = analysis?.remedies.map { "\($0.vpc): \($0.sentence)" } ?? []
    }
  }

  private static func lambdaCarries(_ proto: IPProtocol) -> Bool { proto == .tcp || proto == .udp }
}

extension Reachability.Component {
  init(_ step: PathStep) {
    kind = step.kind
    name = step.name
    identifier = step.identifier?.rawValue
    vpc = step.vpc
    verdict = step.verdict == .accept ? "accept" : "reject"
    code = step.code.rawValue
    sentence = step.sentence
    source = "\(step.source)"
    destination = "\(step.destination)"
  }

  /// The mapping service, which knows nobody at an address.
  fileprivate init(missing address: IPAddress, askedBy source: String) {
    kind = "mapping-service"
    name = "mapping-service"
    identifier = nil
    vpc = nil
    verdict = "reject"
    code = ExplanationCode.noPossibleDestination.rawValue
    sentence = "nobody has the address \(address)"
    self.source = source
    destination = "\(address)"
  }

  /// Hyperplane refusing the packet that another component has seen.
  fileprivate static func refusing(_ sentence: String, like step: Self) -> Self {
    Self(
      kind: "hyperplane", name: "hyperplane", identifier: nil, vpc: nil, verdict: "reject",
      code: "PROTOCOL_RESTRICTION", sentence: sentence, source: step.source,
      destination: step.destination)
  }
}
