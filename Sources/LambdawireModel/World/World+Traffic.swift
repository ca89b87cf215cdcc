import EndpointStack
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// Who invokes what, and what invocations do.
extension World {
  /// Adds the invocations of the scenario.
  mutating func addTraffic(_ scenario: Scenario) {
    for entry in scenario.traffic {
      let first = Instant.start.advanced(by: entry.from)
      let end = first.advanced(by: entry.span ?? scenario.duration)
      for (number, planned) in plan.functions.enumerated()
      where planned.entry.name == entry.function && planned.version == entry.version {
        let steps = entry.steps.map { guestStep($0, at: plan.vpcs[planned.vpc].scenario, scenario) }
        let traffic = FunctionFrontend.Traffic(
          function: number,
          arrivals: Arrivals(
            entry.arrivals, for: entry.span, named: [nil, entry.function, planned.functionName]),
          first: first, end: end,
          limit: entry.count ?? .max, steps: steps)
        let frontend = frontend
        simulation.withNode(frontend) { $0.add(traffic) }
      }
    }
  }

  /// Adds what hosts do of their own accord.
  mutating func addHostTraffic(_ scenario: Scenario) {
    var known: [(host: Scenario.HostReference, number: Int)] = []
    for entry in scenario.hostTraffic {
      guard let (node, name) = host(entry.host) else { continue }
      let frontend = frontend
      let number: Int
      if let earlier = known.first(where: { $0.host == entry.host }) {
        number = earlier.number
      } else {
        let made = simulation.withNode(frontend) { $0.addTaskHost(node, named: name, frontend) }
        simulation.withNode(node) { $0.program = made.program }
        number = made.number
        known.append((entry.host, number))
      }
      let home = plan.vpcs.first { $0.scenario.name == entry.host.vpc }?.scenario
      let steps = entry.steps.map { guestStep($0, at: home, scenario) }
      let first = Instant.start.advanced(by: entry.from)
      simulation.withNode(frontend) {
        $0.addTasks(
          on: number, Arrivals(entry.arrivals, for: entry.span, named: []), first: first,
          end: first.advanced(by: entry.span ?? scenario.duration), limit: entry.count ?? .max,
          steps: steps)
      }
    }
  }

  /// The node of a host, and what records call it.
  private func host(_ reference: Scenario.HostReference) -> (node: NodeID<Host>, name: String)? {
    switch reference {
    case .inVPC(let vpc, let name):
      guard let number = plan.vpcs.firstIndex(where: { $0.scenario.name == vpc }),
        let place = plan.vpcs[number].scenario.hosts.firstIndex(where: { $0.name == name })
      else { return nil }
      return (hosts[number][place], "\(vpc)/\(name)")
    case .onPremises(let vpc, let name):
      for (number, place) in plan.outsidePlaces.enumerated()
      where place.name == WorldPlan.OutsidePlace.onPremises {
        let isBehind = place.gateways.contains { plan.vpcs[$0.vpc].scenario.name == vpc }
        guard isBehind, let host = place.hosts.firstIndex(where: { $0.name == name })
        else { continue }
        return (outsideHosts[number][host], "\(place.name)/\(name)")
      }
      return nil
    case .internet(let name):
      for (number, place) in plan.outsidePlaces.enumerated() where place.isInternet {
        guard let host = place.hosts.firstIndex(where: { $0.name == name }) else { continue }
        return (outsideHosts[number][host], "\(place.name)/\(name)")
      }
      return nil
    }
  }

