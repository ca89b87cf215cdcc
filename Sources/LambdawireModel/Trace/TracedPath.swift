import LambdaService
import PacketFormats
import VirtualNetwork

/// The two ends of a path that is to be traced.
struct TracedPath {
  var environment: WorldPlan.Environment
  /// The number of the environment among those of its function, from 1 on.
  var ordinal: Int
  var function: WorldPlan.Function
  /// The other end, with an address.
  var host: Scenario.Destination
  var service: Scenario.Service
  var transport: Scenario.Transport
  /// Whether the two ends are in different availability zones.
  var isCrossZone: Bool

  var era: NetworkingEra { function.era }
  /// Address and port, as headers show them.
  var destination: String {
    if let address = host.address { return "\(address):\(service.port)" }
    return host.ipv6Address.map { "[\($0)]:\(service.port)" } ?? host.name
  }

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
    (host, service) = try Self.service(at: target, transport, from: vpc, in: plan)
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
    let other = vpc.scenario.host(named: host.name).map {
      vpc.scenario.subnet(named: $0.subnet)?.zone
    }
    isCrossZone = zone != nil && other != nil && other != zone
  }

  private static func environment(
    named name: String, in plans: [WorldPlan]
  ) throws(ModelError) -> (plan: WorldPlan, function: Int, environment: Int) {
    for plan in plans {
      for (number, function) in plan.functions.enumerated() {
        guard function.isMeant(by: name) else { continue }
        if let first = function.environments.first { return (plan, number, first) }
      }
    }
    for plan in plans {
      if let found = plan.environments.firstIndex(where: { $0.name == name }) {
        return (plan, plan.environments[found].function, found)
      }
    }
    for (plan, function) in plans.flatMap({ plan in plan.functions.map { (plan, $0) } }) {
      guard name.hasPrefix("\(function.environmentPrefix)-"),
        name.dropFirst(function.environmentPrefix.count + 1).allSatisfy(\.isNumber),
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
    at target: String, _ transport: Scenario.Transport, from home: WorldPlan.VPC,
    in plan: WorldPlan
  ) throws(ModelError) -> (Scenario.Destination, Scenario.Service) {
    let vpc = home.scenario
    if let colon = target.lastIndex(of: ":"),
      let port = UInt16(target[target.index(after: colon)...]),
      let host = host(String(target[..<colon]), from: home, in: plan),
      let service = host.services.first(where: {
        $0.port == port && $0.kind.transports.contains(transport)
      })
    {
      return (host, service)
    }
    if !target.isEmpty, !target.dropLast().contains(":") {
      let examples = vpc.hosts.flatMap { host in
        host.services.filter { $0.kind.transports.contains(transport) }.map { (host, $0.port) }
      }
      let name = target.hasSuffix(":") ? target.dropLast() : target[...]
      if let host = host(String(name), from: home, in: plan),
        let service = host.services.first(where: { $0.kind.transports.contains(transport) })
      {
        throw .missingPort(target, example: "\(host.name):\(service.port)")
      }
      if let (host, port) = examples.first {
        throw .missingPort(target, example: "\(host.name):\(port)")
      }
    }
    let services =
      vpc.hosts.map { ($0.name, $0.services) }
      + plan.partition.book.outsideHosts.map { ($0.name, $0.services) }
    let known = services.flatMap { name, services in
      services.flatMap { service in
        service.kind.transports.map { "\(name):\(service.port) over \($0.rawValue)" }
      }
    }
    throw .unknownEndpoint("\(target) over \(transport.rawValue)", available: list(known))
  }

  /// What a step of a function in the VPC means by `name`, with its address.
  private static func host(
    _ name: String, from home: WorldPlan.VPC, in plan: WorldPlan
  ) -> Scenario.Destination? {
    // A host of the VPC may be named by its domain name or its address too, and is that host then.
    let own = home.scenario.hosts.first {
      $0.domainName == name || $0.address.description == name
    }
    let book = plan.partition.book
    var found = book.destination(named: own?.name ?? name, from: home.scenario.name)
    if let known = found, known.address == nil, known.ipv6Address == nil {
      let names = NameBook(plan, book, timeToLive: 0)
      switch names.address(of: known.domainName, in: home.scenario.name) {
      case .v4(let address): found?.address = address
      case .v6(let address): found?.ipv6Address = address
      case nil: return nil
      }
    }
    return found
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
    scenario.hostTraffic = []
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
          interval: .milliseconds(1), flows: 1, stagger: .zero))
    }
    return service.kind == .postgresql
      ? .query(Scenario.Step.Query(host: host, port: port, rows: 1, rowSize: 8, times: 1))
      : .transfer(
        Scenario.Step.Transfer(host: host, port: port, bytes: 1, flows: 1, stagger: .zero))
  }
}
