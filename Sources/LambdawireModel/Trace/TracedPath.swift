import LambdaService
import PacketFormats
import VirtualNetwork

/// The two ends of a path that is to be traced.
struct TracedPath {
  var environment: WorldPlan.Environment
  /// The number of the environment among those of its function, from 1 on.
  var ordinal: Int
  var function: WorldPlan.Function
  var host: Scenario.Host
  var service: Scenario.Service
  var transport: Scenario.Transport
  /// Whether the two ends are in different availability zones.
  var isCrossZone: Bool

  var era: NetworkingEra { function.era }
  /// Address and port, as headers show them.
  var destination: String { "\(host.address):\(service.port)" }

  /// Finds both ends.
  ///
  /// - Throws: ``ModelError/unknownEndpoint(_:available:)`` and its kin.
  init(
    _ plans: [WorldPlan], from caller: String, to target: String, transport: Scenario.Transport
  ) throws(ModelError) {
    let (plan, function, environment) = try Self.environment(named: caller, in: plans)
    self.function = plan.functions[function]
    self.environment = plan.environments[environment]
    ordinal = environment - self.function.environments.lowerBound + 1
    let vpc = plan.vpcs[self.function.vpc]
    (host, service) = try Self.service(at: target, transport, in: vpc.scenario)
    self.transport = transport
    let subnet =
      switch self.environment.attachment {
      case .slot(_, _, let shared): plan.sharedInterfaces[shared].subnet
      case .own(let interface):
        vpc.network.subnets[
          Int(vpc.network.interfaces[Int(interface.rawValue)].subnet.rawValue)
        ].name
      }
    let zone = vpc.scenario.subnet(named: subnet)?.zone
    isCrossZone = zone != nil && zone != vpc.scenario.subnet(named: host.subnet)?.zone
  }

  private static func environment(
    named name: String, in plans: [WorldPlan]
  ) throws(ModelError) -> (plan: WorldPlan, function: Int, environment: Int) {
    for plan in plans {
      for (number, function) in plan.functions.enumerated() {
        guard function.name == name || function.entry.name == name else { continue }
        if let first = function.environments.first { return (plan, number, first) }
      }
    }
    for plan in plans {
      if let found = plan.environments.firstIndex(where: { $0.name == name }) {
        return (plan, plan.environments[found].function, found)
      }
    }
    for (plan, function) in plans.flatMap({ plan in plan.functions.map { (plan, $0) } }) {
      guard name.hasPrefix("\(function.name)-"),
        name.dropFirst(function.name.count + 1).allSatisfy(\.isNumber),
        let first = function.environments.first, let last = function.environments.last
      else { continue }
      throw .unknownEnvironment(
        name, function: function.name, first: plan.environments[first].name,
        last: plan.environments[last].name)
    }
    throw .unknownEndpoint(
      name, available: list(plans.flatMap { $0.functions.map(\.name) }))
  }

  private static func service(
    at target: String, _ transport: Scenario.Transport, in vpc: Scenario.VPC
  ) throws(ModelError) -> (Scenario.Host, Scenario.Service) {
    if let colon = target.lastIndex(of: ":"),
      let port = UInt16(target[target.index(after: colon)...])
    {
      let name = target[..<colon]
      let host = vpc.hosts.first {
        $0.name == name || $0.domainName == name || $0.address.description == name
      }
      let service = host?.services.first {
        $0.port == port && $0.kind.transports.contains(transport)
      }
      if let host, let service { return (host, service) }
    }
    if !target.isEmpty, !target.dropLast().contains(":") {
      let examples = vpc.hosts.flatMap { host in
        host.services.filter { $0.kind.transports.contains(transport) }.map { (host, $0.port) }
      }
      let name = target.hasSuffix(":") ? target.dropLast() : target[...]
      if let (host, port) = examples.first(where: {
        $0.0.name == name || $0.0.domainName == name || $0.0.address.description == name
      }) ?? examples.first {
        throw .missingPort(target, example: "\(host.name):\(port)")
      }
    }
    let known = vpc.hosts.flatMap { host in
      host.services.flatMap { service in
        service.kind.transports.map { "\(host.name):\(service.port) over \($0.rawValue)" }
      }
    }
    throw .unknownEndpoint("\(target) over \(transport.rawValue)", available: list(known))
  }

  /// No message gets longer than anybody reads.
  private static func list(_ names: [String]) -> [String] {
    names.count <= 12 ? names : names.prefix(12) + ["\(names.count - 12) more"]
  }

  /// `scenario` with one connection instead of its traffic.
  func scenario(from scenario: Scenario) -> Scenario {
    var scenario = scenario
    // As many invocations at once as it takes to wake the environment that was asked for.
    scenario.traffic = [
      Scenario.Traffic(
        function: function.entry.name, arrivals: .atOnce(ordinal), from: .seconds(1), span: nil,
        count: nil, steps: [step])
    ]
    // The path is asked for as it is when nothing is broken and no limit is in the way.
    scenario.events = []
    scenario.settings.accountConcurrency = max(scenario.settings.accountConcurrency, ordinal + 100)
    scenario.settings.scalingBurst = max(scenario.settings.scalingBurst, ordinal)
    scenario.settings.ec2CreateBurst = max(scenario.settings.ec2CreateBurst, ordinal)
    scenario.settings.regionENIQuota = max(scenario.settings.regionENIQuota, ordinal + 10_000)
    scenario.functions = scenario.functions.map { entry in
      var entry = entry
      entry.reservedConcurrency = nil
      entry.timeout = nil
      return entry
    }
    // A path is asked for, not how long it takes to come into being.
    for number in scenario.functions.indices { scenario.functions[number].created = nil }
    // A run ends by itself when it has been quiet, and cold starts before 2019 took long.
    scenario.duration = max(scenario.duration, .seconds(3600))
    return scenario
  }

  private var step: Scenario.Step {
    let (host, port) = (host.name, service.port)
    if transport == .udp {
      return .send(
        Scenario.Step.Send(
          host: host, transport: .udp, port: port, packets: 1, payload: 32,
          interval: .milliseconds(1), flows: 1))
    }
    return service.kind == .postgresql
      ? .query(Scenario.Step.Query(host: host, port: port, rows: 1, rowSize: 8, times: 1))
      : .transfer(Scenario.Step.Transfer(host: host, port: port, bytes: 1, flows: 1))
  }
}