  /// A step of a scenario as a guest or a host takes it.
  ///
  /// - Parameters:
  ///   - step: The step.
  ///   - vpc: The VPC where it is taken, or behind whose gateway; `nil` on the internet.
  ///   - scenario: The scenario.
  /// - Returns: The step with the addresses of whom it is about.
  private func guestStep(
    _ step: Scenario.Step, at vpc: Scenario.VPC?, _ scenario: Scenario
  ) -> GuestStep {
    if case .wait(let duration) = step { return .wait(duration) }
    guard
      let host = step.host.flatMap({
        plan.partition.book.destination(named: $0, from: vpc?.name)
      })
    else {
      preconditionFailure("a validated scenario names existing hosts")
    }
    // What only a resolver knows is not asked for before one has been asked; the address stands for
    // none until then.
    let address =
      host.address.map { IPAddress.v4($0) } ?? host.ipv6Address.map { .v6($0) }
      ?? names.address(of: host.domainName, in: vpc?.name ?? "") ?? .v4(.unspecified)
    let exchange: Exchange
    switch step {
    case .wait(let duration): return .wait(duration)
    case .resolve(let name):
      return .resolve(
        host: name,
        NameLookup(
          name: host.domainName ?? name,
          server: .v4(
            vpc?.dhcpOptions.domainNameServers.first
              ?? LinkLocalService.resolver.address)))
    case .query(let query):
      var question = DatabaseQuery(
        server: address, port: query.port, rowCount: query.rows, rowByteCount: query.rowSize)
      question.count = query.times
      question.isPooled = query.isPooled
      question.keepAlive = query.keepAlive
      exchange = .query(question)
    case .exchange(let ask):
      exchange = .ask(
        DatagramRequest(
          destination: address, port: ask.port, payloadByteCount: ask.payload,
          count: ask.times, timeout: ask.timeout, attempts: ask.attempts, isPooled: ask.isPooled))
    case .send(let send) where send.transport == .udp:
      exchange = .send(
        DatagramTrain(
          destination: address, port: send.port, flowCount: send.flows,
          datagramsPerFlow: send.packets, payloadByteCount: send.payload,
          interval: send.interval / send.flows))
    case .send(let send):
      var upload = Upload(
        destination: address, port: send.port, flowCount: send.flows,
        writesPerFlow: send.packets, bytesPerWrite: send.payload, interval: send.interval)
      upload.stagger = send.stagger
      exchange = .transfer(upload)
    case .transfer(let transfer):
      var upload = Upload(
        destination: address, port: transfer.port, flowCount: transfer.flows,
        bytesPerFlow: transfer.bytes)
      upload.stagger = transfer.stagger
      exchange = .transfer(upload)
    case .fetch(let fetch):
      exchange = .fetch(
        HTTPFetch(
          server: address, port: fetch.port, host: host.domainName ?? "\(address)",
          path: "/bytes/\(fetch.bytes)", count: fetch.times))
    case .traceroute(let traceroute):
      exchange = .trace(
        Traceroute(
          destination: address, probe: traceroute.probe == .udp ? .datagram : .echo,
          maximumHops: traceroute.maximumHops,
          packetByteCount: traceroute.packetSize))
    case .ping(_, let count):
      exchange = .ping(
        Ping(
          destination: address, count: count, interval: scenario.settings.pingInterval))
    }
    return .exchange(host: host.name, exchange)
  }
}

extension Arrivals {
  /// The arrivals of a traffic entry.
  ///
  /// - Parameters:
  ///   - arrivals: When they come.
  ///   - span: How long they go on coming.
  ///   - names: Whose arrivals they are, where a list names whom it means.
  fileprivate init(_ arrivals: Scenario.Arrivals, for span: Duration?, named names: [String?]) {
    switch arrivals {
    case .atOnce(let count): self = .atOnce(count)
    case .every(let interval): self = .every(interval)
    case .poisson(let rate): self = .poisson(ExponentialGap(mean: rate.interval / rate.count))
    case .ramp(let from, let to):
      let highest = max(from.perNanosecond, to.perNanosecond)
      self = .varying(
        .ramp(
          from: from.perNanosecond / highest, to: to.perNanosecond / highest,
          over: span ?? .zero, highest: ExponentialGap(ratePerNanosecond: highest)))
    case .diurnal(let mean, let peak, let period):
      self = .varying(
        .wave(
          peak: peak.fraction, period: period,
          highest: ExponentialGap(ratePerNanosecond: mean.perNanosecond * peak.fraction)))
    case .replay(let rows):
      self = .at(
        rows.filter { names.contains($0.function) }.map { Instant.start.advanced(by: $0.time) })
    }
  }
}

extension Scenario.Rate {
  /// For arrivals at random only.
  fileprivate var perNanosecond: Double {
    Double(count) / Double(interval.wholeNanoseconds)
  }
}

extension ExponentialGap {
  fileprivate init(ratePerNanosecond rate: Double) {
    self.init(mean: .nanoseconds(Int64(1 / rate)))
  }
}
